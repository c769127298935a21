import { unwrapReasoning, wrapReasoning } from '../carried-reasoning.ts'
import { type JsonObject, textIn } from '../json-tree.ts'

/**
 * OpenAI's reasoning items as Anthropic's thinking blocks, and back as they were: the item's id, the summary's parts
 * and the sealed content. The summary is the block's text; how long its parts were goes with the seal.
 */
export const BETWEEN_PARTS = '\n\n'

export interface Reasoning {
  readonly id: string
  readonly summary: readonly string[]
  /** '' where the server gives none: then it can be read, and never sent back. */
  readonly encrypted: string
}

export function thinkingText(summary: readonly string[]): string {
  return summary.join(BETWEEN_PARTS)
}

export function sealOf({ id, summary, encrypted }: Reasoning, model: string): string {
  const label = [id, ...summary.map((part) => part.length)].join(' ')
  return wrapReasoning({ vendor: 'openai', model, label, seal: encrypted })
}

/** @returns undefined for reasoning of another vendor or model, or that the server gave no seal for. */
export function reasoningItem(block: JsonObject, model: string): JsonObject | undefined {
  const carried = unwrapReasoning(block['type'] === 'thinking' ? block['signature'] : block['data'])
  if (carried?.vendor !== 'openai' || carried.model !== model || carried.seal === '') return undefined
  const [id, ...lengths] = carried.label.split(' ')
  const summary = partsOf(textIn(block['thinking']), lengths.map(Number))
  return {
    type: 'reasoning',
    ...(id !== '' && { id }),
    summary: summary.map((text) => ({ type: 'summary_text', text })),
    encrypted_content: carried.seal,
  }
}

/** None at all when the text is not the one that was given out. */
function partsOf(text: string, lengths: readonly number[]): readonly string[] {
  const parts: string[] = []
  let at = 0
  for (const length of lengths) {
    parts.push(text.slice(at, at + length))
    at += length + BETWEEN_PARTS.length
  }
  return thinkingText(parts) === text ? parts : []
}
