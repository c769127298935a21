import type { Target } from '../translation.ts'
import type { Losses } from './losses.ts'

/** One request on its way into another protocol: where it goes, and what it loses. */
export interface Passage {
  readonly target: Target
  readonly losses: Losses
}
