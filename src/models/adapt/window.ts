import type { Card } from '../card.ts'
import { NEWER_CLAUDE } from '../token-ratio.ts'
import type { Refusal } from './refusal.ts'

/** An estimate refuses only what is too long beyond doubt: what fits must not be turned away, and the vendor counts anyway. */
const DOUBT = 1.5

/** A prompt that the model cannot hold, in the words that clients know: they shorten the conversation and ask again. */
export function refuseTooLong(promptTokens: number, to: Card): Refusal | undefined {
  const maximum = to.inputTokensMax ?? to.contextTokens
  const tokens = promptTokens * (to.tokenizer === 'claude-4.7' ? NEWER_CLAUDE : 1)
  if (tokens <= maximum * DOUBT) return undefined
  return {
    path: 'messages',
    sentence: `prompt is too long: ${Math.round(tokens)} tokens > ${maximum} maximum`,
  }
}
