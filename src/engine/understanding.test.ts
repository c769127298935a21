import { describe, expect, it } from 'vitest'
import { FAILURE_SIGNAL } from '../classify/cascade.ts'
import type { Classification } from '../core/decision.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { createBreaker } from '../resilience/breaker.ts'
import { createUnderstanding } from './understanding.ts'

const sound: Classification = {
  class: 'strategic',
  confidence: 0.9,
  source: 'pattern',
  reasons: [{ signal: 'general/plan', detail: 'plan', weight: 1 }],
  micros: 3,
}
const failing: Classification = {
  ...sound,
  class: 'tactical',
  reasons: [{ signal: FAILURE_SIGNAL, detail: 'the classifier failed', weight: 0 }],
}

type Mood = 'sound' | 'failing' | 'throwing'

/** A classifier that does as it is told, behind a real breaker. */
function desk() {
  const clock = virtualClock()
  const breaker = createBreaker({ failures: 5, openMs: 30_000 }, clock, () => undefined)
  const state = { mood: 'sound' as Mood, asked: 0 }
  const understanding = createUnderstanding({
    classifier: {
      classes: ['strategic', 'own'],
      classify() {
        state.asked++
        if (state.mood === 'throwing') throw new Error('out of order')
        return state.mood === 'sound' ? sound : failing
      },
    },
    routes: ['strategic', 'simple'],
    fallback: 'tactical',
    breaker,
    clock,
  })
  const classify = (times: number, mood: Mood): Classification => {
    state.mood = mood
    for (let i = 1; i < times; i++) understanding.classify({ text: 'x' })
    return understanding.classify({ text: 'x' })
  }
  return { clock, breaker, state, understanding, classify }
}

describe('understanding', () => {
  it('says what the classifier says', () => {
    const { classify, breaker } = desk()
    expect(classify(10, 'sound')).toBe(sound)
    expect(breaker.state).toBe('closed')
  })

  it.each(['throwing', 'failing'] as const)(
    'lets the classifier rest after five failures in a row (%s), and the fallback class stands in',
    (mood) => {
      const { classify, breaker, state } = desk()
      classify(4, mood)
      expect(breaker.state).toBe('closed')
      classify(1, mood)
      expect(breaker.state).toBe('open')
      expect(classify(3, 'sound')).toMatchObject({
        class: 'tactical',
        confidence: 0,
        source: 'fallback',
        reasons: [{ signal: 'mode' }],
      })
      expect(state.asked).toBe(5)
    },
  )

  it('gives a message a class though the classifier throws', () => {
    const { classify } = desk()
    expect(classify(1, 'throwing')).toMatchObject({ class: 'tactical', reasons: [{ signal: 'mode' }] })
  })

  it('counts failures in a row: one success begins anew', () => {
    const { classify, breaker } = desk()
    classify(4, 'failing')
    classify(1, 'sound')
    classify(4, 'throwing')
    expect(breaker.state).toBe('closed')
  })

  it('asks the classifier once after thirty seconds, and trusts it again when that went well', () => {
    const { classify, breaker, clock, state } = desk()
    classify(5, 'failing')
    clock.advance(29_999)
    classify(1, 'sound')
    expect(state.asked).toBe(5)
    clock.advance(1)
    expect(classify(1, 'sound')).toBe(sound)
    expect(breaker.state).toBe('closed')
    expect(classify(1, 'sound')).toBe(sound)
  })

  it('lets it rest for another thirty seconds when the trial fails too', () => {
    const { classify, breaker, clock, state } = desk()
    classify(5, 'failing')
    clock.advance(30_000)
    classify(1, 'throwing')
    expect(breaker.state).toBe('open')
    classify(3, 'sound')
    expect(state.asked).toBe(6)
  })

  it('never moves the breaker for one that only asks', () => {
    const { understanding, breaker, clock, classify, state } = desk()
    state.mood = 'throwing'
    for (let i = 0; i < 10; i++)
      expect(understanding.preview({ text: 'x' })).toMatchObject({
        class: 'tactical',
        reasons: [{ signal: 'mode' }],
      })
    state.mood = 'failing'
    for (let i = 0; i < 10; i++) understanding.preview({ text: 'x' })
    expect(breaker.state).toBe('closed')
    classify(5, 'failing')
    clock.advance(30_000)
    state.mood = 'sound'
    expect(understanding.preview({ text: 'x' })).toBe(sound)
    expect(breaker.state).toBe('half-open')
    expect(breaker.allows()).toBe('probe')
  })

  it('takes a class by name from routes and classifier, and refuses any other, naming the field', () => {
    const { understanding, state } = desk()
    expect(understanding.classes).toEqual(['strategic', 'simple', 'own'])
    for (const name of understanding.classes)
      expect(understanding.forced(name)).toMatchObject({ class: name, confidence: 1, source: 'forced' })
    expect(() => understanding.forced('unheard-of')).toThrow(
      expect.objectContaining({ code: 'invalid-message', path: 'class' }),
    )
    expect(state.asked).toBe(0)
  })
})
