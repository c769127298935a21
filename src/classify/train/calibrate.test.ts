import { describe, expect, it } from 'vitest'
import { scopeScore } from '../learned/learned-model.ts'
import { logistic } from '../learned/squash.ts'
import { seededRandom } from '../../core/random.ts'
import { fitSharpness, fitThreshold, type HeldOutScores } from './calibrate.ts'
import { fitSlope } from './slope.ts'

/** Two heads; each row as [best margin, its class or −1, whether the best is right]. */
function held(rows: readonly (readonly [number, number, boolean])[]): HeldOutScores {
  const scores = rows.flatMap(([margin, label, right]) => {
    const said = right ? Math.max(label, 0) : 1 - Math.max(label, 0)
    return said === 0 ? [margin, -1] : [-1, margin]
  })
  return { scores: Float32Array.from(scores), heads: 2, truth: Int32Array.from(rows, ([, label]) => label) }
}

const inScope = (count: number, margin: number): (readonly [number, number, boolean])[] =>
  Array.from({ length: count }, (_, row) => [margin, row % 2, true])

describe('the threshold', () => {
  it('stands between the rows out of scope and those that are right', () => {
    const threshold = fitThreshold(held([...inScope(60, 0.9), [-0.5, -1, false], [-0.4, -1, false]]))
    expect(threshold).toBeGreaterThan(scopeScore(-0.4))
    expect(threshold).toBeLessThan(scopeScore(0.9))
  })

  it('weighs all rows out of scope as a thirtieth of the rest', () => {
    // 60 right rows; the outside ones weigh 2 together. One lost row is worth it, three are not.
    const outside: (readonly [number, number, boolean])[] = Array.from({ length: 10 }, () => [0, -1, false])
    expect(fitThreshold(held([...inScope(59, 0.9), ...inScope(1, -0.5), ...outside]))).toBeGreaterThan(
      scopeScore(0),
    )
    expect(fitThreshold(held([...inScope(57, 0.9), ...inScope(3, -0.5), ...outside]))).toBe(0)
  })

  it('is 0 without rows out of scope', () => {
    expect(fitThreshold(held(inScope(20, 0.5)))).toBe(0)
  })
})

describe('the sharpness', () => {
  it('is the one that the margins were drawn with', () => {
    const random = seededRandom(1)
    const margins = Array.from({ length: 20_000 }, () => 2 * random.next())
    const truth = margins.map((margin) => (random.next() < logistic(3 * margin) ? 0 : 1))
    const scores = Float32Array.from(margins.flatMap((margin) => [margin, 0]))
    expect(fitSharpness({ scores, heads: 2, truth: Int32Array.from(truth) })).toBeCloseTo(3, 0)
  })
})

describe('the slope', () => {
  it('is the one that the outcomes were drawn with', () => {
    const random = seededRandom(2)
    const scores = Float64Array.from({ length: 20_000 }, () => 2 * random.next() - 1)
    const targets = scores.map((score) => (random.next() < logistic(2 * score) ? 1 : 0))
    expect(fitSlope(scores, targets)).toBeCloseTo(2, 0)
  })

  it('stays within its bounds when every row is right', () => {
    expect(fitSlope(Float64Array.of(0.1, 0.2), Float64Array.of(1, 1))).toBe(5)
  })
})
