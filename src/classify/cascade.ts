import type { Clock } from '../core/clock.ts'
import type { Classification, ClassSource, Reason } from '../core/decision.ts'
import { type CacheOptions, cacheKey, createCache } from './cache.ts'
import type { Classifiable, Classifier } from './classifier.ts'
import { type Evidence, gatherEvidence } from './evidence.ts'
import type { Pack } from './pack.ts'
import { compilePatterns } from './patterns.ts'
import { learnedStage } from './learned-stage.ts'
import type { ClassesModel } from './learned/learned-model.ts'
import type { Answer, Stage } from './stage.ts'
import { judge, type Verdict, type Vote } from './verdict.ts'

/**
 * The cascade: stages are asked in order, and the first that has an answer gives it; when none has, the fallback
 * class stands in. (A class that the caller forces never comes here.) Nothing that fails inside reaches the caller.
 */
export interface ClassifierOptions {
  readonly packs: readonly Pack[]
  /** The class of messages that say nothing, and of ties. */
  readonly fallback: string
  readonly cache: CacheOptions
  readonly clock: Clock
  /** Asked where the patterns are not sure. */
  readonly model?: ClassesModel | undefined
  /** Reasons of the model name the words that spoke for it and against: slow, for a person who asks. */
  readonly explains?: boolean
  /** Told of each failure inside; the message gets the fallback class meanwhile. */
  readonly onFailure?: (error: unknown) => void
}

/** The signal of the one reason that an answer has when the classifier failed. */
export const FAILURE_SIGNAL = 'failure'

const REASONS_MAX = 16
const CONFIDENCE_FALLBACK = 0.3

export function createClassifier(options: ClassifierOptions): Classifier {
  const { fallback, clock } = options
  const classes = new Set([...options.packs.flatMap((pack) => pack.classes), fallback])
  const patterns = compilePatterns(options.packs)
  const cache = createCache(options.cache, clock)
  const byPatterns = patternStage(fallback)
  const stages: readonly Stage[] = options.model
    ? [sure(byPatterns), learnedStage(options.model, classes, options.explains ?? false), byPatterns]
    : [byPatterns]
  const silent = fallbackAnswer(fallback, 'fallback', 'no pattern and no signal matched')
  const failed = fallbackAnswer(fallback, FAILURE_SIGNAL, 'the classifier failed')

  function decide(message: Classifiable): Answer {
    const evidence = gatherEvidence(message, patterns, classes)
    for (const stage of stages) {
      const answer = stage(evidence, message)
      if (answer) return answer
    }
    return silent
  }

  function classify(message: Classifiable): Classification {
    const startMs = clock.now()
    try {
      const key = cache && cacheKey(message)
      const kept = key === undefined ? undefined : cache?.get(key)
      if (kept) return Object.freeze({ ...kept, source: 'cache' as const, micros: microsSince(startMs) })
      const classification = Object.freeze({ ...decide(message), micros: microsSince(startMs) })
      if (key !== undefined) cache?.set(key, classification)
      return classification
    } catch (error) {
      tell(options.onFailure, error)
      return Object.freeze({ ...failed, micros: microsSince(startMs) })
    }
  }

  function microsSince(startMs: number): number {
    return Math.round((clock.now() - startMs) * 10_000) / 10
  }

  return { classify, classes: Object.freeze([...classes].sort()) }
}

/** Patterns, signals and hints by their weights. */
function patternStage(fallback: string): Stage {
  return (evidence) => {
    const verdict = judge(evidence.scores, fallback)
    if (!verdict) return undefined
    return { ...verdict, source: sourceOf(verdict, evidence, fallback), reasons: reasonsOf(evidence.votes) }
  }
}

/** By how much the best class must lead, and how surely: held-out sentences were then right in 96 of 100. */
const LEAD_MIN = 20
const SURE_MIN = 0.8

/** The same answers, but silent where they are not certain. What the caller hints at is never overruled. */
function sure(byPatterns: Stage): Stage {
  return (evidence, message) => {
    const answer = byPatterns(evidence, message)
    if (!answer || answer.source === 'hint') return answer
    return answer.confidence >= SURE_MIN && leadOf(evidence.scores) >= LEAD_MIN ? answer : undefined
  }
}

function leadOf(scores: ReadonlyMap<string, number>): number {
  const [best = 0, second = 0] = [...scores.values()].sort((one, other) => other - one)
  return best - second
}

/** `hint` when another class, or none, would have won without it. */
function sourceOf(verdict: Verdict, evidence: Evidence, fallback: string): ClassSource {
  if (!evidence.scoresWithoutHints) return 'pattern'
  return judge(evidence.scoresWithoutHints, fallback)?.class === verdict.class ? 'pattern' : 'hint'
}

function fallbackAnswer(fallback: string, signal: string, detail: string): Answer {
  const reasons = Object.freeze([Object.freeze({ signal, detail, weight: 0 })])
  return { class: fallback, confidence: CONFIDENCE_FALLBACK, source: 'fallback', reasons }
}

function reasonsOf(votes: readonly Vote[]): readonly Reason[] {
  const reasons = votes.map((vote) => vote.reason).sort(heavierFirst)
  return Object.freeze(reasons.slice(0, REASONS_MAX))
}

function heavierFirst(one: Reason, other: Reason): number {
  if (one.weight !== other.weight) return other.weight - one.weight
  if (one.signal !== other.signal) return one.signal < other.signal ? -1 : 1
  return one.detail < other.detail ? -1 : one.detail === other.detail ? 0 : 1
}

/** The listener's own failure must not reach the caller either. */
function tell(listener: ((error: unknown) => void) | undefined, error: unknown): void {
  try {
    listener?.(error)
  } catch {
    // There is nobody left to tell.
  }
}
