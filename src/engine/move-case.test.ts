import { describe, expect, it } from 'vitest'
import { createCards } from '../models/catalog.ts'
import {
  expectedChangeRate,
  expectedRest,
  type Habits,
  learnEnd,
  priorHabits,
} from '../models/move/habits.ts'
import type { MoveCase } from '../models/move/policy.ts'
import { moveCaseOf } from './move-case.ts'
import { fakeHome, fakeSession, fakeVisit } from './session-harness.ts'
import type { Home, Session } from './sessions.ts'

const cards = createCards()
const end = (model: string) => ({ model, card: cards.find(model) })
const sonnet = 'claude-sonnet-5-5'

/** Three in four conversations end with their first turn. */
const habits: Habits = Array.from({ length: 100 }, (_, index) => (index % 4 === 0 ? 20 : 1)).reduce(
  learnEnd,
  priorHabits('main'),
)

/** Sonnet is asked for, by a request of 4,000 bytes as the one before was. */
function caseOf(changes: Partial<Session> = {}, atHome: Partial<Home> = {}): MoveCase {
  const home = fakeHome(atHome)
  const session = fakeSession({ home, ...changes })
  return moveCaseOf({
    visit: fakeVisit(4_000, session),
    session,
    home,
    ends: { home: end(home.model), target: end(sonnet) },
    classification: session.classification,
    habits,
    nowMs: 1_000,
  })
}

describe('the case of a move', () => {
  it('is about the turn that begins, which is one more than those before', () => {
    expect(caseOf({ turns: 1 }).rest).toEqual(expectedRest(habits, 2))
    expect(expectedRest(habits, 2).turns).toBeGreaterThan(2 * expectedRest(habits, 1).turns)
  })

  it('counts the change that it is itself', () => {
    expect(caseOf({ turns: 4, changes: 1 }).changeRate).toBe(expectedChangeRate(habits, 5, 2))
    expect(caseOf({ turns: 4, changes: 1, asked: sonnet }).changeRate).toBe(expectedChangeRate(habits, 5, 1))
  })

  it('finds the target warm where it was the home a short while ago', () => {
    const before = fakeHome({ model: sonnet, cachedTokens: 700 })
    expect(caseOf({ earlier: [before] }).targetWarmTokens).toBe(700)
    expect(caseOf({ earlier: [{ ...before, warmUntilMs: 1_000 }] }).targetWarmTokens).toBe(0)
    expect(caseOf({ earlier: [fakeHome({ model: 'claude-haiku-5-5' })] }).targetWarmTokens).toBe(0)
  })

  it('takes as much of the prompt for cached as the last reply told', () => {
    expect(caseOf()).toMatchObject({ promptTokens: 1_000, cachedTokens: 900, homeWarmTokens: 900 })
    // The prompt has grown since, and its share that is cached with it.
    expect(caseOf({ bytes: 2_000 })).toMatchObject({ promptTokens: 1_500, cachedTokens: 1_350 })
    expect(caseOf({}, { promptTokens: 0 }).cachedTokens).toBe(0)
  })

  it('holds what the conversation has cost, and what of it was for switching', () => {
    expect(caseOf({ spentUsd: 3, switchedUsd: 0.5 })).toMatchObject({ spentUsd: 3, switchedUsd: 0.5 })
  })
})
