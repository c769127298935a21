import { describe, expect, it } from 'vitest'
import type { Classification } from '../core/decision.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { createSessions, SESSION_TTL_MS, SESSIONS_MAX } from './sessions.ts'

const classification: Classification = {
  class: 'strategic',
  confidence: 0.9,
  source: 'pattern',
  reasons: [],
  micros: 1,
}

describe('sessions', () => {
  it('remembers the class of the turn and the model that served, across turns', () => {
    const sessions = createSessions(virtualClock())
    sessions.begin('a', classification)
    sessions.served('a', 'claude-opus-5-5')
    sessions.begin('a', { ...classification, class: 'simple' })
    expect(sessions.find('a')).toMatchObject({
      classification: { class: 'simple' },
      model: 'claude-opus-5-5',
    })
  })

  it('forgets what has rested too long', () => {
    const clock = virtualClock(1)
    const sessions = createSessions(clock)
    sessions.begin('a', classification)
    clock.advance(SESSION_TTL_MS + 1)
    expect(sessions.find('a')).toBeUndefined()
  })

  it('holds no more conversations than its bound', () => {
    const sessions = createSessions(virtualClock())
    for (let i = 0; i < SESSIONS_MAX + 10; i++) sessions.begin(`s${i}`, classification)
    expect(sessions.size).toBe(SESSIONS_MAX)
    expect(sessions.find('s0')).toBeUndefined()
  })
})
