import { explainScores, type Contribution } from './explain.ts'
import { decodeModel } from './model-file.ts'
import type { Model, ModelCard } from './model.ts'
import { Scorer } from './scorer.ts'
import { highest, logistic, shares } from './squash.ts'

/** What a classes model says of a text. */
export interface LearnedClass {
  /** The likeliest class, also where none is likely enough. */
  readonly class: string
  /** 0–1: how surely it is this class, if it is one of them. */
  readonly confidence: number
  /** 0–1: how much the text is like the class's examples; compared with the threshold. */
  readonly score: number
  /** The score is below the threshold: the text is like none of the classes. */
  readonly outOfScope: boolean
}

/** What a routing model says of a text. */
export interface LearnedRoute {
  /** 0–1; the higher, the more the strongest tier is worth over the weakest. */
  readonly score: number
  /** P(the answer is good) of each tier, weakest first, in the order of `names`. */
  readonly outcomes: readonly number[]
}

interface Learned {
  readonly names: readonly string[]
  readonly card: ModelCard
  /** The words that spoke loudest for what was said, and against it (negative weight); at most `max`. */
  explain(text: string, max?: number): readonly Contribution[]
}

export interface ClassesModel extends Learned {
  readonly kind: 'classes'
  readonly threshold: number
  classify(text: string): LearnedClass
  /** The share of each class, in the order of `names`; they sum to 1. */
  probabilities(text: string): Float64Array
}

export interface RoutingModel extends Learned {
  readonly kind: 'routing'
  route(text: string): LearnedRoute
}

export type LearnedModel = ClassesModel | RoutingModel

/**
 * A model from the bytes of its file. Prediction is pure: the same text gives the same answer, whatever came before.
 * @throws SignalboxError `invalid-config` for what is no model, a damaged one, or one that a newer version made.
 */
export function loadModel(bytes: Uint8Array): LearnedModel {
  return learnedModel(decodeModel(bytes))
}

export function learnedModel(model: Model): LearnedModel {
  return model.kind === 'classes' ? classesModel(model) : routingModel(model)
}

function classesModel(model: Model): ClassesModel {
  const scorer = new Scorer(model)
  const { names, card, calibration } = model
  return {
    kind: 'classes',
    names,
    card,
    threshold: calibration.threshold,
    classify(text) {
      scorer.read(text)
      const { scores } = scorer
      const best = highest(scores, 0, scores.length)
      const margin = scores[best] as number
      let sum = 0
      for (const score of scores) sum += Math.exp(calibration.sharpness * (score - margin))
      const score = scopeScore(margin)
      return {
        class: names[best] as string,
        confidence: 1 / sum,
        score,
        outOfScope: score < calibration.threshold,
      }
    },
    probabilities(text) {
      scorer.read(text)
      return shares(scorer.scores, calibration.sharpness)
    },
    explain(text, max) {
      scorer.read(text)
      const [first, second] = firstTwo(scorer.scores)
      return explainScores(model, scorer.featurizer, text, { up: first, down: second, max })
    },
  }
}

function routingModel(model: Model): RoutingModel {
  const scorer = new Scorer(model)
  const { names, card } = model
  const strongest = names.length - 1
  return {
    kind: 'routing',
    names,
    card,
    route(text) {
      scorer.read(text)
      const outcomes = Array.from(scorer.scores, logistic)
      return { score: gainScore(outcomes), outcomes }
    },
    explain(text, max) {
      scorer.read(text)
      return explainScores(model, scorer.featurizer, text, { up: strongest, down: 0, max })
    },
  }
}

/** The margin of a class is about 1 for its own examples, −1 for others. */
export function scopeScore(margin: number): number {
  return logistic(margin)
}

/** P(strongest good) − P(weakest good), brought to 0–1. */
export function gainScore(outcomes: ArrayLike<number>): number {
  return (1 + (outcomes[outcomes.length - 1] as number) - (outcomes[0] as number)) / 2
}

function firstTwo(scores: Float64Array): readonly [number, number | undefined] {
  const first = highest(scores, 0, scores.length)
  let second: number | undefined
  for (let at = 0; at < scores.length; at++)
    if (at !== first && (second === undefined || (scores[at] as number) > (scores[second] as number)))
      second = at
  return [first, second]
}
