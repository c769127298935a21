import type { Reason } from '../core/decision.ts'

/** One piece of evidence: it adds its reason's weight to a class. */
export interface Vote {
  readonly class: string
  readonly reason: Reason
}

export interface Verdict {
  readonly class: string
  readonly confidence: number
}

const CONFIDENCE_MAX = 0.99
const CONFIDENCE_TIE = 0.5
/** Sums of the same weights in another order may differ in their last bits; that is still a tie. */
const TIE_WEIGHT = 1e-9

export function scoresOf(votes: readonly Vote[]): ReadonlyMap<string, number> {
  const scores = new Map<string, number>()
  for (const vote of votes) scores.set(vote.class, (scores.get(vote.class) ?? 0) + vote.reason.weight)
  return scores
}

/**
 * confidence = best / (best + second), at most 0.99. Two bests name no winner: the fallback class, 0.5.
 * Undefined when nothing speaks for any class.
 */
export function judge(scores: ReadonlyMap<string, number>, fallback: string): Verdict | undefined {
  let winner = fallback
  let best = 0
  let second = 0
  for (const [name, score] of scores) {
    if (score > best) {
      second = best
      best = score
      winner = name
    } else if (score > second) second = score
  }
  if (best <= 0) return undefined
  if (best - second < TIE_WEIGHT) return { class: fallback, confidence: CONFIDENCE_TIE }
  return { class: winner, confidence: Math.min(CONFIDENCE_MAX, best / (best + second)) }
}
