import type { FeatureSpec } from './feature-spec.ts'
import { WINDOW_CHARS } from './feature-spec.ts'
import { Letters, unitKind } from './letters.ts'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
/** Odd constants from murmur3 and xxhash: they only have to differ. */
const STEP = 0x9e3779b1
const BIGRAM = 0x85ebca6b
const CHARS = 0xc2b2ae35
const BLANK = 0x20

/** A text gives at most two word features and three character features for each of its units. */
const OCCURRENCES_MAX = 5 * (2 * WINDOW_CHARS + 4)

/**
 * Hashes the n-grams of a text in one pass, without making a substring: each occurrence leaves its slot. Words are
 * runs of letters and digits; Han and kana characters are words of their own. The hash uses whole numbers only and
 * is the same on every platform.
 */
export class Ngrams {
  /** The slots of all occurrences: first those of words, then those of characters. */
  readonly slots = new Int32Array(OCCURRENCES_MAX)
  wordCount = 0
  count = 0
  readonly #spec: FeatureSpec
  readonly #shift: number
  readonly #letters = new Letters()

  constructor(spec: FeatureSpec) {
    this.#spec = spec
    this.#shift = 32 - spec.slotBits
  }

  read(text: string): void {
    this.count = 0
    if (this.#spec.wordsMax > 0) this.#inWindow(text, (from, to) => this.#words(text, from, to))
    this.wordCount = this.count
    if (this.#spec.charsMax > 0) this.#inWindow(text, (from, to) => this.#characters(text, from, to))
  }

  #inWindow(text: string, part: (from: number, to: number) => void): void {
    const length = text.length
    if (length <= 2 * WINDOW_CHARS) part(0, length)
    else {
      part(0, WINDOW_CHARS)
      part(length - WINDOW_CHARS, length)
    }
  }

  #words(text: string, from: number, to: number): void {
    const { kinds, folded } = this.#letters
    const bigrams = this.#spec.wordsMax > 1
    let hash = FNV_OFFSET
    let within = false
    let previous = 0
    for (let index = from; index <= to; index++) {
      const unit = index < to ? text.charCodeAt(index) : BLANK
      if (kinds[unit] === 0) this.#letters.meet(unit)
      const kind = kinds[unit]
      if (within && kind !== unitKind.word) {
        previous = this.#word(hash, previous, bigrams)
        within = false
      }
      if (kind === unitKind.word) {
        if (!within) hash = FNV_OFFSET
        within = true
        hash = Math.imul(hash ^ (folded[unit] as number), FNV_PRIME)
      } else if (kind === unitKind.lone)
        previous = this.#word(Math.imul(FNV_OFFSET ^ unit, FNV_PRIME), previous, bigrams)
    }
  }

  #word(hash: number, previous: number, bigrams: boolean): number {
    this.slots[this.count++] = mix(hash) >>> this.#shift
    if (bigrams && previous !== 0)
      this.slots[this.count++] = mix(Math.imul(previous, BIGRAM) ^ hash) >>> this.#shift
    return hash
  }

  /** Runs of characters, blanks between words counted as one. */
  #characters(text: string, from: number, to: number): void {
    const { kinds, folded } = this.#letters
    const { charsMax } = this.#spec
    const shift = this.#shift
    let count = this.count
    let filled = 1
    let a = 0
    let b = 0
    let c = 0
    let d = BLANK
    for (let index = from; index <= to; index++) {
      const unit = index < to ? text.charCodeAt(index) : BLANK
      if (kinds[unit] === 0) this.#letters.meet(unit)
      const letter = folded[unit] as number
      if (letter === BLANK && d === BLANK) continue
      filled++
      if (filled >= 3) {
        let hash = Math.imul(Math.imul(Math.imul(c ^ CHARS, STEP) + d, STEP) + letter, STEP)
        this.slots[count++] = mix(hash) >>> shift
        if (filled >= 4 && charsMax >= 4) {
          hash = Math.imul(hash ^ b, BIGRAM)
          this.slots[count++] = mix(hash) >>> shift
          if (filled >= 5 && charsMax >= 5) {
            hash = Math.imul(hash ^ a, STEP)
            this.slots[count++] = mix(hash) >>> shift
          }
        }
      }
      a = b
      b = c
      c = d
      d = letter
    }
    this.count = count
  }
}

/** The end of murmur3: every bit of the input reaches the upper bits, which name the slot. */
function mix(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
