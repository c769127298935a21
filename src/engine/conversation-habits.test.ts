import { describe, expect, it } from 'vitest'
import { createCards } from '../models/catalog.ts'
import { expectedValue } from '../models/move/expected-value.ts'
import { ConversationHabits } from './conversation-habits.ts'
import { moveCaseOf } from './move-case.ts'
import { fakeHome, fakeSession, fakeVisit } from './session-harness.ts'
import type { Session } from './sessions.ts'

const OPUS = 'claude-opus-5-5'
const SONNET = 'claude-sonnet-5-5'
const cards = createCards()
const end = (model: string) => ({ model, card: cards.find(model) })

/** What has happened in 200 conversations. */
function after(happens: (habits: ConversationHabits) => void): ConversationHabits {
  const habits = new ConversationHabits()
  for (let count = 0; count < 200; count++) happens(habits)
  return habits
}

/** A turn with opus, of a prompt that did not grow, is followed by another. */
const turn = (changes: Partial<Session> = {}): Session =>
  fakeSession({ firstPromptTokens: 100_000, home: fakeHome({ promptTokens: 100_000 }), ...changes })

/** Does a conversation with opus of so many tokens, all of them warm, move to sonnet in its second turn? */
function moves(habits: ConversationHabits, promptTokens: number): boolean {
  const home = fakeHome({ promptTokens, cachedTokens: promptTokens })
  const session = fakeSession({ home })
  const { move } = expectedValue.judge(
    moveCaseOf({
      visit: fakeVisit(session.bytes, session),
      session,
      home,
      ends: { home: end(OPUS), target: end(SONNET) },
      classification: session.classification,
      habits: habits.of('main'),
      nowMs: 0,
    }),
  )
  return move
}

describe('what conversations have shown', () => {
  const steady = after((habits) => habits.nextTurn(turn(), OPUS, 0))

  it('makes them move where people come back to a cold cache', () => {
    const late = after((habits) => habits.nextTurn(turn(), OPUS, 300_000))
    expect(moves(steady, 100_000)).toBe(false)
    expect(moves(late, 100_000)).toBe(true)
  })

  it('makes them stay where each turn asks for another model', () => {
    const fickle = after((habits) => habits.nextTurn(turn(), SONNET, 0))
    expect(moves(steady, 50_000)).toBe(true)
    expect(moves(fickle, 50_000)).toBe(false)
  })

  it('makes them move where prompts grow fast', () => {
    const growing = after((habits) => habits.nextTurn(turn({ firstPromptTokens: 10_000 }), OPUS, 0))
    expect(moves(steady, 100_000)).toBe(false)
    expect(moves(growing, 100_000)).toBe(true)
  })

  it('is learned from the last turn too', () => {
    const ended = (requests: number) => after((habits) => habits.ended(turn({ turns: 8, requests })))
    expect(moves(ended(1), 100_000)).toBe(false)
    expect(moves(ended(30), 100_000)).toBe(true)
  })

  it('is learned of how many turns there are', () => {
    const ended = (turns: number) =>
      after((habits) => {
        habits.nextTurn(turn(), OPUS, 0)
        habits.ended(turn({ turns }))
      })
    expect(moves(ended(2), 50_000)).toBe(false)
    expect(moves(ended(30), 50_000)).toBe(true)
  })

  it('holds for conversations of the same kind', () => {
    const late = after((habits) => habits.nextTurn(turn({ kind: 'subagent' }), OPUS, 300_000))
    expect(late.of('main')).toEqual(new ConversationHabits().of('main'))
    expect(late.of('subagent').warmRate.value).toBeLessThan(0.1)
  })
})
