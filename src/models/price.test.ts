import { describe, expect, it } from 'vitest'
import { noUsage, type Usage } from '../core/wire.ts'
import { createCards } from './catalog.ts'
import { costUsd } from './price.ts'

const cards = createCards()
const MILLION = 1_000_000

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

  // Input, output, five-minute write, hour's write and cache read, as Anthropic's price page has them.
  it.each([
    ['claude-fable-5-2', 8, 40, 10, 16, 0.2],
    ['claude-mythos-5-1', 10, 50, 12.5, 20, 0.25],
    ['claude-fable-5', 10, 50, 12.5, 20, 1],
    ['claude-opus-5-5', 4, 20, 5, 8, 0.2],
    ['claude-opus-5', 5, 25, 6.25, 10, 0.5],
    ['claude-opus-4-8', 5, 25, 6.25, 10, 0.5],
    ['claude-opus-4-5', 5, 25, 6.25, 10, 0.5],
    ['claude-sonnet-5-5', 2, 10, 2.5, 4, 0.1],
    ['claude-sonnet-5', 2, 10, 2.5, 4, 0.2],
    ['claude-sonnet-4-6', 3, 15, 3.75, 6, 0.3],
    ['claude-haiku-4-5', 1, 5, 1.25, 2, 0.1],
  ])('is what a million tokens of each kind cost at %s', (model, input, output, write, writeLong, read) => {
    const of = (usage: Partial<Usage>): number => costUsd(cards.find(model), { ...noUsage, ...usage })
    expect(of({ inputTokens: MILLION })).toBeCloseTo(input, 9)
    expect(of({ outputTokens: MILLION })).toBeCloseTo(output, 9)
    expect(of({ cacheWriteTokens: MILLION })).toBeCloseTo(write, 9)
    expect(of({ cacheWriteTokens: MILLION, cacheWriteLongTokens: MILLION })).toBeCloseTo(writeLong, 9)
    expect(of({ cacheReadTokens: MILLION })).toBeCloseTo(read, 9)
  })

  it('tells tokens written for long from the others', () => {
    const usage = { ...noUsage, cacheWriteTokens: 10_000, cacheWriteLongTokens: 4_000 }
    expect(costUsd(cards.find('claude-opus-5-5'), usage)).toBeCloseTo((6_000 * 5 + 4_000 * 8) / MILLION, 12)
    // A figure that cannot be counts for no more than all of them.
    expect(costUsd(cards.find('claude-opus-5-5'), { ...usage, cacheWriteLongTokens: 90_000 })).toBeCloseTo(
      0.08,
      12,
    )
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

  it('writes to OpenAI’s cache for thirty minutes or for twelve hours, and before 5.6 for the price of input', () => {
    const short = { ...noUsage, cacheWriteTokens: 100_000 }
    const long = { ...short, cacheWriteLongTokens: 100_000 }
    expect(costUsd(cards.find('gpt-6.2-sol'), short)).toBeCloseTo(0.25, 12)
    expect(costUsd(cards.find('gpt-6.2-sol'), long)).toBeCloseTo(0.5, 12)
    expect(costUsd(cards.find('gpt-6.1-terra'), long)).toBeCloseTo(0.25, 12)
    expect(costUsd(cards.find('gpt-5.4'), long)).toBeCloseTo(0.25, 12)
  })

  it.each([
    ['claude-opus-5-5', { serviceTier: 'standard' }, 1],
    ['claude-opus-5-5', { serviceTier: 'batch' }, 0.5],
    ['claude-opus-5-5', { speed: 'fast' }, 2],
    ['claude-opus-5-5', { speed: 'fast', inferenceGeo: 'us' }, 2.2],
    ['claude-sonnet-5-5', { inferenceGeo: 'us' }, 1.1],
    ['claude-sonnet-5-5', { inferenceGeo: 'global' }, 1],
    ['claude-sonnet-4-5', { inferenceGeo: 'us' }, 1],
    ['gpt-6-sol', { serviceTier: 'default' }, 1],
    ['gpt-6-sol', { serviceTier: 'flex' }, 0.5],
    ['gpt-6-sol', { serviceTier: 'fast' }, 2],
    ['gpt-6-sol', { serviceTier: 'priority' }, 2],
    ['gpt-6.2-sol', { serviceTier: 'ultrafast' }, 3],
    ['gpt-6.2-sol', { serviceTier: '__proto__' }, 1],
  ])('at %s with %j is %d times the standard price', (model, billed, times) => {
    const usage = { ...noUsage, inputTokens: 1_000, outputTokens: 1_000, cacheReadTokens: 1_000 }
    const standard = costUsd(cards.find(model), usage)
    expect(costUsd(cards.find(model), { ...usage, ...billed })).toBeCloseTo(times * standard, 12)
  })

  it('is 0 for a model without a card', () => {
    expect(costUsd(undefined, { ...noUsage, inputTokens: 1_000_000 })).toBe(0)
  })
})
