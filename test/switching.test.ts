import { describe, expect, it } from 'vitest'
import { playAll, ways } from '../bench/switching.ts'

/** The first few conversations of `npm run bench -- switching`: what must hold for each number of them. */
describe('conversations of agents', () => {
  it('lose no reasoning inside a tool loop, are never refused, and cost what the vendor says', async () => {
    const ours = await playAll(6, ways['home, expected-value'])
    expect(ours.turns).toBeGreaterThan(30)
    expect(ours.turnsWithLossInLoop).toBe(0)
    expect(ours.refused).toBe(0)
    expect(ours.below).toBe(0)
    expect(ours.switches).toBeGreaterThan(0)
    expect(ours.oursUsd).toBeCloseTo(ours.usd, 6)
  }, 30_000)

  it('cost less with a home than with each message of the person routed anew', async () => {
    const routed = await playAll(6, ways['each message of the person'])
    const ours = await playAll(6, ways['home, expected-value'])
    expect(ours.usd).toBeLessThan(routed.usd)
    expect(ours.turnsWithLoss).toBeLessThan(routed.turnsWithLoss)
  }, 30_000)

  it('lose reasoning inside tool loops where each request is routed by what came last', async () => {
    const routed = await playAll(6, ways['each request by what came last'])
    expect(routed.turnsWithLossInLoop).toBeGreaterThan(0)
  }, 30_000)
})
