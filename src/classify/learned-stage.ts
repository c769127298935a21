import type { Reason } from '../core/decision.ts'
import type { Classifiable } from './classifier.ts'
import type { Evidence } from './evidence.ts'
import type { ClassesModel } from './learned/learned-model.ts'
import type { Answer, Stage } from './stage.ts'

/** Less sure than this, and patterns know as much: on held-out sentences every second such answer is wrong. */
const CONFIDENCE_MIN = 0.55
/** As of every answer of the cascade. */
const CONFIDENCE_MAX = 0.99
/** A text of a few characters holds no words to go by. */
const TEXT_CHARS_MIN = 8
const WORDS_SHOWN = 5

/**
 * What a model of classes says of the text; of the text before it, where the last one is a mere follow-up. Silent where
 * it is not sure, or the text is like none of its examples.
 * @param explains adds the words that spoke loudest: it reads the text once a word, so only for a person who asks.
 */
export function learnedStage(model: ClassesModel, classes: ReadonlySet<string>, explains: boolean): Stage {
  return (evidence, message): Answer | undefined => {
    const text = askedText(evidence, message)
    if (text.length < TEXT_CHARS_MIN) return undefined
    const { class: name, confidence, outOfScope } = model.classify(text)
    if (outOfScope || confidence < CONFIDENCE_MIN || !classes.has(name)) return undefined
    const rounded = Math.min(CONFIDENCE_MAX, Math.round(confidence * 100) / 100)
    const detail = `the model takes it for ${name}, ${Math.round(rounded * 100)} % sure`
    const said: Reason = { signal: 'learned', detail, weight: rounded }
    const words = explains ? wordsFor(model, text) : []
    return { class: name, confidence: rounded, source: 'learned', reasons: Object.freeze([said, ...words]) }
  }
}

function askedText({ isFollowUp }: Evidence, { text, earlier }: Classifiable): string {
  return (isFollowUp ? earlier?.[0] : undefined) ?? text
}

function wordsFor(model: ClassesModel, text: string): readonly Reason[] {
  return model.explain(text, WORDS_SHOWN).map(({ word, weight }) => ({
    signal: weight < 0 ? 'learned: against it' : 'learned: for it',
    detail: word,
    weight: Math.round(weight * 100) / 100,
  }))
}
