import { isLoneUnit } from '../characters.ts'
import { WINDOW_CHARS } from './feature-spec.ts'

/**
 * Numbers that every script has: how long a text is, how it is punctuated, how much of it is figures, code or
 * mathematics. They carry languages of which no training text was written. Punctuation counts in all its Unicode
 * forms: 、 and ، are commas, 。 and । end sentences.
 */
export const traitNames = [
  'length',
  'weighted-length',
  'words',
  'commas',
  'sentence-ends',
  'questions',
  'ends-in-question',
  'digits',
  'numbers',
  'code-signs',
  'maths-signs',
  'acronyms',
  'line-breaks',
  'capitals-share',
  'colons',
  'brackets',
  'quotes',
  'dashes',
  'list-lines',
  'longest-word',
] as const

export const TRAITS = traitNames.length

/** One Han or kana character says as much as so many letters. */
const LONE_WEIGHT = 2.8

const sign = {
  other: 1,
  small: 2,
  capital: 3,
  lone: 4,
  blank: 5,
  lineBreak: 6,
  digit: 7,
  comma: 8,
  sentenceEnd: 9,
  question: 10,
  code: 11,
  maths: 12,
  colon: 13,
  bracket: 14,
  quote: 15,
  dash: 16,
} as const

const SIGNS = 17

/** The first that matches. */
const signPatterns: readonly (readonly [RegExp, number])[] = [
  [/[\n\v\f\r\u0085\u2028\u2029]/, sign.lineBreak],
  [/\s/, sign.blank],
  [/\p{Nd}/u, sign.digit],
  [/\p{Lu}/u, sign.capital],
  [/[\p{L}\p{M}]/u, sign.small],
  [/[,、，،﹐﹑]/u, sign.comma],
  [/[?？؟﹖⁇;]/u, sign.question],
  [/[.!。！．｡।॥۔…]/u, sign.sentenceEnd],
  [/[{}<>=;_`#\\/|&@$*~]/, sign.code],
  [/[+^%\p{Sm}]/u, sign.maths],
  [/[:：؛；]/u, sign.colon],
  [/[\p{Ps}\p{Pe}]/u, sign.bracket],
  [/["'\p{Pi}\p{Pf}]/u, sign.quote],
  [/\p{Pd}/u, sign.dash],
]

export class Traits {
  readonly values = new Float64Array(TRAITS)
  readonly #signs = new Uint8Array(65_536)
  readonly #counts = new Int32Array(SIGNS)
  #numbers = 0
  #acronyms = 0
  #words = 0
  #longestWord = 0
  #listLines = 0
  #lastSign: number = sign.other

  read(text: string): void {
    this.#counts.fill(0)
    this.#numbers = 0
    this.#acronyms = 0
    this.#words = 0
    this.#longestWord = 0
    this.#listLines = 0
    this.#lastSign = sign.other
    if (text.length <= 2 * WINDOW_CHARS) this.#count(text, 0, text.length)
    else {
      this.#count(text, 0, WINDOW_CHARS)
      this.#count(text, text.length - WINDOW_CHARS, text.length)
    }
    this.#fill(text.length)
  }

  #count(text: string, from: number, to: number): void {
    const counts = this.#counts
    const signs = this.#signs
    let before: number = sign.lineBreak
    let last: number = this.#lastSign
    let words = 0
    let longest = this.#longestWord
    let acronyms = 0
    let numbers = 0
    let capitals = 0
    let word = 0
    for (let index = from; index < to; index++) {
      const unit = text.charCodeAt(index)
      let now = signs[unit] as number
      if (now === 0) now = this.#meet(unit)
      counts[now] = (counts[now] as number) + 1
      if (now === sign.small || now === sign.capital) {
        if (word === 0) words++
        word++
        if (word > longest) longest = word
        capitals = now === sign.capital ? capitals + 1 : 0
        if (capitals === 2) acronyms++
        last = now
      } else {
        word = 0
        capitals = 0
        if (now === sign.digit && before !== sign.digit) numbers++
        // "1." or "- " at the head of a line; what a line begins with is enough.
        if (before === sign.lineBreak && (now === sign.digit || now === sign.dash || unit === 0x2a))
          this.#listLines++
        if (now !== sign.blank && now !== sign.lineBreak && now !== sign.quote) last = now
      }
      before = now
    }
    this.#words += words
    this.#longestWord = longest
    this.#acronyms += acronyms
    this.#numbers += numbers
    this.#lastSign = last
  }

  #meet(unit: number): number {
    const letter = String.fromCharCode(unit)
    const found = isLoneUnit(unit)
      ? sign.lone
      : (signPatterns.find(([form]) => form.test(letter))?.[1] ?? sign.other)
    this.#signs[unit] = found
    return found
  }

  #fill(length: number): void {
    const counts = this.#counts
    const of = (name: keyof typeof sign): number => counts[sign[name]] as number
    const letters = of('small') + of('capital')
    const lone = of('lone')
    const { values } = this
    values[0] = Math.log1p(length)
    values[1] = Math.log1p(length + (LONE_WEIGHT - 1) * lone)
    values[2] = Math.log1p(this.#words + (lone * LONE_WEIGHT) / 6)
    values[3] = Math.log1p(of('comma'))
    values[4] = Math.log1p(of('sentenceEnd'))
    values[5] = Math.log1p(of('question'))
    values[6] = this.#lastSign === sign.question ? 1 : 0
    values[7] = Math.log1p(of('digit'))
    values[8] = Math.log1p(this.#numbers)
    values[9] = Math.log1p(of('code'))
    values[10] = Math.log1p(of('maths'))
    values[11] = Math.log1p(this.#acronyms)
    values[12] = Math.log1p(of('lineBreak'))
    values[13] = letters === 0 ? 0 : of('capital') / letters
    values[14] = Math.log1p(of('colon'))
    values[15] = Math.log1p(of('bracket'))
    values[16] = Math.log1p(of('quote'))
    values[17] = Math.log1p(of('dash'))
    values[18] = Math.log1p(this.#listLines)
    values[19] = Math.log1p(this.#longestWord)
  }
}
