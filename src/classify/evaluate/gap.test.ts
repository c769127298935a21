import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../core/random.ts'
import { apgr, apgrExact, apgrInterval, callsFor, gapCurve, jittered, type Outcomes, ranked } from './gap.ts'

const outcomes = (weak: readonly number[], strong: readonly number[]): Outcomes => ({
  weak: Float64Array.from(weak),
  strong: Float64Array.from(strong),
})
/** 100 rows; the strong alone answers the first 20, both the next 50, neither the rest. */
const hundred = outcomes(
  Array.from({ length: 100 }, (_, row) => (row >= 20 && row < 70 ? 1 : 0)),
  Array.from({ length: 100 }, (_, row) => (row < 70 ? 1 : 0)),
)
const falling = Float64Array.from({ length: 100 }, (_, row) => 1 - row / 100)

describe('the recovered gap', () => {
  it('is recovered by the first fifth of the calls when the score knows', () => {
    const order = ranked(falling, hundred)
    expect(order.weak).toBe(0.5)
    expect(order.strong).toBe(0.7)
    // The gap closes over 0.2 of the width: 0.2 / 2 + 0.8.
    expect(apgrExact(order)).toBeCloseTo(0.9, 9)
    expect(apgr(gapCurve(order))).toBeCloseTo(0.9, 2)
    expect(callsFor(0.5, gapCurve(order))).toBeCloseTo(10, 0)
    expect(callsFor(0.8, gapCurve(order))).toBeCloseTo(16, 0)
  })

  it('is the mirror image for the opposite score', () => {
    const rising = falling.map((score) => -score)
    expect(apgrExact(ranked(rising, hundred))).toBeCloseTo(0.1, 9)
  })

  it('is one half for a score that knows nothing', () => {
    const same = new Float64Array(100)
    expect(apgrExact(ranked(same, hundred))).toBeCloseTo(0.5, 9)
    const areas = Array.from({ length: 200 }, (_, seed) =>
      apgr(gapCurve(ranked(jittered(same, seededRandom(seed)), hundred))),
    )
    expect(areas.reduce((sum, area) => sum + area, 0) / areas.length).toBeCloseTo(0.5, 1)
  })

  it('has eleven edges, from no strong call to all but none', () => {
    const { shares, recovered } = gapCurve(ranked(falling, hundred))
    expect(shares).toHaveLength(11)
    expect(shares[0]).toBe(0)
    expect(shares[10]).toBe(1)
    expect(recovered[0]).toBe(0)
    expect(recovered[10]).toBeCloseTo(1, 9)
  })

  it('is the same whatever order the rows come in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 1 })), {
          minLength: 5,
          maxLength: 60,
        }),
        (rows) => {
          const area = (each: typeof rows): number =>
            apgrExact(
              ranked(
                Float64Array.from(each, ([score]) => score),
                outcomes(
                  each.map(() => 0),
                  each.map(([, good]) => good),
                ),
              ),
            )
          fc.pre(rows.some(([, good]) => good === 1))
          expect(area(rows.toReversed())).toBeCloseTo(area(rows), 9)
        },
      ),
    )
  })

  it('comes with an interval around it, the same for the same seed', () => {
    const order = ranked(falling, hundred)
    const [low, high] = apgrInterval(order, seededRandom(1))
    expect(low).toBeLessThan(0.9)
    expect(high).toBeGreaterThan(0.9)
    expect(high - low).toBeLessThan(0.1)
    expect(apgrInterval(order, seededRandom(1))).toEqual([low, high])
  })
})
