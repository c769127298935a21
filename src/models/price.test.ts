import { describe, expect, it } from 'vitest'
import { noUsage } from '../core/wire.ts'
import { createCards } from './catalog.ts'
import { costUsd } from './price.ts'

const cards = createCards()

describe('the cost of an answer', () => {
  it('adds input, output, cache reads and cache writes at their own prices', () => {
    const usage = {
      inputTokens: 1_000,
      outputTokens: 2_000,
      cacheReadTokens: 10_000,
      cacheWriteTokens: 4_000,
    }
    // 1,000 × 4 + 2,000 × 20 + 10,000 × 0.2 + 4,000 × 5 = 66,000 millionths.
    expect(costUsd(cards.find('claude-opus-5-5'), usage)).toBeCloseTo(0.066, 12)
  })

  it('takes the dearer band of Haiku 5.5 for the whole request above 100,000 tokens of input', () => {
    const haiku = cards.find('claude-haiku-5-5')
    const at = { ...noUsage, inputTokens: 100_000, outputTokens: 1_000 }
    expect(costUsd(haiku, at)).toBeCloseTo((100_000 * 0.1 + 1_000 * 0.5) / 1e6, 12)
    const above = { ...noUsage, inputTokens: 100_001, outputTokens: 1_000 }
    expect(costUsd(haiku, above)).toBeCloseTo((100_001 * 0.5 + 1_000 * 2.5) / 1e6, 12)
  })

  it('counts cached tokens as input when it chooses the band', () => {
    const usage = { inputTokens: 1, outputTokens: 0, cacheReadTokens: 90_000, cacheWriteTokens: 10_000 }
    const millionths = 1 * 0.5 + 90_000 * 0.05 + 10_000 * 0.625
    expect(costUsd(cards.find('claude-haiku-5-5'), usage)).toBeCloseTo(millionths / 1e6, 12)
  })

  it('doubles input and cache and adds half to output for OpenAI above 272,000 tokens', () => {
    const usage = { inputTokens: 200_000, outputTokens: 1_000, cacheReadTokens: 72_001, cacheWriteTokens: 0 }
    const millionths = 200_000 * 4 + 1_000 * 15 + 72_001 * 0.2
    expect(costUsd(cards.find('gpt-6.2-sol'), usage)).toBeCloseTo(millionths / 1e6, 12)
  })

  it('is 0 for a model without a card', () => {
    expect(costUsd(undefined, { ...noUsage, inputTokens: 1_000_000 })).toBe(0)
  })
})
