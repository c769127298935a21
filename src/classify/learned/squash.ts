/** From any number to 0–1: what a logistic head says of its score. */
export function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score))
}

/** Shares of 1 that grow with the scores: e^(sharpness × score), normed. */
export function shares(scores: Float64Array, sharpness: number): Float64Array {
  let best = -Infinity
  for (const score of scores) if (score > best) best = score
  const parts = scores.map((score) => Math.exp(sharpness * (score - best)))
  let sum = 0
  for (const part of parts) sum += part
  return parts.map((part) => part / sum)
}

/** Which of `count` scores from `from` on is highest; the first of equals. */
export function highest(scores: Float32Array | Float64Array, from: number, count: number): number {
  let best = 0
  for (let at = 1; at < count; at++)
    if ((scores[from + at] as number) > (scores[from + best] as number)) best = at
  return best
}
