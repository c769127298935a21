import type { Classification } from '../core/decision.ts'
import { expectedChangeRate, expectedRest, type Habits, usualTurn } from '../models/move/habits.ts'
import type { MoveEnd } from '../models/move/may-move.ts'
import type { MoveCase } from '../models/move/policy.ts'
import type { Home, Session } from './sessions.ts'
import { homePrompt, type Visit, warmTokens } from './visit.ts'

export interface MoveFacts {
  readonly visit: Visit
  readonly session: Session
  readonly home: Home
  readonly ends: { readonly home: MoveEnd; readonly target: MoveEnd }
  /** Of the turn that begins. */
  readonly classification: Classification
  readonly habits: Habits
  readonly nowMs: number
}

export function moveCaseOf({
  visit,
  session,
  home,
  ends,
  classification,
  habits,
  nowMs,
}: MoveFacts): MoveCase {
  const promptTokens = homePrompt(visit, home)
  // The turn that begins now is one more than those that were counted.
  const turn = session.turns + 1
  const changes = session.changes + (ends.target.model === session.asked ? 0 : 1)
  const earlier = session.earlier.find(({ model }) => model === ends.target.model)
  return {
    ...ends,
    promptTokens,
    cachedTokens: home.promptTokens > 0 ? promptTokens * (home.cachedTokens / home.promptTokens) : 0,
    longCache: home.longCache,
    homeWarmTokens: warmTokens(visit, home, nowMs),
    targetWarmTokens: earlier ? warmTokens(visit, earlier, nowMs) : 0,
    turn: usualTurn(habits, classification.class),
    rest: expectedRest(habits, turn),
    changeRate: expectedChangeRate(habits, turn, changes),
    warmRate: habits.warmRate.value,
    confidence: classification.confidence,
    thinking: visit.view.thinking,
    spentUsd: session.spentUsd,
    switchedUsd: session.switchedUsd,
  }
}
