import type { Usage } from '../core/wire.ts'
import type { Card } from './card.ts'

/**
 * US dollars for what was billed; 0 for a model without a card. The band is chosen by all input, cached or not. Tier,
 * speed and region are those that the vendor's reply tells, not those that were asked for.
 */
export function costUsd(card: Card | undefined, usage: Usage): number {
  if (!card) return 0
  const totalInputTokens = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  const isLong = card.longPrompt !== undefined && totalInputTokens > card.longPrompt.aboveTokens
  const price = isLong ? card.longPrompt.priceUsdPerMTok : card.priceUsdPerMTok
  const longWrites = Math.min(usage.cacheWriteLongTokens ?? 0, usage.cacheWriteTokens)
  const usdPerMillion =
    usage.inputTokens * price.input +
    usage.cacheReadTokens * price.cacheRead +
    (usage.cacheWriteTokens - longWrites) * price.cacheWrite +
    longWrites * price.cacheWriteLong +
    usage.outputTokens * price.output
  return (usdPerMillion * multiplierOf(card, usage)) / 1_000_000
}

/** What has no multiplier costs the standard price: a tier that is not known must not make a cost vanish. */
function multiplierOf({ multipliers }: Card, { serviceTier, speed, inferenceGeo }: Usage): number {
  if (!multipliers) return 1
  let product = 1
  for (const name of [serviceTier, speed, inferenceGeo]) {
    if (name !== undefined && Object.hasOwn(multipliers, name)) product *= multipliers[name] ?? 1
  }
  return product
}
