import { describe, expect, it } from 'vitest'
import { createCards } from '../catalog.ts'
import { moveCase } from './move-case-harness.ts'
import { priceMove } from './price-move.ts'

const cards = createCards()
const end = (model: string) => ({ model, card: cards.find(model) })
const opus = end('claude-opus-5-5')
const sonnet = end('claude-sonnet-5-5')
const haiku = end('claude-haiku-5-5')

function priced(prefix: number, target: ReturnType<typeof end>, changes = {}) {
  const price = priceMove(moveCase({ home: opus, target, promptTokens: prefix, ...changes }))
  if (!price) throw new Error('no price')
  return price
}

/** The first turn counts: after how many turns has the move paid for itself? */
function paysAfter({
  savesUsdPerTurn,
  costsUsdOnce,
}: {
  savesUsdPerTurn: number
  costsUsdOnce: number
}): number {
  return costsUsdOnce <= 0 ? 0 : 1 + Math.ceil(costsUsdOnce / savesUsdPerTurn - 1e-9)
}

describe('the price of a move, with a cached prefix and 1,000 tokens of output a turn', () => {
  it.each([
    ['sonnet', 50_000, sonnet, 0.135 - 0.03, 0.03 - 0.015, 8],
    ['sonnet', 150_000, sonnet, 0.385 - 0.05, 0.05 - 0.025, 15],
    ['haiku', 50_000, haiku, 0.00675 - 0.03, 0.03 - 0.001, 0],
    ['haiku', 150_000, haiku, 0.09625 - 0.05, 0.05 - 0.01, 3],
  ] as const)('from opus to %s at %i tokens', (_name, prefix, target, once, saves, turns) => {
    const price = priced(prefix, target)
    expect(price.costsUsdOnce).toBeCloseTo(once, 10)
    expect(price.savesUsdPerTurn).toBeCloseTo(saves, 10)
    expect(paysAfter(price)).toBe(turns)
  })

  it('finds a cold haiku below 100,000 tokens cheaper than one warm turn of opus, and dearer above', () => {
    for (const prefix of [1_000, 20_000, 50_000, 99_000])
      expect(priced(prefix, haiku).costsUsdOnce).toBeLessThan(0)
    expect(priced(101_000, haiku).costsUsdOnce).toBeGreaterThan(0)
  })

  it.each([
    [50_000, 0.25, 0.01],
    [150_000, 0.75, 0.03],
  ])('knows that the way back to opus is written once more, at %i tokens', (prefix, write, read) => {
    expect(priced(prefix, sonnet).wayBackUsd).toBeCloseTo(write - read, 10)
  })

  it('prices the later turns that find the cache cold at what is written anew', () => {
    // 50,000 × 5 and 1,000 × 20 at opus, 50,000 × 2.5 and 1,000 × 10 at sonnet, in millionths.
    expect(priced(50_000, sonnet, { warmRate: 0 }).savesUsdPerTurn).toBeCloseTo(0.27 - 0.135, 10)
    expect(priced(50_000, sonnet, { warmRate: 0.5 }).savesUsdPerTurn).toBeCloseTo((0.135 + 0.015) / 2, 10)
  })

  it('costs nothing more once home has gone cold as well', () => {
    expect(priced(50_000, sonnet, { homeWarmTokens: 0 }).costsUsdOnce).toBeLessThan(0)
  })

  it('is low where the target is still warm from before', () => {
    expect(priced(50_000, sonnet, { targetWarmTokens: 50_000 }).costsUsdOnce).toBeLessThan(0)
  })

  it('is higher where the prompt is written to be kept for long', () => {
    const price = priced(50_000, sonnet, { longCache: true })
    expect(price.costsUsdOnce).toBeCloseTo((50_000 * 4 + 1_000 * 10) * 1e-6 - 0.03, 10)
    expect(price.savesUsdPerTurn).toBeCloseTo(0.015, 10)
  })

  it('has no cold cache to pay for where nothing is cached', () => {
    const price = priced(50_000, sonnet, { cachedTokens: 0, homeWarmTokens: 0 })
    // 50,000 × (4 − 2) + 1,000 × (20 − 10) millionths.
    expect(price.savesUsdPerTurn).toBeCloseTo(0.11, 10)
    expect(price.costsUsdOnce).toBeCloseTo(-0.11, 10)
    expect(price.wayBackUsd).toBe(0)
  })

  it('pays for what the prompt grows by as for plain input where nothing is cached', () => {
    const turn = { requests: 1, outputTokens: 0, grownTokens: 2_000 }
    const uncached = { cachedTokens: 0, homeWarmTokens: 0, turn, rest: { turns: 0, errorTurns: 0 } }
    const price = priced(50_000, sonnet, uncached)
    expect(price.costsUsdOnce).toBeCloseTo((50_000 + 2_000) * (2 - 4) * 1e-6, 10)
    // A later turn is priced halfway: the prompt has grown by a thousand.
    expect(price.savesUsdPerTurn).toBeCloseTo((50_000 + 1_000 + 2_000) * (4 - 2) * 1e-6, 10)
  })

  it('prices later turns in the band that the growing prompt will be in', () => {
    const turn = { requests: 5, outputTokens: 200, grownTokens: 2_000 }
    const few = priced(95_000, haiku, { turn: { ...turn, grownTokens: 0 } })
    const many = priced(95_000, haiku, { turn, rest: { turns: 6, errorTurns: 0 } })
    expect(few.costsUsdOnce).toBeLessThan(0)
    // Haiku above 100,000 tokens costs five times as much.
    const warmHaikuUsd = 5 * (95_000 * 0.01 + 200 * 0.5) * 1e-6
    const opusUsd = 5 * (95_000 * 0.2 + 200 * 20) * 1e-6
    expect(few.savesUsdPerTurn).toBeCloseTo(opusUsd - warmHaikuUsd, 6)
    const grown = 95_000 + 5 * 2_000 * 3.5
    const warmLongUsd = 5 * (grown * 0.05 + 200 * 2.5 + 2_000 * 0.625) * 1e-6
    const opusLongUsd = 5 * (grown * 0.2 + 200 * 20 + 2_000 * 5) * 1e-6
    expect(many.savesUsdPerTurn).toBeCloseTo(opusLongUsd - warmLongUsd, 6)
  })

  it('adds reasoning that is thought again only where the target cannot read it', () => {
    const thinking = true
    expect(priced(50_000, sonnet, { thinking }).reasoningUsd).toBeCloseTo(0.5 * 1_000 * 10e-6, 10)
    expect(priced(50_000, sonnet).reasoningUsd).toBe(0)
    const up = priceMove(moveCase({ home: sonnet, target: opus, promptTokens: 50_000, thinking }))
    expect(up?.reasoningUsd).toBe(0)
  })

  it('counts the tokens again for a model that counts otherwise', () => {
    const old = end('claude-opus-4-6')
    const price = priceMove(moveCase({ home: old, target: sonnet, promptTokens: 100_000 }))
    const cold = (130_000 * 2.5 + 1_000 * 10) * 1e-6
    expect(price?.costsUsdOnce).toBeCloseTo(cold - (100_000 * 0.5 + 1_000 * 25) * 1e-6, 6)
    const warmUsd = (130_000 * 0.1 + 1_000 * 10) * 1e-6
    const homeUsd = (100_000 * 0.5 + 1_000 * 25) * 1e-6
    expect(price?.savesUsdPerTurn).toBeCloseTo(homeUsd - warmUsd, 6)
  })

  it('counts what is warm there, and what the prompt grows by, by the other model too', () => {
    const turn = { requests: 1, outputTokens: 0, grownTokens: 1_000 }
    const old = end('claude-opus-4-6')
    const price = priceMove(
      moveCase({ home: old, target: sonnet, promptTokens: 100_000, targetWarmTokens: 100_000, turn }),
    )
    const there = (130_000 * 0.1 + 1_300 * 2.5) * 1e-6
    expect(price?.costsUsdOnce).toBeCloseTo(there - (100_000 * 0.5 + 1_000 * 6.25) * 1e-6, 8)
  })

  it('is unknown where a model has no card', () => {
    expect(priceMove(moveCase({ home: opus, target: end('some-model') }))).toBeUndefined()
    expect(priceMove(moveCase({ home: end('some-model'), target: opus }))).toBeUndefined()
  })
})
