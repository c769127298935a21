/**
 * What is it? Forced class, class of the open turn, or the classifier behind its breaker: whatever happens in
 * there, a message gets a class. While the breaker is open the fallback class stands in (degraded mode).
 */
import { FAILURE_SIGNAL } from '../classify/cascade.ts'
import type { Classifiable, Classifier } from '../classify/classifier.ts'
import type { Clock } from '../core/clock.ts'
import type { Classification } from '../core/decision.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Breaker } from '../resilience/breaker.ts'

export interface Understanding {
  classify(message: Classifiable): Classification
  /** The same for one that only asks: the breaker is not told. */
  preview(message: Classifiable): Classification
  /** @throws SignalboxError invalid-message of path `class`, for a class that nobody knows. */
  forced(name: string): Classification
  readonly classes: readonly string[]
}

export interface UnderstandingOptions {
  readonly classifier: Classifier
  readonly routes: readonly string[]
  readonly fallback: string
  readonly breaker: Breaker
  readonly clock: Clock
}

export function createUnderstanding(options: UnderstandingOptions): Understanding {
  const { classifier, breaker, fallback, clock } = options
  const classes = [...new Set([...options.routes, ...classifier.classes])]

  function standIn(detail: string, startMs: number): Classification {
    return {
      class: fallback,
      confidence: 0,
      source: 'fallback',
      reasons: [{ signal: 'mode', detail, weight: 0 }],
      micros: (clock.now() - startMs) * 1000,
    }
  }

  return {
    classes,
    classify(message) {
      const startMs = clock.now()
      const allowed = breaker.allows()
      if (allowed === 'none') return standIn('the classifier rests after repeated failures', startMs)
      if (allowed === 'probe') breaker.probeStarted()
      try {
        const classification = classifier.classify(message)
        // A classifier contains its own failures: they show as a reason, and count here.
        breaker.observe(classification.reasons[0]?.signal === FAILURE_SIGNAL ? 'failure' : 'success')
        return classification
      } catch {
        breaker.observe('failure')
        return standIn('the classifier failed', startMs)
      }
    },
    preview(message) {
      const startMs = clock.now()
      try {
        return classifier.classify(message)
      } catch {
        return standIn('the classifier failed', startMs)
      }
    },
    forced(name) {
      if (!classes.includes(name)) {
        const known = classes.slice(0, 20).join(', ')
        throw new SignalboxError(
          'invalid-message',
          `there is no class "${name.slice(0, 60)}"; known: ${known}.`,
          {
            path: 'class',
          },
        )
      }
      return {
        class: name,
        confidence: 1,
        source: 'forced',
        reasons: [{ signal: 'forced', detail: 'the caller named the class', weight: 0 }],
        micros: 0,
      }
    },
  }
}
