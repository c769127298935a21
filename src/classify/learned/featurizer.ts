import type { FeatureSpec } from './feature-spec.ts'
import { Ngrams } from './ngrams.ts'
import { TRAITS, Traits } from './traits.ts'

const COUNTS = 256

/**
 * A text as a sparse vector: n-gram slots with log(1 + count), words and characters each brought to length 1, so
 * that a long text weighs as much as a short one; and the traits beside them, as they are. Keeps its arrays from text
 * to text: what was read holds until the next `read`.
 */
export class Featurizer {
  readonly spec: FeatureSpec
  readonly ngrams: Ngrams
  readonly traits = new Traits()
  /** The first `length` entries: a slot may stand in both blocks. */
  readonly slots: Int32Array
  readonly values: Float64Array
  length = 0
  readonly #counts: Int32Array
  readonly #indexOf: Uint16Array
  readonly #logOf = Float64Array.from({ length: COUNTS }, (_, count) => Math.log1p(count))

  constructor(spec: FeatureSpec) {
    this.spec = spec
    this.ngrams = new Ngrams(spec)
    const most = this.ngrams.slots.length
    this.slots = new Int32Array(most)
    this.values = new Float64Array(most)
    this.#counts = new Int32Array(most)
    this.#indexOf = new Uint16Array(2 ** spec.slotBits)
  }

  /** All that the model may look at. */
  get dimensions(): number {
    return 2 ** this.spec.slotBits + TRAITS
  }

  read(text: string): void {
    const { ngrams } = this
    ngrams.read(text)
    this.length = 0
    this.#block(0, ngrams.wordCount)
    this.#block(ngrams.wordCount, ngrams.count)
    if (this.spec.traitsWeight > 0) this.traits.read(text)
  }

  /** Counts the occurrences from `from` to `to` and appends them with their values. */
  #block(from: number, to: number): void {
    const { slots, values } = this
    const occurrences = this.ngrams.slots
    const counts = this.#counts
    const indexOf = this.#indexOf
    const first = this.length
    let length = first
    for (let at = from; at < to; at++) {
      const slot = occurrences[at] as number
      const index = (indexOf[slot] as number) - 1
      if (index >= 0) counts[index] = (counts[index] as number) + 1
      else {
        slots[length] = slot
        counts[length] = 1
        indexOf[slot] = ++length
      }
    }
    let squares = 0
    for (let index = first; index < length; index++) {
      const count = counts[index] as number
      const value = this.#logOf[count < COUNTS ? count : COUNTS - 1] as number
      values[index] = value
      squares += value * value
      indexOf[slots[index] as number] = 0
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let index = first; index < length; index++) values[index] = (values[index] as number) * scale
    this.length = length
  }
}
