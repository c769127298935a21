/**
 * Finds the texts that end an answer, in a text that comes in pieces. What may be the beginning of one is held back
 * until it is known not to be. Each character is looked at once for each sequence.
 */
export class StopScanner {
  readonly #matchers: readonly Matcher[]
  #held = ''
  /** The sequence that was found; nothing counts after it. */
  hit: string | undefined

  constructor(sequences: readonly string[]) {
    // Of two that end together the longer one counts: it comes first.
    const longestFirst = sequences
      .filter((sequence) => sequence !== '')
      .toSorted((a, b) => b.length - a.length)
    this.#matchers = longestFirst.map((sequence) => new Matcher(sequence))
  }

  /** @returns what can be shown now. */
  push(text: string): string {
    if (this.hit !== undefined) return ''
    if (this.#matchers.length === 0) return text
    const before = this.#held.length
    const whole = this.#held + text
    for (let at = before; at < whole.length; at++) {
      for (const matcher of this.#matchers) {
        if (!matcher.step(whole.charCodeAt(at))) continue
        this.hit = matcher.sequence
        this.#held = ''
        return whole.slice(0, at + 1 - matcher.sequence.length)
      }
    }
    const heldLength = Math.max(...this.#matchers.map((matcher) => matcher.matched))
    this.#held = whole.slice(whole.length - heldLength)
    return whole.slice(0, whole.length - heldLength)
  }

  /** The text is over, and another may begin. @returns what was held back. */
  flush(): string {
    const held = this.#held
    this.#held = ''
    for (const matcher of this.#matchers) matcher.matched = 0
    return held
  }
}

/** Knuth, Morris and Pratt: how much of the sequence the text ends with. */
class Matcher {
  readonly sequence: string
  readonly #fallbacks: readonly number[]
  matched = 0

  constructor(sequence: string) {
    this.sequence = sequence
    this.#fallbacks = fallbacksOf(sequence)
  }

  /** @returns true when this character completes the sequence. */
  step(code: number): boolean {
    const { sequence } = this
    while (this.matched > 0 && sequence.charCodeAt(this.matched) !== code) {
      this.matched = this.#fallbacks[this.matched - 1] ?? 0
    }
    if (sequence.charCodeAt(this.matched) === code) this.matched++
    return this.matched === sequence.length
  }
}

/** For each beginning of the sequence: the length of the longest shorter beginning that it ends with. */
function fallbacksOf(sequence: string): readonly number[] {
  const fallbacks = [0]
  let length = 0
  for (let at = 1; at < sequence.length; at++) {
    while (length > 0 && sequence[at] !== sequence[length]) length = fallbacks[length - 1] ?? 0
    if (sequence[at] === sequence[length]) length++
    fallbacks.push(length)
  }
  return fallbacks
}
