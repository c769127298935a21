import type { Classification } from '../core/decision.ts'
import type { Context } from '../core/message.ts'

/** What a classifier may look at. */
export interface Classifiable {
  /** What the person wrote last. */
  readonly text: string
  /** What they wrote before, newest first, at most two: a short follow-up means what they meant. */
  readonly earlier?: readonly string[]
  /** The caller's hints. */
  readonly context?: Context
  /** Facts of the request around the text. */
  readonly tools?: boolean
  readonly effort?: string
}

/** Names the class of a message, synchronously. Never throws: what fails inside ends as the fallback class. */
export interface Classifier {
  classify(message: Classifiable): Classification
  /** Every class that it may answer. */
  readonly classes: readonly string[]
}
