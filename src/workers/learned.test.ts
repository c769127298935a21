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

  it('takes the newest word on the same field, and one for each value', () => {
    const learned = createLearned()
    const most = (value: number): LearnedFact => ({
      ...fact('max_tokens'),
      lesson: { path: ['max_tokens'], mend: { kind: 'most', value } },
    })
    const level = (effort: string): LearnedFact => ({
      ...fact('effort'),
      lesson: { path: ['effort'], mend: { kind: 'remove' }, when: { effort } },
    })
    for (const each of [most(64_000), level('minimal'), most(32_000), level('xhigh')]) learned.learn(each)
    expect(learned.all()).toEqual([level('minimal'), most(32_000), level('xhigh')])
  })

  it('is bounded, for each model and over all', () => {
    const learned = createLearned()
    for (let index = 0; index < 40; index++) learned.learn(fact(`field_${index}`))
    expect(learned.of('h', 'm').map(({ path }) => path[0])).toEqual(
      [32, 33, 34, 35, 36, 37, 38, 39].map((index) => `field_${index}`),
    )
    for (let index = 0; index < 300; index++) learned.learn(fact('seed', `m${index}`))
    expect(learned.all()).toHaveLength(64)
    expect(learned.of('h', 'm')).toEqual([])
  })
})
