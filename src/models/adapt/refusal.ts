import type { Capability } from '../../core/capability.ts'

/** Why a request cannot go to a model at all. */
export interface Refusal {
  /** The field that stands in the way. */
  readonly path: string
  /** What is wrong, and what to do: a sentence for the client. */
  readonly sentence: string
  /** The same as a word of a closed list, where one fits. */
  readonly lacks?: Capability
}
