import type { ConversationKind } from './kind.ts'
import type { Rest, UsualTurn } from './policy.ts'

/**
 * What conversations of one kind are usually like, learned as they go: what a turn of each class takes, how often the
 * class changes, whether the person is back before the cache is cold, and how many turns there are. Pure running
 * statistics with a prior; older ones fade, so that the figures follow when people work differently.
 */
export interface Habits {
  /** At index n: how many of those that ended had more than n turns. */
  readonly reached: readonly number[]
  /** The chance that a turn is the last one, before anything is known. */
  readonly endsPrior: number
  readonly changeRate: Mean
  readonly warmRate: Mean
  /** By class; no more of them than the configuration has. */
  readonly turns: ReadonlyMap<string, TurnHabits>
  readonly turnPrior: TurnHabits
}

/** A turn that is over. */
export interface EndedTurn {
  readonly class: string
  readonly requests: number
  readonly outputTokens: number
  /** By how much the prompt grew from its first request to its last. */
  readonly grownTokens: number
}

/** A turn that begins, after another. */
export interface NextTurn {
  /** It asks for another model than the one before. */
  readonly changed: boolean
  /** The prompt of the one before is still in the cache. */
  readonly warm: boolean
}

interface TurnHabits {
  readonly requests: Mean
  readonly outputTokens: Mean
  readonly grownTokens: Mean
}

interface Mean {
  readonly value: number
  readonly weight: number
}

/** Longer conversations are taken to go on as those of this length do. */
const TURNS_MAX = 64
/** How many conversations, or turns, the prior is worth. */
const PRIOR_WEIGHT = 10
/** One counts half after some 350 others. */
const FADE = 0.998
/** How many turns of its own the habits of its kind are worth to a conversation. */
const HABIT_TURNS = 3

/** Turns, and requests a turn, before anything is known: what coding agents show. */
const priors: Readonly<Record<ConversationKind, { readonly turns: number; readonly requests: number }>> = {
  main: { turns: 8, requests: 4 },
  subagent: { turns: 1.5, requests: 6 },
  auxiliary: { turns: 1.1, requests: 1 },
  unknown: { turns: 4, requests: 2 },
}

export function priorHabits(kind: ConversationKind): Habits {
  const { turns, requests } = priors[kind]
  const mean = (value: number): Mean => ({ value, weight: PRIOR_WEIGHT })
  return {
    reached: Array.from({ length: TURNS_MAX + 1 }, () => 0),
    endsPrior: 1 / turns,
    changeRate: mean(0.3),
    warmRate: mean(0.7),
    turns: new Map(),
    turnPrior: { requests: mean(requests), outputTokens: mean(500), grownTokens: mean(1_500) },
  }
}

export function learnTurn(habits: Habits, turn: EndedTurn): Habits {
  if (turn.requests < 1) return habits
  const before = habits.turns.get(turn.class) ?? habits.turnPrior
  const steps = turn.requests - 1
  const after: TurnHabits = {
    requests: added(before.requests, turn.requests),
    outputTokens: added(before.outputTokens, turn.outputTokens / turn.requests),
    grownTokens:
      steps > 0 ? added(before.grownTokens, Math.max(0, turn.grownTokens) / steps) : before.grownTokens,
  }
  return { ...habits, turns: new Map(habits.turns).set(turn.class, after) }
}

export function learnNext(habits: Habits, { changed, warm }: NextTurn): Habits {
  return {
    ...habits,
    changeRate: added(habits.changeRate, changed ? 1 : 0),
    warmRate: added(habits.warmRate, warm ? 1 : 0),
  }
}

/** A conversation is over, after so many turns. */
export function learnEnd(habits: Habits, turns: number): Habits {
  return { ...habits, reached: habits.reached.map((count, turn) => count * FADE + (turns > turn ? 1 : 0)) }
}

/**
 * How many turns follow the `turn`-th (from 1). The chance to end after each turn is what those did that came so far,
 * smoothed towards the prior; the fewer came so far, the larger the error.
 */
export function expectedRest({ reached, endsPrior }: Habits, turn: number): Rest {
  const at = Math.min(Math.max(1, turn), TURNS_MAX)
  let turns = 1 / endsPrior - 1
  for (let index = TURNS_MAX - 1; index >= at - 1; index--) {
    const came = reached[index] ?? 0
    const ended = came - (reached[index + 1] ?? 0)
    const ends = (ended + PRIOR_WEIGHT * endsPrior) / (came + PRIOR_WEIGHT)
    turns = (1 - ends) * (1 + turns)
  }
  // About as spread as it is long: so it is when the chance to end is the same after each turn.
  return { turns, errorTurns: turns / Math.sqrt((reached[at - 1] ?? 0) + PRIOR_WEIGHT) }
}

export function usualTurn({ turns, turnPrior }: Habits, className: string): UsualTurn {
  const { requests, outputTokens, grownTokens } = turns.get(className) ?? turnPrior
  return { requests: requests.value, outputTokens: outputTokens.value, grownTokens: grownTokens.value }
}

/** What this conversation has shown in so many turns, and the habits of its kind where it has not shown much yet. */
export function expectedChangeRate({ changeRate }: Habits, turns: number, changes: number): number {
  const own = Math.max(0, turns - 1)
  return Math.min(1, (changeRate.value * HABIT_TURNS + changes) / (HABIT_TURNS + own))
}

function added({ value, weight }: Mean, sample: number): Mean {
  const faded = weight * FADE
  return { value: (value * faded + sample) / (faded + 1), weight: faded + 1 }
}
