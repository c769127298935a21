/**
 * What a model reads of a text. It travels in the model file: a model is only as good as the features that it was
 * trained on, so both are one thing.
 */
export interface FeatureSpec {
  /** 2 ** slotBits weights a head; the n-grams of words and of characters share them. */
  readonly slotBits: number
  /** Runs of 1 to so many words. */
  readonly wordsMax: 0 | 1 | 2
  /** Runs of 3 to so many characters; 0 for none. */
  readonly charsMax: 0 | 3 | 4 | 5
  /** What the numbers that no script owns weigh beside the n-grams; 0 leaves them out. */
  readonly traitsWeight: number
}

/** Changes with every change of what a slot or a trait means: a model of another version cannot be read. */
export const FEATURES_VERSION = 1

/** Of a longer text only so many code units at each end are read. */
export const WINDOW_CHARS = 1_500

export const classFeatures: FeatureSpec = Object.freeze({
  slotBits: 16,
  wordsMax: 2,
  charsMax: 5,
  traitsWeight: 1,
})

/** How much the traits weigh is chosen in training: a mixed bag of subjects wants little of them, one kind of task more. */
export function routingFeatures(traitsWeight: number): FeatureSpec {
  return Object.freeze({ slotBits: 16, wordsMax: 2, charsMax: 0, traitsWeight })
}
