import { describe, expect, it } from 'vitest'
import type { Classification } from '../core/decision.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import {
  createSessions,
  type Home,
  type Service,
  type Session,
  SESSION_TTL_MS,
  SESSIONS_MAX,
  type Turn,
} from './sessions.ts'

const classification: Classification = {
  class: 'strategic',
  confidence: 0.9,
  source: 'pattern',
  reasons: [],
  micros: 1,
}

const turn = (changes: Partial<Turn> = {}): Turn => ({
  classification,
  kind: 'main',
  asked: 'claude-opus-5-5',
  ...changes,
})

const home = (model: string, changes: Partial<Home> = {}): Home => ({
  model,
  account: 'a',
  organization: undefined,
  workspace: undefined,
  promptTokens: 1_000,
  cachedTokens: 900,
  warmUntilMs: 300_000,
  longCache: false,
  ...changes,
})

const service = (model: string, changes: Partial<Service> = {}): Service => ({
  home: home(model),
  bytes: 4_000,
  outputTokens: 100,
  costUsd: 1,
  coldUsd: 0.25,
  ...changes,
})

describe('sessions', () => {
  it('remember the class of the turn and the home, across turns', () => {
    const sessions = createSessions(virtualClock())
    sessions.begin('a', turn())
    sessions.served('a', service('claude-opus-5-5'))
    sessions.begin('a', turn({ classification: { ...classification, class: 'simple' } }))
    expect(sessions.find('a')).toMatchObject({
      classification: { class: 'simple' },
      home: { model: 'claude-opus-5-5', cachedTokens: 900 },
      turns: 2,
    })
  })

  it('know nothing of a conversation whose turn they have not seen begin', () => {
    const sessions = createSessions(virtualClock())
    sessions.served('a', service('claude-opus-5-5'))
    expect(sessions.find('a')).toBeUndefined()
  })

  it('count what a conversation has cost, and apart what it paid for moving', () => {
    const sessions = createSessions(virtualClock())
    sessions.begin('a', turn())
    for (const model of ['opus', 'opus', 'sonnet', 'sonnet']) sessions.served('a', service(model))
    expect(sessions.find('a')).toMatchObject({
      requests: 4,
      outputTokens: 400,
      spentUsd: 4,
      switchedUsd: 0.25,
    })
  })

  it('know the prompt that each turn began with', () => {
    const sessions = createSessions(virtualClock())
    const prompts = (...sizes: readonly number[]): number | undefined => {
      sessions.begin('a', turn())
      for (const promptTokens of sizes)
        sessions.served('a', service('opus', { home: home('opus', { promptTokens }) }))
      return sessions.find('a')?.firstPromptTokens
    }
    expect(prompts(7_000, 9_000, 8_000)).toBe(7_000)
    expect(prompts(9_500, 9_900)).toBe(9_500)
  })

  it('count the turns that asked for another model than the one before', () => {
    const sessions = createSessions(virtualClock())
    for (const asked of ['opus', 'opus', 'haiku', 'opus', 'opus']) sessions.begin('a', turn({ asked }))
    expect(sessions.find('a')).toMatchObject({ turns: 5, changes: 2, asked: 'opus' })
  })

  it('keep the last three homes before this one, each once', () => {
    const sessions = createSessions(virtualClock())
    sessions.begin('a', turn())
    const earlier = (...models: readonly string[]): readonly string[] => {
      for (const model of models) sessions.served('a', service(model))
      const session = sessions.find('a')
      expect(session?.home?.model).toBe(models.at(-1))
      return session?.earlier.map(({ model }) => model) ?? []
    }
    expect(earlier('a', 'b', 'a')).toEqual(['b'])
    expect(earlier('b', 'c')).toEqual(['b', 'a'])
    expect(earlier('d', 'e', 'a', 'a')).toEqual(['e', 'd', 'c'])
  })

  it('take the same model at another account for another home', () => {
    const sessions = createSessions(virtualClock())
    sessions.begin('a', turn())
    for (const account of ['one', 'two'])
      sessions.served('a', service('opus', { home: home('opus', { account }) }))
    expect(sessions.find('a')?.earlier).toHaveLength(1)
  })

  it('forget what has rested too long', () => {
    const clock = virtualClock(1)
    const sessions = createSessions(clock)
    sessions.begin('a', turn())
    clock.advance(SESSION_TTL_MS + 1)
    expect(sessions.find('a')).toBeUndefined()
  })

  it('tell of each conversation that has ended, once', () => {
    const clock = virtualClock(1)
    const ended: Session[] = []
    const sessions = createSessions(clock, (session) => ended.push(session))
    sessions.begin('a', turn())
    sessions.begin('a', turn())
    sessions.served('a', service('opus'))
    clock.advance(SESSION_TTL_MS + 1)
    for (let i = 0; i < 1_000; i++) sessions.begin('b', turn())
    expect(ended.map(({ turns, requests }) => ({ turns, requests }))).toEqual([{ turns: 2, requests: 1 }])
  })

  it('hold no more conversations than their bound', () => {
    const ended: Session[] = []
    const sessions = createSessions(virtualClock(), (session) => ended.push(session))
    for (let i = 0; i < SESSIONS_MAX + 10; i++) sessions.begin(`s${i}`, turn())
    expect(sessions.size).toBe(SESSIONS_MAX)
    expect(sessions.find('s0')).toBeUndefined()
    expect(ended).toHaveLength(10)
  })
})
