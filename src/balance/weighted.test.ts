import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../core/random.ts'
import {
  type Candidates,
  candidatesOf,
  describeStrategy,
  fleetOf,
  type LiveView,
  message,
  pickIndex,
  tally,
  viewOf,
} from './strategy.suite.ts'
import { SMOOTH_MAX, shareOf, weighted } from './weighted.ts'

const create = () => weighted({ random: seededRandom(11) })

describeStrategy('weighted', weighted)

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, one) => sum + one, 0)
  return counts.map((one) => one / total)
}

describe('shareOf', () => {
  it('is weight × health × free slots', () => {
    expect(shareOf(viewOf(1, { slots: 8, inFlight: 2, health: 0.5, weight: 2 }))).toBe(6)
    expect(shareOf(viewOf(1, { slots: 2, inFlight: 3 }))).toBe(0)
  })
})

describe('weighted', () => {
  it('gives each worker its share exactly, over as many picks as there are shares', () => {
    const fleet: Candidates = [viewOf(1, { slots: 5 }), viewOf(2, { slots: 1 }), viewOf(3, { slots: 1 })]
    expect(tally(create(), fleet, 7)).toEqual([5, 1, 1])
  })

  it('spreads a worker’s turns between the others’', () => {
    const fleet: [LiveView, ...LiveView[]] = [
      viewOf(1, { slots: 5 }),
      viewOf(2, { slots: 1 }),
      viewOf(3, { slots: 1 }),
    ]
    const strategy = create()
    const order = Array.from({ length: 7 }, () => pickIndex(strategy, fleet, fleet) + 1)
    expect(order).toEqual([1, 1, 2, 1, 3, 1, 1])
  })

  it('follows capacity, weight and health, for any fleet', () => {
    const figures = fc.record({
      slots: fc.integer({ min: 1, max: 16 }),
      weight: fc.constantFrom(0.5, 1, 2),
      health: fc.double({ min: 0.1, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(figures, { minLength: 2, maxLength: 12 }), (all) => {
        const [first = viewOf(1), ...rest] = all.map((one, index) => viewOf(index + 1, one))
        const fleet: Candidates = [first, ...rest]
        const picks = 2_000
        const counts = tally(create(), fleet, picks)
        const wanted = sharesOf(fleet.map(shareOf))
        // Smooth: nobody is ever more than about one turn a worker away from its share.
        for (const [index, count] of counts.entries()) {
          expect(Math.abs(count - picks * (wanted[index] ?? 0))).toBeLessThanOrEqual(fleet.length)
        }
      }),
      { numRuns: 50 },
    )
  })

  it('gives a degraded worker less, and brings it back gradually as it recovers', () => {
    const strategy = create()
    const fleet = fleetOf(5)
    const [sick] = fleet
    const shares = [1, 0.1, 0.3, 0.5, 0.75, 1].map((health) => {
      sick.health = health
      tally(strategy, fleet, 100)
      return sharesOf(tally(strategy, fleet, 1_000))[0] ?? 0
    })
    const wanted = [1 / 5, 0.1 / 4.1, 0.3 / 4.3, 0.5 / 4.5, 0.75 / 4.75, 1 / 5]
    for (const [step, share] of shares.entries()) expect(share).toBeCloseTo(wanted[step] ?? 0, 2)
  })

  it('sends less to who has fewer slots free', () => {
    const [busy, idle] = [viewOf(1, { inFlight: 3 }), viewOf(2)]
    expect(tally(create(), [busy, idle], 500)).toEqual([100, 400])
  })

  it('never picks a worker of weight 0 while there is another', () => {
    expect(tally(create(), [viewOf(1, { weight: 0 }), viewOf(2)], 100)).toEqual([0, 100])
    expect(tally(create(), [viewOf(1, { weight: 0 })], 1)).toEqual([1])
  })

  it('keeps to the shares while workers come and go', () => {
    const strategy = create()
    const random = seededRandom(9)
    const fleet = [8, 4, 2, 1].map((slots, index) => viewOf(index + 1, { slots }))
    const counts = fleet.map(() => 0)
    for (let turn = 0; turn < 30_000; turn++) {
      const candidates = candidatesOf(fleet, () => random.next() < 0.8)
      if (!candidates) continue
      const index = pickIndex(strategy, fleet, candidates)
      counts[index] = (counts[index] ?? 0) + 1
    }
    // Twice the slots, nearly twice the work: who is away cannot be picked, so the large ones lose a little.
    for (let index = 0; index < 3; index++) {
      const ratio = (counts[index] ?? 0) / (counts[index + 1] ?? 1)
      expect(ratio).toBeGreaterThan(1.5)
      expect(ratio).toBeLessThan(2.3)
    }
  })

  it('counts exactly up to 512 candidates, and draws only above', () => {
    let draws = 0
    const random: Random = { next: () => (draws++, 0.5), uint32: () => 0 }
    const strategy = weighted({ random })
    expect(new Set(tally(strategy, fleetOf(SMOOTH_MAX), 2 * SMOOTH_MAX))).toEqual(new Set([2]))
    expect(draws).toBe(0)
    strategy.pick(fleetOf(SMOOTH_MAX + 1), message)
    expect(draws).toBeGreaterThan(0)
  })

  it('keeps near the shares by chance where there are too many to count', () => {
    const large: LiveView[] = Array.from({ length: 20 }, (_, index) => viewOf(index, { slots: 8 }))
    const small = Array.from({ length: SMOOTH_MAX }, (_, index) => viewOf(100 + index, { slots: 1 }))
    const [first = viewOf(0), ...rest] = [...large, ...small]
    const counts = tally(create(), [first, ...rest], 50_000)
    const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length
    const ratio = mean(counts.slice(0, 20)) / mean(counts.slice(20))
    expect(ratio).toBeGreaterThan(7)
    expect(ratio).toBeLessThan(8.2)
    expect(Math.min(...counts)).toBeGreaterThan(0)
  })
})
