import { type Automaton, FIRST_LETTER } from './automaton.ts'
import { kind } from './characters.ts'
import { openingOf } from './opening.ts'
import { ROOT } from './word-trie.ts'

/** Of longer texts only so many code units at each end are read. */
export const WINDOW_CHARS = 32_768

/**
 * Walks the automaton over a text, once: a few reads per letter, and work only where a word of a pattern ends.
 * Following "…": every sequence node that was reached on this line stands in a log, by where it ended. When a phrase
 * ends, it looks at that part of the log that it has not seen yet, or at its own edges, whichever is shorter; so
 * neither many patterns nor a hostile text can make it look at the same pair twice on one line.
 *
 * Adjacent words have nothing but blanks, or one single character, between them ("save state", "trade-off").
 * Keeps its scratch arrays from scan to scan; stamps make clearing them needless.
 *
 * Reads of typed arrays are `as number` throughout: the automaton's numbers index its own arrays.
 */
export class Scanner {
  readonly #automaton: Automaton
  /** The text as code units, whatever kind of string it came as: reading them takes a tenth less than charCodeAt. */
  readonly #units = new Uint16Array(2 * WINDOW_CHARS + 1)
  readonly #bytes = Buffer.from(this.#units.buffer)
  #hits: number[] = []
  /** Stamps count up for ever; a double counts lines for longer than any process runs. */
  #scan = 0
  #line = 0
  #word = 0

  #active: Int32Array
  #activeCount = 0
  #next: Int32Array

  readonly #matchedAt: Float64Array
  readonly #reachedAt: Float64Array
  readonly #endOf: Int32Array
  readonly #log: Int32Array
  #logLength = 0
  readonly #seenAt: Float64Array
  readonly #seen: Int32Array

  constructor(automaton: Automaton) {
    const { phrases, sequences } = automaton
    this.#automaton = automaton
    this.#active = new Int32Array(phrases.nodeCount)
    this.#next = new Int32Array(phrases.nodeCount)
    this.#matchedAt = new Float64Array(sequences.patternCount)
    this.#reachedAt = new Float64Array(sequences.nodeCount)
    this.#endOf = new Int32Array(sequences.nodeCount)
    this.#log = new Int32Array(sequences.nodeCount)
    this.#seenAt = new Float64Array(sequences.phraseCount)
    this.#seen = new Int32Array(sequences.phraseCount)
  }

  /** The patterns that occur, each once, in the order in which they were found. */
  scan(text: string): readonly number[] {
    this.#hits = []
    this.#scan++
    this.#word = 0
    const opening = this.#automaton.opening > 0 ? openingOf(text) : -1
    if (text.length <= 2 * WINDOW_CHARS) this.#walk(text, opening)
    else {
      this.#walk(text.slice(0, WINDOW_CHARS), opening)
      this.#walk(text.slice(-WINDOW_CHARS), -1)
    }
    return this.#hits
  }

  /** @param opening where the word stands that opens the text; −1 for nowhere. */
  #walk(text: string, opening: number): void {
    const units = this.#units
    const to = text.length
    this.#bytes.write(text, 0, 'utf16le')
    // No letter: the last word ends here.
    units[to] = 0
    const { classOf, firstLone, leads } = this.#automaton
    const { base, check, value } = this.#automaton.words
    this.#beginLine()
    let gapLength = 0
    let gapBlank = true
    let index = 0
    while (index < to) {
      let letter = classOf[units[index] as number] as number
      if (letter < FIRST_LETTER) {
        if (letter === kind.lineBreak) this.#beginLine()
        gapBlank &&= letter === kind.blank
        gapLength++
        index++
        continue
      }
      if (!gapBlank && gapLength > 1) this.#activeCount = 0
      if (index === opening) this.#active[this.#activeCount++] = this.#automaton.opening
      let state = ROOT
      if (letter >= firstLone) {
        const step = (base[state] as number) + letter
        state = check[step] === state ? step : 0
        index++
      } else {
        do {
          const step = (base[state] as number) + letter
          state = check[step] === state ? step : 0
          letter = classOf[units[++index] as number] as number
        } while (state > 0 && letter >= FIRST_LETTER && letter < firstLone)
        // No word goes on like this: to its end nothing need be looked up.
        while (letter >= FIRST_LETTER && letter < firstLone)
          letter = classOf[units[++index] as number] as number
      }
      const symbol = value[state] as number
      this.#word++
      if (leads[symbol] === 1 || (symbol > 0 && this.#activeCount > 0)) this.#onWord(symbol)
      else this.#activeCount = 0
      gapLength = 0
      gapBlank = true
    }
  }

  #beginLine(): void {
    this.#line++
    this.#logLength = 0
    this.#activeCount = 0
  }

  /** Moves every phrase that the word goes on with, and begins those that begin with it. */
  #onWord(symbol: number): void {
    const { start, items } = this.#automaton.wordsOfSymbol
    const { childOf, firstOf, wordCount } = this.#automaton.phrases
    let count = 0
    for (let row = start[symbol] as number; row < (start[symbol + 1] as number); row++) {
      const word = items[row] as number
      count = this.#enter(firstOf[word] as number, count)
      for (let index = 0; index < this.#activeCount; index++)
        count = this.#enter(childOf.get((this.#active[index] as number) * wordCount + word) ?? 0, count)
    }
    const spent = this.#active
    this.#active = this.#next
    this.#next = spent
    this.#activeCount = count
  }

  #enter(node: number, count: number): number {
    if (node === 0) return count
    const { phraseAt, lengthOf, inner } = this.#automaton.phrases
    const phrase = phraseAt[node] as number
    if (phrase >= 0) this.#onPhrase(phrase, this.#word - (lengthOf[node] as number) + 1)
    if (inner[node] === 0) return count
    this.#next[count] = node
    return count + 1
  }

  #onPhrase(phrase: number, begin: number): void {
    const { firstOf } = this.#automaton.sequences
    const first = firstOf[phrase] as number
    if (first > 0) this.#reach(first)
    if (this.#logLength > 0) this.#goOn(phrase, begin)
  }

  /** Continues the sequences whose last phrase ended before `begin` on this line. */
  #goOn(phrase: number, begin: number): void {
    const { edgesOf, childOf, phraseCount } = this.#automaton.sequences
    const first = edgesOf.start[phrase] as number
    const last = edgesOf.start[phrase + 1] as number
    if (first === last) return
    const seen = this.#seenAt[phrase] === this.#line ? (this.#seen[phrase] as number) : 0
    let upTo = this.#logLength
    while (upTo > seen && (this.#endOf[this.#log[upTo - 1] as number] as number) >= begin) upTo--
    if (upTo === seen) return
    this.#seenAt[phrase] = this.#line
    this.#seen[phrase] = upTo
    if ((last - first) / 2 <= upTo - seen) {
      for (let row = first; row < last; row += 2) {
        const parent = edgesOf.items[row] as number
        if (this.#reachedAt[parent] === this.#line && (this.#endOf[parent] as number) < begin)
          this.#reach(edgesOf.items[row + 1] as number)
      }
    } else {
      for (let index = seen; index < upTo; index++) {
        const child = childOf.get((this.#log[index] as number) * phraseCount + phrase)
        if (child !== undefined) this.#reach(child)
      }
    }
  }

  #reach(node: number): void {
    if (this.#reachedAt[node] === this.#line) return
    const { inner, patternsAt } = this.#automaton.sequences
    this.#reachedAt[node] = this.#line
    this.#endOf[node] = this.#word
    if (inner[node] === 1) this.#log[this.#logLength++] = node
    for (let row = patternsAt.start[node] as number; row < (patternsAt.start[node + 1] as number); row++) {
      const pattern = patternsAt.items[row] as number
      if (this.#matchedAt[pattern] === this.#scan) continue
      this.#matchedAt[pattern] = this.#scan
      this.#hits.push(pattern)
    }
  }
}
