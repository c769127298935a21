import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../core/random.ts'
import type { WorkerView } from '../core/worker.ts'
import { EXACT_MAX, leastLoaded, loadOf } from './least-loaded.ts'
import { roundRobin } from './round-robin.ts'
import type { Strategy } from './strategy.ts'
import { describeStrategy, fleetOf, type LiveView, message, serve, tally, viewOf } from './strategy.suite.ts'

const create = (seed = 11) => leastLoaded({ random: seededRandom(seed) })

describeStrategy('least-loaded', leastLoaded)

describe('loadOf', () => {
  it('grows with tokens and requests in flight', () => {
    const idle = loadOf(viewOf(1), 1_000)
    expect(loadOf(viewOf(1, { outstandingTokens: 500 }), 1_000)).toBeGreaterThan(idle)
    expect(loadOf(viewOf(1, { inFlight: 1 }), 1_000)).toBeGreaterThan(idle)
  })

  it('is relative to slots, weight and health', () => {
    const load = loadOf(viewOf(1, { outstandingTokens: 4_000, slots: 4 }), 0)
    expect(loadOf(viewOf(1, { outstandingTokens: 4_000, slots: 8 }), 0)).toBe(load / 2)
    expect(loadOf(viewOf(1, { outstandingTokens: 4_000, weight: 2 }), 0)).toBe(load / 2)
    expect(loadOf(viewOf(1, { outstandingTokens: 4_000, health: 0.5 }), 0)).toBe(load * 2)
  })
})

describe('least-loaded', () => {
  it('picks by outstanding work, not by the number of requests', () => {
    const longAnswer = viewOf(1, { inFlight: 1, outstandingTokens: 30_000 })
    const shortOnes = viewOf(2, { inFlight: 3, outstandingTokens: 900 })
    expect(tally(create(), [longAnswer, shortOnes], 10)).toEqual([0, 10])
  })

  it('picks by the number of requests where nobody knows the tokens', () => {
    expect(tally(create(), [viewOf(1, { inFlight: 2 }), viewOf(2, { inFlight: 1 })], 10)).toEqual([0, 10])
  })

  it('picks the larger of two idle workers', () => {
    expect(tally(create(), [viewOf(1, { slots: 2 }), viewOf(2, { slots: 8 })], 10)).toEqual([0, 10])
  })

  it('uses a degraded worker only when the others are busier by as much', () => {
    const degraded = viewOf(1, { health: 0.25 })
    const well = viewOf(2, { inFlight: 2, outstandingTokens: 2_000 })
    expect(tally(create(), [degraded, well], 10)).toEqual([0, 10])
    well.inFlight = 3
    well.outstandingTokens = 5_000
    expect(tally(create(), [degraded, well], 10)).toEqual([10, 0])
  })

  it('brings a worker back gradually as its health returns', () => {
    const shares = [0.1, 0.25, 0.5, 1].map((health) => {
      const fleet = fleetOf(5)
      const [recovering] = fleet
      recovering.health = health
      const { tokens: served } = serve(create(), fleet, 3_000, seededRandom(2))
      return (served[0] ?? 0) / served.reduce((sum, one) => sum + one, 0)
    })
    expect(shares).toEqual([...shares].sort((one, other) => one - other))
    expect(shares[0]).toBeLessThan(0.1)
    expect(shares[3]).toBeGreaterThan(0.17)
  })

  it('keeps a worker of weight 0 for when there is no other', () => {
    expect(tally(create(), [viewOf(1, { weight: 0 }), viewOf(2, { inFlight: 3 })], 10)).toEqual([0, 10])
    const standby = tally(create(), fleetOf(2, { weight: 0 }), 200)
    expect(Math.min(...standby)).toBeGreaterThan(60)
  })

  it('lets chance decide between equals, all with the same chance', () => {
    const counts = tally(create(), fleetOf(5), 5_000)
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(120)
  })

  it('is exact up to 64 candidates', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50_000), { minLength: 1, maxLength: EXACT_MAX }), (tokens) => {
        const [first = viewOf(1), ...rest] = tokens.map((outstandingTokens, index) =>
          viewOf(index, { outstandingTokens }),
        )
        const picked = create().pick([first, ...rest], message)
        expect(picked.outstandingTokens).toBe(Math.min(...tokens))
      }),
    )
  })

  it('finds the one least loaded among 64 every time', () => {
    const fleet = fleetOf(EXACT_MAX, { inFlight: 1 })
    const [first] = fleet
    first.inFlight = 0
    expect(tally(create(), fleet, 100)[0]).toBe(100)
  })

  it('takes the better of two different ones above, and reaches everybody', () => {
    const size = EXACT_MAX + 1
    const [first, ...rest] = fleetOf(size)
    const fleet: [LiveView, ...LiveView[]] = [first, ...rest]
    for (const [rank, view] of fleet.entries()) view.outstandingTokens = rank * 100
    const counts = tally(create(), fleet, 60_000)
    // Of two, the one of rank r (0 the least loaded) is picked with a chance of 2 (n − 1 − r) / n (n − 1).
    for (const [rank, count] of counts.entries()) {
      const wanted = (60_000 * 2 * (size - 1 - rank)) / (size * (size - 1))
      expect(Math.abs(count - wanted)).toBeLessThan(6 * Math.sqrt(wanted) + 1)
    }
    // The most loaded one loses every comparison, so it never stood against itself.
    expect(counts.at(-1)).toBe(0)
  })

  it('draws no chance where there are no equals', () => {
    const none: Random = {
      next: () => {
        throw new Error('drew a number')
      },
      uint32: () => 0,
    }
    const fleet: [WorkerView, ...WorkerView[]] = [viewOf(1, { inFlight: 1 }), viewOf(2)]
    expect(leastLoaded({ random: none }).pick(fleet, message)).toBe(fleet[1])
  })

  it('spreads the load far more evenly than turns or chance, in small fleets and large', () => {
    const byChance = (): Strategy => {
      const random = seededRandom(3)
      return { name: 'chance', pick: (all) => all[Math.floor(random.next() * all.length)] ?? all[0] }
    }
    for (const size of [8, 100]) {
      const spread = (strategy: Strategy): number =>
        serve(strategy, fleetOf(size), 50 * size, seededRandom(5)).loadSpread
      const ours = spread(create())
      expect(ours).toBeLessThan(spread(roundRobin()) * 0.8)
      expect(ours).toBeLessThan(spread(byChance()) * 0.8)
    }
  })
})
