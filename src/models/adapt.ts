import type { RequestView } from '../wire/protocol.ts'
import type { Edit } from '../wire/splice.ts'
import { createLosses } from '../wire/translate/losses.ts'
import type { Takes } from '../wire/translation.ts'
import { anthropicRules } from './adapt/anthropic.ts'
import { Draft } from './adapt/draft.ts'
import { chatRules, responsesRules } from './adapt/openai.ts'
import type { Refusal } from './adapt/refusal.ts'
import type { Rewrite, Rule } from './adapt/rewrite.ts'
import { refuseTooLong } from './adapt/window.ts'
import type { Card } from './card.ts'

/** What must change so that a request written for one model is taken by another, in the same protocol. */
export interface Adaptation {
  /** None of them is the model's name: whoever sends the request knows what the worker calls its model. */
  readonly edits: readonly Edit[]
  /** Codes of what could not travel, each once, in the order of the rules. */
  readonly losses: readonly string[]
  /** Values of `anthropic-beta` that belong to a removed field and must go with it. */
  readonly betasRemoved: readonly string[]
}

export interface AdaptOptions {
  /** The model that the request was written for; undefined where it is not known: then only what `to` refuses is changed. */
  readonly from: Card | undefined
  readonly to: Card
  /** The values of the request's `anthropic-version` and `anthropic-beta`. */
  readonly version: string | undefined
  readonly betas: readonly string[]
}

export type Adapted = { readonly adaptation: Adaptation } | { readonly refusal: Refusal }

const nothing: Adaptation = { edits: [], losses: [], betasRemoved: [] }

/**
 * A request for another model: edits and losses, or why it cannot go there. Pure: the same request always gives the same
 * edits, so that what was once sent stays the same over a conversation. A request for the model itself passes as it is:
 * its faults are between the caller and the vendor. For a model without a card there is nothing to go by: the caller
 * forwards the request untouched.
 */
export function adapt(view: RequestView, options: AdaptOptions): Adapted {
  const { from, to, version, betas } = options
  if (from?.id === to.id) return { adaptation: nothing }
  const tooLong = refuseTooLong(view.promptTokens, to)
  if (tooLong) return { refusal: tooLong }
  const { shape } = view
  const rewrite: Rewrite = {
    view,
    shape,
    from: takesIn(view, from),
    to: takesIn(view, to) ?? {},
    model: to.id,
    outputTokensMax: to.outputTokensMax,
    version,
    betas,
    draft: new Draft(shape.fields),
    losses: createLosses(),
    betasRemoved: new Set(),
  }
  for (const rule of rulesOf(view)) {
    const refusal = rule(rewrite)
    if (refusal) return { refusal }
  }
  if (countOtherwise(from, to)) rewrite.losses.add('recounted')
  return {
    adaptation: {
      edits: rewrite.draft.edits(),
      losses: rewrite.losses.list(),
      betasRemoved: [...rewrite.betasRemoved],
    },
  }
}

/** The limits of a request are numbers of tokens, and the same text is another number of them. */
function countOtherwise(from: Card | undefined, to: Card): boolean {
  return from?.tokenizer !== undefined && to.tokenizer !== undefined && from.tokenizer !== to.tokenizer
}

function rulesOf({ wire }: RequestView): readonly Rule[] {
  if (wire === 'anthropic') return anthropicRules
  return wire === 'openai-chat' ? chatRules : responsesRules
}

/** A card tells what its model takes in its vendor's own protocols, and nothing of others. */
function takesIn({ wire }: RequestView, card: Card | undefined): Takes | undefined {
  return (card?.vendor === 'anthropic') === (wire === 'anthropic') ? card?.takes : undefined
}
