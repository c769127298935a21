import { unwrapReasoning } from '../carried-reasoning.ts'
import type { Block } from '../chat-to-anthropic/content.ts'
import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'

/**
 * The thinking block that a reasoning item carries, to the byte; whatever model of Anthropic's it goes to, for the
 * service itself leaves out what a model cannot read.
 * @returns undefined for reasoning of another vendor: its seal would be refused.
 */
export function thinkingBlock(item: JsonObject): Block | undefined {
  const carried = unwrapReasoning(item['encrypted_content'])
  if (carried?.vendor !== 'anthropic') return undefined
  if (carried.label === 'redacted_thinking') return { type: 'redacted_thinking', data: carried.seal }
  const thinking = listIn(item['summary'])
    .map((part) => textIn(objectIn(part)['text']))
    .join('')
  return { type: 'thinking', thinking, signature: carried.seal }
}
