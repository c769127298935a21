import type { Random } from '../../core/random.ts'
import { logistic } from '../learned/squash.ts'
import type { Design } from './design.ts'
import type { RawHead } from './hinge.ts'

/** Passes over the rows; with the small costs that pay here the weights stand still well before. */
const PASSES = 15
const NEWTON_STEPS = 4

/**
 * P(good) as a logistic function of the features, by dual coordinate ascent (Shalev-Shwartz & Zhang, 2013). Targets may
 * be any number from 0 to 1. Each row's share in the weights is cost × (target − probability); a visit solves for
 * the probability at which this holds, the other rows standing still.
 * @param cost what a row costs beside the size of the weights.
 */
export function fitLogistic(design: Design, target: Float64Array, cost: number, random: Random): RawHead {
  const { rows, start, slot, value, dense, denseColumns } = design
  const w = new Float32Array(design.slots)
  const d = new Float64Array(denseColumns)
  const share = new Float64Array(rows)
  const order = Int32Array.from({ length: rows }, (_, row) => row)
  for (let pass = 0; pass < PASSES; pass++) {
    for (let index = 0; index < rows; index++) {
      const other = index + Math.floor(random.next() * (rows - index))
      const row = order[other] as number
      order[other] = order[index] as number
      order[index] = row
      const first = start[row] as number
      const last = start[row + 1] as number
      const from = row * denseColumns
      let score = 0
      let norm = 0
      for (let at = first; at < last; at++) {
        const x = value[at] as number
        score += (w[slot[at] as number] as number) * x
        norm += x * x
      }
      for (let column = 0; column < denseColumns; column++) {
        const x = dense[from + column] as number
        score += (d[column] as number) * x
        norm += x * x
      }
      const old = share[row] as number
      const wanted = target[row] as number
      const probability = settle(score, score - norm * old + norm * cost * wanted, norm * cost)
      const step = cost * (wanted - probability) - old
      share[row] = old + step
      for (let at = first; at < last; at++) {
        const column = slot[at] as number
        w[column] = (w[column] as number) + step * (value[at] as number)
      }
      for (let column = 0; column < denseColumns; column++)
        d[column] = (d[column] as number) + step * (dense[from + column] as number)
    }
  }
  return { slots: w, dense: d }
}

/** The probability of the score s that solves s + k × logistic(s) = right, by Newton's method. */
function settle(guess: number, right: number, k: number): number {
  let score = guess
  let probability = logistic(score)
  for (let count = 0; count < NEWTON_STEPS; count++) {
    const error = score + k * probability - right
    score -= error / (1 + k * probability * (1 - probability))
    probability = logistic(score)
    if (Math.abs(error) < 1e-9) break
  }
  return probability
}
