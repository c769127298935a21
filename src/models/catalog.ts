import { SignalboxError } from '../core/errors.ts'
import type { Card, Price } from './card.ts'
import { anthropicCards } from './cards/anthropic.ts'
import { openCards } from './cards/open.ts'
import { corrected } from './corrected.ts'
import { openaiCards } from './cards/openai.ts'

/** What the configuration's `models` adds to a card or changes in it. */
export interface CardCorrection {
  /** The model whose card is the starting point. */
  readonly like?: string | undefined
  readonly priceUsdPerMTok?: { readonly [Part in keyof Price]?: number | undefined } | undefined
  readonly contextTokens?: number | undefined
  readonly outputTokensMax?: number | undefined
}

/** The model cards by name. */
export interface Cards {
  /** Finds ids with and without the date that some of them end in, and aliases. O(1). */
  find(model: string): Card | undefined
  all(): readonly Card[]
  /** Puts in what the vendor's own listing tells of the model. What the configuration says of it stands. */
  correct(model: string, listing: unknown): void
}

const builtIn: readonly Card[] = [...anthropicCards, ...openaiCards, ...openCards]
const DATE_SUFFIX = /-(?:\d{8}|\d{4}-\d{2}-\d{2})$/
const priceParts = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong'] as const
const freePrice: Price = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWriteLong: 0 }

/**
 * The built-in cards with the configuration's additions and corrections. `like` names a built-in card or an entry above.
 * @throws SignalboxError invalid-config, naming the entry.
 */
export function createCards(extra: Readonly<Record<string, CardCorrection>> = {}): Cards {
  const byName = new Map<string, Card>()
  for (const card of builtIn) {
    byName.set(card.id, card)
    byName.set(undated(card.id), card)
    for (const alias of card.aliases ?? []) byName.set(alias, card)
  }
  /** What the configuration says of a model no listing contradicts. */
  const chosen = new Set<Card>()
  /** Under its other names a corrected card must not keep its old figures. */
  const replace = (old: Card, card: Card): void => {
    for (const [name, each] of byName) if (each === old) byName.set(name, card)
  }
  const find = (model: string): Card | undefined => byName.get(model) ?? byName.get(undated(model))
  for (const [name, correction] of Object.entries(extra)) {
    const own = correction.like === undefined ? find(name) : undefined
    const configured = correct(name, correction, own, find)
    byName.set(name, configured)
    chosen.add(configured)
    if (own) replace(own, configured)
  }
  return {
    find,
    all: () => [...new Set(byName.values())],
    correct(model, listing) {
      const card = find(model)
      if (card && !chosen.has(card)) replace(card, corrected(card, listing))
    },
  }
}

function undated(model: string): string {
  return model.replace(DATE_SUFFIX, '')
}

function correct(
  name: string,
  correction: CardCorrection,
  own: Card | undefined,
  find: (model: string) => Card | undefined,
): Card {
  const path = `models.${name}`
  const base = own ?? baseOf(name, correction, path, find)
  const contextTokens = correction.contextTokens ?? base.contextTokens
  const outputTokensMax = correction.outputTokensMax ?? base.outputTokensMax
  checkTokens(contextTokens, `${path}.contextTokens`)
  checkTokens(outputTokensMax, `${path}.outputTokensMax`)
  if (outputTokensMax > contextTokens) {
    throw invalid(`${path}.outputTokensMax`, `is more than the context of ${contextTokens} tokens`)
  }
  const priceUsdPerMTok = correctPrice(base.priceUsdPerMTok, correction.priceUsdPerMTok, path)
  const { inputTokensMax, ...rest } = base
  return {
    ...rest,
    // Who gives another context means all of it.
    ...(inputTokensMax !== undefined && correction.contextTokens === undefined && { inputTokensMax }),
    contextTokens,
    outputTokensMax,
    priceUsdPerMTok,
    ...(base.longPrompt && {
      longPrompt: {
        aboveTokens: base.longPrompt.aboveTokens,
        priceUsdPerMTok: scaledPrice(base.longPrompt.priceUsdPerMTok, base.priceUsdPerMTok, priceUsdPerMTok),
      },
    }),
    source: `configuration, ${path}`,
  }
}

/**
 * The card that a new name starts from: another model's limits and prices, or none. What the other model takes and
 * reads is not carried over: `like` is often said of a model of another family, and unknown means untouched.
 */
function baseOf(
  name: string,
  correction: CardCorrection,
  path: string,
  find: (model: string) => Card | undefined,
): Card {
  const rest = { id: name, vendor: 'open', reads: [], source: path } as const
  if (correction.like !== undefined) {
    const like = find(correction.like)
    if (!like) throw invalid(`${path}.like`, `names "${correction.like}", which no model card describes`)
    const { contextTokens, inputTokensMax, outputTokensMax, priceUsdPerMTok, longPrompt, multipliers } = like
    return {
      ...rest,
      contextTokens,
      ...(inputTokensMax !== undefined && { inputTokensMax }),
      outputTokensMax,
      priceUsdPerMTok,
      ...(longPrompt && { longPrompt }),
      ...(multipliers && { multipliers }),
      asOf: like.asOf,
    }
  }
  const { contextTokens, outputTokensMax } = correction
  if (contextTokens === undefined || outputTokensMax === undefined) {
    throw invalid(path, 'is a new model: give like, or contextTokens and outputTokensMax')
  }
  return { ...rest, contextTokens, outputTokensMax, priceUsdPerMTok: freePrice, asOf: '' }
}

/** Cache prices that are not given follow the price of input: vendors state them as multiples of it. */
function correctPrice(base: Price, given: CardCorrection['priceUsdPerMTok'], path: string): Price {
  if (!given) return base
  for (const part of priceParts) {
    const value = given[part]
    if (value !== undefined && !(value >= 0 && Number.isFinite(value))) {
      throw invalid(`${path}.priceUsdPerMTok.${part}`, 'must be 0 or more US dollars')
    }
  }
  const input = given.input ?? base.input
  return {
    input,
    output: given.output ?? base.output,
    cacheRead: given.cacheRead ?? scaled(base.cacheRead, base.input, input),
    cacheWrite: given.cacheWrite ?? scaled(base.cacheWrite, base.input, input),
    cacheWriteLong: given.cacheWriteLong ?? scaled(base.cacheWriteLong, base.input, input),
  }
}

function scaledPrice(band: Price, from: Price, to: Price): Price {
  return {
    input: scaled(band.input, from.input, to.input),
    output: scaled(band.output, from.output, to.output),
    cacheRead: scaled(band.cacheRead, from.cacheRead, to.cacheRead),
    cacheWrite: scaled(band.cacheWrite, from.cacheWrite, to.cacheWrite),
    cacheWriteLong: scaled(band.cacheWriteLong, from.cacheWriteLong, to.cacheWriteLong),
  }
}

/** `value` in the proportion that `from` became `to`; where there is no proportion, `to` itself. */
function scaled(value: number, from: number, to: number): number {
  if (from === to) return value
  return from > 0 ? (value / from) * to : to
}

function checkTokens(tokens: number, path: string): void {
  if (!Number.isSafeInteger(tokens) || tokens < 1)
    throw invalid(path, 'must be a whole number of tokens, 1 or more')
}

function invalid(path: string, problem: string): SignalboxError {
  return new SignalboxError('invalid-config', `${path} ${problem}`, { path })
}
