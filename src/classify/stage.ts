import type { ClassSource, Reason } from '../core/decision.ts'
import type { Classifiable } from './classifier.ts'
import type { Evidence } from './evidence.ts'
import type { Verdict } from './verdict.ts'

export interface Answer extends Verdict {
  readonly source: ClassSource
  readonly reasons: readonly Reason[]
}

/** One step of the cascade: an answer, or silence, and the next one is asked. */
export type Stage = (evidence: Evidence, message: Classifiable) => Answer | undefined
