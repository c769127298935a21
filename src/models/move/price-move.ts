import type { Card } from '../card.ts'
import { costUsd } from '../price.ts'
import { losesReasoning } from './may-move.ts'
import type { MoveCase, UsualTurn } from './policy.ts'
import { tokenRatio } from '../token-ratio.ts'

/** What a move costs and saves, in US dollars. */
export interface MovePrice {
  /** What each later turn costs less at the target; negative when it costs more. */
  readonly savesUsdPerTurn: number
  /** What the first turn at the target costs more than at home: there the prompt is read, here it is written. */
  readonly costsUsdOnce: number
  /** What coming back costs where home's cache has gone cold by then: the prompt is written once more. */
  readonly wayBackUsd: number
  /** Reasoning that the target cannot read is thought again. */
  readonly reasoningUsd: number
}

/**
 * No vendor says how much of a turn's output was reasoning that later turns rest on. Half of one turn's output is
 * taken to be thought once more, at the target's price.
 */
const RETHOUGHT_SHARE = 0.5

/** Undefined when one of the two has no card, and so no price. */
export function priceMove(moveCase: MoveCase): MovePrice | undefined {
  const { home, target, turn, rest, warmRate } = moveCase
  if (!home.card || !target.card) return undefined
  const { promptTokens, longCache } = moveCase
  const tokens = { prompt: promptTokens, cached: Math.min(moveCase.cachedTokens, promptTokens), longCache }
  const ratio = tokenRatio(home.card, target.card)
  const there = scaledTokens(tokens, ratio)
  // The prompt goes on growing: later turns are priced at the size that it will have halfway.
  const grown = turn.requests * turn.grownTokens * ((rest.turns + 1) / 2)
  const later = {
    prompt: promptTokens + grown,
    cached: tokens.cached > 0 ? tokens.cached + grown : 0,
    longCache,
  }
  const laterThere = scaledTokens(later, ratio)
  const turnThere = { ...turn, grownTokens: turn.grownTokens * ratio }
  // Which account serves is decided later, among the target's workers: here the models are compared.
  const loses = moveCase.thinking && losesReasoning({ from: home, to: target, sameOrganization: true })
  return {
    savesUsdPerTurn:
      laterUsd(home.card, later, turn, warmRate) - laterUsd(target.card, laterThere, turnThere, warmRate),
    costsUsdOnce:
      turnUsd(target.card, there, moveCase.targetWarmTokens * ratio, turnThere) -
      turnUsd(home.card, tokens, moveCase.homeWarmTokens, turn),
    wayBackUsd:
      requestUsd(home.card, later, 0, zeroTurn) - requestUsd(home.card, later, later.cached, zeroTurn),
    reasoningUsd: loses ? thoughtUsd(target.card, turnThere) : 0,
  }
}

const zeroTurn: UsualTurn = { requests: 1, outputTokens: 0, grownTokens: 0 }

interface PromptTokens {
  readonly prompt: number
  /** How much of it is kept in a cache, and whether for long. */
  readonly cached: number
  readonly longCache: boolean
}

/** A later turn finds the prompt warm, or where the person was away for too long, cold. */
function laterUsd(card: Card, tokens: PromptTokens, turn: UsualTurn, warmRate: number): number {
  return (
    warmRate * turnUsd(card, tokens, tokens.cached, turn) + (1 - warmRate) * turnUsd(card, tokens, 0, turn)
  )
}

/** The first request finds `warm` tokens in the cache, the others all that the first one left there. */
function turnUsd(card: Card, tokens: PromptTokens, warm: number, turn: UsualTurn): number {
  const first = requestUsd(card, tokens, warm, turn)
  if (turn.requests <= 1) return first
  return first + (turn.requests - 1) * requestUsd(card, tokens, tokens.cached, turn)
}

function requestUsd(card: Card, tokens: PromptTokens, warm: number, turn: UsualTurn): number {
  const { prompt, cached, longCache } = tokens
  const read = Math.min(warm, cached)
  const caches = cached > 0
  const written = cached - read + (caches ? turn.grownTokens : 0)
  return costUsd(card, {
    inputTokens: prompt - cached + (caches ? 0 : turn.grownTokens),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    ...(longCache && { cacheWriteLongTokens: written }),
    outputTokens: turn.outputTokens,
  })
}

function thoughtUsd(card: Card, { requests, outputTokens }: UsualTurn): number {
  return costUsd(card, {
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: requests * outputTokens * RETHOUGHT_SHARE,
  })
}

function scaledTokens({ prompt, cached, longCache }: PromptTokens, ratio: number): PromptTokens {
  return { prompt: prompt * ratio, cached: cached * ratio, longCache }
}
