import type { Usage } from '../core/wire.ts'
import type { Card } from './card.ts'

/** US dollars for what was used; 0 for a model without a card. The band is chosen by all input, cached or not. */
export function costUsd(card: Card | undefined, usage: Usage): number {
  if (!card) return 0
  const totalInputTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  const isLong = card.longPrompt !== undefined && totalInputTokens > card.longPrompt.aboveTokens
  const price = isLong ? card.longPrompt.priceUsdPerMTok : card.priceUsdPerMTok
  const usdPerMillion =
    usage.inputTokens * price.input +
    usage.cacheReadTokens * price.cacheRead +
    usage.cacheWriteTokens * price.cacheWrite +
    usage.outputTokens * price.output
  return usdPerMillion / 1_000_000
}
