import { isLoneUnit, isWordUnit } from './characters.ts'
import { canonicalForm } from './forms.ts'

/**
 * A pattern as people write it: "plan", "save state" (adjacent words), "plan … route" (same line, this order),
 * "^translate" (only as the word that opens the text, after "please", "can you" and the like: opening.ts). No regular expression: whatever can be written here is matched in one pass over the text.
 */
export interface Pattern {
  readonly class: string
  /** 0 < weight ≤ 100. */
  readonly weight: number
  /** As written in its pack. */
  readonly text: string
  /** What "…" separates: each part a run of adjacent words, in lower case. `OPENING` may be the very first. */
  readonly parts: readonly (readonly string[])[]
}

type PatternReading =
  | { readonly parts: Pattern['parts'] }
  /** Why it is refused, and what to write instead. */
  | { readonly reason: string }

/** Stands in a pattern for the place where the text opens, as a word before the first. */
export const OPENING = '^'

const LENGTH_MAX = 200
const PARTS_MAX = 8
/** Bounds what the scanner follows at a time in a text that is one word over and over. */
const WORDS_MAX = 8

export function readPattern(written: string): PatternReading {
  const whole = written.normalize('NFC').replaceAll('...', '…').trim()
  const opens = whole.startsWith(OPENING)
  const text = opens ? whole.slice(OPENING.length) : whole
  if (whole === '') return { reason: 'is empty; write at least one word' }
  if (text.length > LENGTH_MAX) return { reason: `is longer than ${LENGTH_MAX} characters` }
  const fault = faultOf(text)
  if (fault) return { reason: fault }
  const parts = text.split('…').map(wordsOf)
  if (parts.every((words) => words.length === 0)) return { reason: 'has no word' }
  if (parts.some((words) => words.length === 0)) return { reason: 'has a "…" without words on both sides' }
  if (parts.length > PARTS_MAX) return { reason: `has more than ${PARTS_MAX} parts between "…"` }
  if (parts.some((words) => words.length > WORDS_MAX))
    return { reason: `has more than ${WORDS_MAX} words side by side` }
  return { parts: opens ? parts.map((words, part) => (part === 0 ? [OPENING, ...words] : words)) : parts }
}

/** Equal for patterns that match the same texts, however they are spelled and punctuated. */
export function patternKey(parts: Pattern['parts']): string {
  return parts.map((words) => words.map(canonicalForm).join(' ')).join(' … ')
}

const metacharacters = '\\$.|?*+()[]{}'
/** Stand between the words of one term: trade-off, node.js, what's, R&D. */
const joiners = "-'’./&@"

/** The first character that stands for nothing here, as a sentence; undefined when all do. */
function faultOf(text: string): string | undefined {
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? ''
    if (isWordUnit(text.charCodeAt(index)) || character === ' ' || character === '…') continue
    if (character === OPENING)
      return `has "^" inside: it stands before the first word, for the opening of the text`
    const joins = isWordUnit(text.charCodeAt(index - 1)) && isWordUnit(text.charCodeAt(index + 1))
    if (joins && joiners.includes(character)) continue
    if (metacharacters.includes(character))
      return `has ${JSON.stringify(character)}: patterns are no regular expressions; write words, and "…" for anything between them`
    return `has ${JSON.stringify(character)}, which is never matched; write words, and "…" for anything between them`
  }
  return undefined
}

function wordsOf(part: string): readonly string[] {
  const words: string[] = []
  let word = ''
  for (let index = 0; index <= part.length; index++) {
    const unit = part.charCodeAt(index)
    if (isWordUnit(unit)) {
      if (isLoneUnit(unit)) {
        if (word) words.push(word)
        words.push(part[index] ?? '')
        word = ''
      } else word += part[index]
    } else if (word) {
      words.push(word)
      word = ''
    }
  }
  return words.map((each) => each.toLowerCase())
}
