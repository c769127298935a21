import { isLoneUnit } from '../characters.ts'
import { WINDOW_CHARS } from './feature-spec.ts'
import type { Featurizer } from './featurizer.ts'
import type { Model } from './model.ts'
import { isWordPart } from './letters.ts'

/** A word of the text and what it weighed: positive for the answer, negative against it. */
export interface Contribution {
  readonly word: string
  readonly weight: number
}

export interface Question {
  /** The head that won; and the one it is compared with, where there is one. */
  readonly up: number
  readonly down: number | undefined
  readonly max: number | undefined
}

const WORDS_MAX = 8
const DISTINCT_MAX = 400

/**
 * What each distinct word changes: the score of the text as it is, less its score without the word. Reads the text
 * once a word, so it is for a person's question and not for the path of messages.
 */
export function explainScores(
  model: Model,
  featurizer: Featurizer,
  text: string,
  question: Question,
): readonly Contribution[] {
  const read =
    text.length <= 2 * WINDOW_CHARS ? text : text.slice(0, WINDOW_CHARS) + text.slice(-WINDOW_CHARS)
  const whole = differenceOf(model, featurizer, question)
  const found = [...wordsOf(read)].map(([key, { word, places }]) => {
    featurizer.read(without(read, places))
    return { key, word, weight: whole - differenceOf(model, featurizer, question) }
  })
  return found
    .filter(({ weight }) => weight !== 0)
    .sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight) || (one.key < other.key ? -1 : 1))
    .slice(0, question.max ?? WORDS_MAX)
    .map(({ word, weight }) => ({ word, weight }))
}

/** Of the n-grams of the text read last, alone: the traits speak of the whole text, not of a word. */
function differenceOf(model: Model, { slots, values, length }: Featurizer, { up, down }: Question): number {
  const { weights, units, names } = model
  const heads = names.length
  let difference = 0
  for (let index = 0; index < length; index++) {
    const from = (slots[index] as number) * heads
    const above = (weights[from + up] as number) * (units[up] as number)
    const below = down === undefined ? 0 : (weights[from + down] as number) * (units[down] as number)
    difference += (values[index] as number) * (above - below)
  }
  return difference
}

interface Place {
  readonly from: number
  readonly to: number
}

/** The distinct words, in small letters; a Han or kana character is one by itself. */
function wordsOf(text: string): ReadonlyMap<string, { word: string; places: Place[] }> {
  const words = new Map<string, { word: string; places: Place[] }>()
  for (let index = 0; index < text.length; index++) {
    const from = index
    while (index < text.length && isWordPart(text.charCodeAt(index))) index++
    const lone = index === from && isLoneUnit(text.charCodeAt(index))
    const to = lone ? index + 1 : index
    if (to === from) continue
    if (!lone) index--
    const word = text.slice(from, to)
    const key = word.toLowerCase()
    const known = words.get(key)
    if (known !== undefined) known.places.push({ from, to })
    else if (words.size < DISTINCT_MAX) words.set(key, { word, places: [{ from, to }] })
  }
  return words
}

function without(text: string, places: readonly Place[]): string {
  let rest = ''
  let from = 0
  for (const place of places) {
    rest += text.slice(from, place.from)
    from = place.to
  }
  return rest + text.slice(from)
}
