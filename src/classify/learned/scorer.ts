import { Featurizer } from './featurizer.ts'
import type { Model } from './model.ts'
import { scaleTraits } from './trait-scale.ts'
import { TRAITS } from './traits.ts'

const DENSE = TRAITS + 1

/**
 * Values become whole numbers of 1/32,768 before they meet the weights: whole numbers are added at twice the speed.
 * The sum stays below 2^31: values of a block have length 1, so 15,000 of them sum to at most 123.
 */
const FIXED = 32_768

/** The scores of all heads for a text. Keeps its arrays: `scores` holds until the next `read`. */
export class Scorer {
  readonly scores: Float64Array
  readonly featurizer: Featurizer
  readonly #model: Model
  readonly #sums: Int32Array
  readonly #traits = new Float64Array(DENSE)

  constructor(model: Model) {
    this.#model = model
    this.featurizer = new Featurizer(model.features)
    this.scores = new Float64Array(model.names.length)
    this.#sums = new Int32Array(Math.max(4, model.names.length))
    this.#traits[TRAITS] = 1
  }

  read(text: string): void {
    this.featurizer.read(text)
    this.#sums.fill(0)
    if (this.scores.length <= 4) this.#addFew()
    else this.#addMany()
    const { units } = this.#model
    for (let head = 0; head < this.scores.length; head++)
      this.scores[head] = ((this.#sums[head] as number) * (units[head] as number)) / FIXED
    this.#addDense()
  }

  /** Two to four heads, whose sums stay in registers; a sum without a head repeats the first, and nobody reads it. */
  #addFew(): void {
    const { slots, values, length } = this.featurizer
    const { weights } = this.#model
    const heads = this.scores.length
    const third = heads > 2 ? 2 : 0
    const fourth = heads > 3 ? 3 : 0
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let index = 0; index < length; index++) {
      const value = ((values[index] as number) * FIXED + 0.5) | 0
      const from = (slots[index] as number) * heads
      a = (a + Math.imul(value, weights[from] as number)) | 0
      b = (b + Math.imul(value, weights[from + 1] as number)) | 0
      c = (c + Math.imul(value, weights[from + third] as number)) | 0
      d = (d + Math.imul(value, weights[from + fourth] as number)) | 0
    }
    this.#sums[0] = a
    this.#sums[1] = b
    this.#sums[2] = c
    this.#sums[3] = d
  }

  #addMany(): void {
    const { slots, values, length } = this.featurizer
    const { weights } = this.#model
    const sums = this.#sums
    const heads = this.scores.length
    for (let index = 0; index < length; index++) {
      const value = ((values[index] as number) * FIXED + 0.5) | 0
      const from = (slots[index] as number) * heads
      for (let head = 0; head < heads; head++)
        sums[head] = ((sums[head] as number) + Math.imul(value, weights[from + head] as number)) | 0
    }
  }

  #addDense(): void {
    const { scores, featurizer } = this
    const { dense, traitScale, features } = this.#model
    const traits = this.#traits
    if (features.traitsWeight > 0) scaleTraits(traitScale, featurizer.traits.values, traits, 0)
    for (let head = 0; head < scores.length; head++) {
      const from = head * DENSE
      let sum = 0
      for (let column = 0; column < DENSE; column++)
        sum += (traits[column] as number) * (dense[from + column] as number)
      scores[head] = (scores[head] as number) + sum
    }
  }
}
