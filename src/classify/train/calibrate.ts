import { scopeScore } from '../learned/learned-model.ts'
import { highest } from '../learned/squash.ts'

/** Scores of rows by heads that had not seen them: scores[row × heads + head]. */
export interface HeldOutScores {
  readonly scores: Float32Array
  readonly heads: number
  /** The head of each row's label; −1 for a row that belongs to none. */
  readonly truth: Int32Array
}

const SHARPNESS_MIN = 0.1
const SHARPNESS_MAX = 50
const STEPS = 40
/** In the validation set of the CLINC150 paper there is one row out of scope to thirty within. */
const OUT_OF_SCOPE_SHARE = 1 / 30

/** The sharpness at which the shares of the true classes are likeliest, by golden section on its logarithm. */
export function fitSharpness(held: HeldOutScores): number {
  const golden = (Math.sqrt(5) - 1) / 2
  let low = Math.log(SHARPNESS_MIN)
  let high = Math.log(SHARPNESS_MAX)
  for (let step = 0; step < STEPS; step++) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (lossAt(held, Math.exp(left)) < lossAt(held, Math.exp(right))) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

function lossAt({ scores, heads, truth }: HeldOutScores, sharpness: number): number {
  let loss = 0
  for (const [row, label] of truth.entries()) {
    if (label < 0) continue
    const from = row * heads
    let best = -Infinity
    for (let head = 0; head < heads; head++) best = Math.max(best, scores[from + head] as number)
    let sum = 0
    for (let head = 0; head < heads; head++)
      sum += Math.exp(sharpness * ((scores[from + head] as number) - best))
    loss += Math.log(sum) - sharpness * ((scores[from + label] as number) - best)
  }
  return loss
}

/**
 * The score below which nothing fits: where most rows are right, a row out of scope being right when it is turned
 * away. Rows out of scope weigh together a thirtieth of the rest. 0 without such rows.
 */
export function fitThreshold({ scores, heads, truth }: HeldOutScores): number {
  const rows = [...truth.entries()].map(([row, label]) => {
    const best = highest(scores, row * heads, heads)
    return {
      score: scopeScore(scores[row * heads + best] as number),
      outside: label < 0,
      right: label === best,
    }
  })
  const outside = rows.filter((row) => row.outside).length
  if (outside === 0) return 0
  const weight = (OUT_OF_SCOPE_SHARE * (rows.length - outside)) / outside
  const rising = rows.toSorted((one, other) => one.score - other.score)
  // Turning away the first k rows of the rising order: right for those outside, wrong for those that were right.
  let balance = 0
  let bestBalance = 0
  let threshold = 0
  for (const [at, row] of rising.entries()) {
    balance += row.outside ? weight : row.right ? -1 : 0
    const next = rising[at + 1]?.score ?? 1
    if (balance > bestBalance && next > row.score) {
      bestBalance = balance
      threshold = (row.score + next) / 2
    }
  }
  return threshold
}
