import { describe, expect, it } from 'vitest'
import type { LearnedFact } from '../core/lesson.ts'
import { createLearned } from './learned.ts'

const fact = (field: string, model = 'm', host = 'h'): LearnedFact => ({
  host,
  model,
  lesson: { path: [field], mend: { kind: 'remove' } },
  at: '2026-11-24T00:00:00.000Z',
})

describe('what was learned', () => {
  it('holds for one model at one server', () => {
    const learned = createLearned()
    expect(learned.of('h', 'm')).toEqual([])
    expect(learned.learn(fact('seed'))).toBe(true)
    expect(learned.of('h', 'm')).toEqual([fact('seed').lesson])
    expect(learned.of('h', 'other')).toEqual([])
    expect(learned.of('other', 'm')).toEqual([])
    expect(learned.all()).toEqual([fact('seed')])
  })

  it('is learned once', () => {
    const learned = createLearned()
    expect(learned.learn(fact('seed'))).toBe(true)
    expect(learned.learn({ ...fact('seed'), at: '2026-11-25T00:00:00.000Z' })).toBe(false)
    expect(learned.all()).toHaveLength(1)
  })

  it('is bounded, for each model and over all', () => {
    const learned = createLearned()
    for (let index = 0; index < 40; index++) learned.learn(fact(`field_${index}`))
    expect(learned.of('h', 'm')).toHaveLength(8)
    for (let index = 0; index < 300; index++) learned.learn(fact('seed', `m${index}`))
    expect(learned.all()).toHaveLength(64)
    expect(learned.of('h', 'm')).toEqual([])
  })
})
