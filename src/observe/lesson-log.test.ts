import { describe, expect, it } from 'vitest'
import type { LearnedFact } from '../core/lesson.ts'
import type { Store } from '../core/store.ts'
import { silentLog } from '../core/system.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { memoryStore } from '../store/memory.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { keepLessons } from './lesson-log.ts'

const fact = (field: string): LearnedFact => ({
  host: 'h',
  model: 'm',
  lesson: { path: [field], mend: { kind: 'remove' } },
  at: '2026-11-24T00:00:00.000Z',
})

const clock = virtualClock(0, Date.UTC(2026, 10, 25))

describe('the log of lessons', () => {
  it('teaches the next process what this one has learned, in its order', async () => {
    const store = memoryStore()
    const first = fakeEngine()
    const log = await keepLessons({ engine: first, store, log: silentLog, clock })
    for (const field of ['seed', 'top_k']) first.events.publish('lesson-learned', { fact: fact(field) })
    await log.close()
    const second = fakeEngine()
    await keepLessons({ engine: second, store, log: silentLog, clock })
    expect(second.learned()).toEqual([fact('seed'), fact('top_k')])
  })

  it('keeps nothing that is learned after it was closed', async () => {
    const store = memoryStore()
    const engine = fakeEngine()
    const log = await keepLessons({ engine, store, log: silentLog, clock })
    await log.close()
    engine.events.publish('lesson-learned', { fact: fact('seed') })
    await log.close()
    expect(await store.log('lessons', 10).newest(10)).toEqual([])
  })

  it('forgets after a month: models change', async () => {
    const store = memoryStore()
    const old = { ...fact('seed'), at: '2026-10-25T00:00:00.000Z' }
    await store.log('lessons', 10).append([
      { id: '1', value: old },
      { id: '2', value: fact('top_k') },
    ])
    const engine = fakeEngine()
    await keepLessons({ engine, store, log: silentLog, clock })
    expect(engine.learned()).toEqual([fact('top_k')])
  })

  it('passes over what is no lesson', async () => {
    const store = memoryStore()
    await store.log('lessons', 10).append([
      { id: '1', value: { host: 'h', model: 'm' } },
      { id: '2', value: null },
    ])
    const engine = fakeEngine()
    await keepLessons({ engine, store, log: silentLog, clock })
    expect(engine.learned()).toEqual([])
  })

  it('does without a store that fails', async () => {
    const broken = {
      append: () => Promise.reject(new Error('full')),
      newest: () => Promise.reject(new Error('full')),
    }
    const store: Store = { kind: 'broken', log: () => broken, close: () => Promise.resolve() }
    const told: string[] = []
    const engine = fakeEngine()
    const log = await keepLessons({
      engine,
      store,
      log: { ...silentLog, warn: (text) => told.push(text) },
      clock,
    })
    engine.events.publish('lesson-learned', { fact: fact('seed') })
    await log.close()
    expect(told).toHaveLength(2)
  })
})
