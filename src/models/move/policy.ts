import type { MoveEnd } from './may-move.ts'

/**
 * At a person's turn, when the class asks for another model than the conversation's home: is the move worth what it
 * costs? The contract of the policies; one file each, and one line in the catalog. Pure.
 */
export interface MovePolicy {
  readonly name: string
  judge(moveCase: MoveCase): Judgement
}

/** What is known when the question comes up. Tokens are by the home's count. */
export interface MoveCase {
  readonly home: MoveEnd
  readonly target: MoveEnd
  /** The prompt that is about to be sent. */
  readonly promptTokens: number
  /** How much of it is kept in a prompt cache, wherever it goes; 0 where the client or the vendor caches nothing. */
  readonly cachedTokens: number
  /** It is written to be kept for long, which is dearer. */
  readonly longCache: boolean
  /** How much of that is in the home's cache now; 0 when its time is up, or the history was rewritten. */
  readonly homeWarmTokens: number
  /** The same at the target: more than 0 only where it was the home a short while ago. */
  readonly targetWarmTokens: number
  readonly turn: UsualTurn
  /** How many turns are expected after this one. */
  readonly rest: Rest
  /** 0–1: how likely a turn asks for another model than the one before. */
  readonly changeRate: number
  /** 0–1: how likely a turn begins while the prompt of the one before is still in the cache. */
  readonly warmRate: number
  /** 0–1: how sure it is that the class is right. */
  readonly confidence: number
  /** The history carries reasoning. */
  readonly thinking: boolean
  /** What the conversation has cost so far, and how much of that was for switching. */
  readonly spentUsd: number
  readonly switchedUsd: number
}

export interface UsualTurn {
  /** Requests to the model: the person's, and one a tool loop's step. */
  readonly requests: number
  readonly outputTokens: number
  /** By how much the prompt grows from one request to the next. */
  readonly grownTokens: number
}

export interface Rest {
  readonly turns: number
  /** The standard error of `turns`: how far off it may well be. */
  readonly errorTurns: number
}

export interface Judgement {
  readonly move: boolean
  /** What each later turn costs less at the target; negative when it costs more. */
  readonly savesUsdPerTurn: number
  /** What the first turn at the target costs more than at home; 0 or less when the move pays at once. */
  readonly costsUsdOnce: number
  /** For people: "stay: moving to … saves $0.025 a turn and costs $0.335 once". */
  readonly because: string
}
