import { logistic } from '../learned/squash.ts'

const STEPS = 30
const SLOPE_MIN = 0.2
const SLOPE_MAX = 5

/**
 * A head that was held short says too little: P(good) = logistic(slope × score) makes it true. Fitted to held-out scores
 * by Newton's method. An offset besides would fit them a little better, and rank new templates worse.
 */
export function fitSlope(scores: Float64Array, targets: Float64Array): number {
  let slope = 1
  for (let step = 0; step < STEPS; step++) {
    let gradient = 0
    let curve = 1e-9
    for (const [row, score] of scores.entries()) {
      const probability = logistic(slope * score)
      gradient += (probability - (targets[row] as number)) * score
      curve += probability * (1 - probability) * score * score
    }
    const next = Math.min(SLOPE_MAX, Math.max(SLOPE_MIN, slope - gradient / curve))
    if (Math.abs(next - slope) < 1e-9) break
    slope = next
  }
  return slope
}
