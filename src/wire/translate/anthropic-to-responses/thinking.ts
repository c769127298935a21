import { wrapReasoning } from '../carried-reasoning.ts'
import type { ItemStatus } from '../chat-to-responses/items.ts'
import { type JsonObject, textIn } from '../json-tree.ts'

/** Anthropic's thinking blocks as reasoning items that bring them back, to the byte, in the next request. */

/** @param model the one that thought. @returns '' for a block without a seal, which no model would take back. */
export function thinkingSeal(block: JsonObject, model: string): string {
  const label = block['type'] === 'redacted_thinking' ? 'redacted_thinking' : 'thinking'
  const seal = textIn(label === 'thinking' ? block['signature'] : block['data'])
  return seal === '' ? '' : wrapReasoning({ vendor: 'anthropic', model, label, seal })
}

export function thinkingItem(id: string, status: ItemStatus, text: string, seal: string): JsonObject {
  return {
    id,
    type: 'reasoning',
    status,
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: seal === '' ? null : seal,
  }
}
