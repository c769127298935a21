import type { FeatureSpec } from './feature-spec.ts'
import type { TraitScale } from './trait-scale.ts'

/** What is known of how a model came to be; it travels with it. */
export interface ModelCard {
  readonly rows: number
  readonly seed: number
  /** SHA-256 of the training rows in a fixed order: the same for the same rows in any order. */
  readonly dataFingerprint: string
  /** Measured on rows that the measured part of the training had not seen. */
  readonly metrics: Readonly<Record<string, number>>
}

/** How margins become a confidence, and when no class is likely enough. */
export interface Calibration {
  /** Margins are multiplied by it before they become shares of 1. */
  readonly sharpness: number
  /** 0–1 on the scale of `score`; below it no class fits. 0 turns nothing away. */
  readonly threshold: number
}

/** Linear heads over the features of a text, one a class or a tier, their weights rounded to whole numbers. */
export interface Model {
  readonly kind: 'classes' | 'routing'
  readonly features: FeatureSpec
  /** A class each, in the order of the alphabet; or a tier each, the weakest first. */
  readonly names: readonly string[]
  /** weights[slot × heads + head], to be multiplied by the head's unit. */
  readonly weights: Int8Array
  readonly units: Float64Array
  /** dense[head × (traits + 1) + trait]; the constant stands last. */
  readonly dense: Float64Array
  readonly traitScale: TraitScale
  readonly calibration: Calibration
  readonly card: ModelCard
}

export const OUT_OF_SCOPE = 'oos'
