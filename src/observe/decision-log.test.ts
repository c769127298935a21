import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../core/decision.ts'
import { SignalboxError } from '../core/errors.ts'
import { createEvents } from '../core/events.ts'
import type { Store } from '../core/store.ts'
import { fakeDecisionRecord } from '../testing/fake-engine.ts'
import { fakeSystem } from '../testing/index.ts'
import { createDecisionLog, type DecisionLogOptions } from './decision-log.ts'

/** A store of which a test can see and break everything; entries are oldest first. */
function scriptedStore() {
  const entries: { id: string; value: unknown }[] = []
  const state = {
    failing: false,
    appends: [] as number[],
    reads: 0,
    held: undefined as Promise<void> | undefined,
  }
  const store: Store = {
    kind: 'scripted',
    log: (_name, keep) => ({
      async append(added) {
        await state.held
        if (state.failing) throw new SignalboxError('store-failed', 'the disk is full')
        state.appends.push(added.length)
        entries.push(...added)
        entries.splice(0, entries.length - keep)
      },
      async newest(limit, before) {
        state.reads++
        if (state.failing) throw new SignalboxError('store-failed', 'the disk is full')
        const end = before === undefined ? entries.length : entries.findIndex(({ id }) => id === before)
        return entries
          .slice(Math.max(0, end - limit), Math.max(0, end))
          .toReversed()
          .map(({ value }) => value)
      },
    }),
    async close() {},
  }
  return { store, state, entries }
}

function setUp(options: Partial<DecisionLogOptions> = {}) {
  const system = fakeSystem()
  const events = createEvents()
  const scripted = scriptedStore()
  const log = createDecisionLog({
    events,
    store: scripted.store,
    clock: system.clock,
    log: system.log,
    ...options,
  })
  let count = 0
  const finish = (many = 1): void => {
    for (let one = 0; one < many; one++)
      events.publish('message-done', { record: fakeDecisionRecord({ id: `r${count++}` }), spans: [] })
  }
  return { system, events, log, finish, ...scripted }
}

const ids = (page: readonly DecisionRecord[]): string[] => page.map(({ id }) => id)
const range = (from: number, to: number): string[] =>
  Array.from({ length: from - to + 1 }, (_, at) => `r${from - at}`)

describe('the decision log', () => {
  it('answers from memory at once, newest first, without asking the store', async () => {
    const { log, finish, state } = setUp()
    finish(5)
    expect(ids(await log.newest(3))).toEqual(['r4', 'r3', 'r2'])
    expect(ids(await log.newest(2, 'r3'))).toEqual(['r2', 'r1'])
    expect(state.reads).toBe(0)
    expect(state.appends).toEqual([])
  })

  it('writes what has come half a second after the first of it', async () => {
    const { system, finish, state, entries } = setUp()
    finish(2)
    await system.clock.advanceAsync(400)
    finish(1)
    await system.clock.advanceAsync(99)
    expect(entries).toHaveLength(0)
    await system.clock.advanceAsync(1)
    expect(state.appends).toEqual([3])
    expect(system.clock.pendingTimers).toBe(0)
  })

  it('writes a burst in small batches, with room for other work between them', async () => {
    const { system, finish, state } = setUp()
    finish(300)
    system.clock.advance(500)
    await Promise.resolve()
    expect(state.appends).toEqual([128])
    await system.clock.advanceAsync(0)
    await system.clock.advanceAsync(500)
    expect(state.appends).toEqual([128, 128, 44])
  })

  it('goes on in the store where memory ends, also with what an earlier process wrote', async () => {
    const { log, finish, entries } = setUp()
    for (const id of ['old0', 'old1', 'old2']) entries.push({ id, value: fakeDecisionRecord({ id }) })
    finish(2)
    expect(ids(await log.newest(4))).toEqual(['r1', 'r0', 'old2', 'old1'])
    expect(ids(await log.newest(2, 'r0'))).toEqual(['old2', 'old1'])
    expect(ids(await log.newest(2, 'old2'))).toEqual(['old1', 'old0'])
  })

  it('pages through everything without a gap, beyond what memory holds', async () => {
    const { log, finish } = setUp()
    finish(2_500)
    const seen: string[] = []
    for (let page = await log.newest(700); page.length > 0; page = await log.newest(700, seen.at(-1)))
      seen.push(...ids(page))
    expect(seen).toEqual(range(2_499, 0))
  })

  it('puts nothing in front of a page that came while the store was being asked', async () => {
    const { log, finish } = setUp()
    finish(2)
    const page = log.newest(10)
    finish(2)
    expect(ids(await page)).toEqual(expect.arrayContaining(['r1', 'r0']))
    expect(ids(await page)).toEqual(
      ids(await page)
        .toSorted()
        .toReversed(),
    )
  })

  it('gives nothing for a limit that is no positive number, and for an id that it does not know', async () => {
    const { log, finish } = setUp()
    finish(3)
    for (const limit of [0, -1, Number.NaN]) expect(await log.newest(limit)).toEqual([])
    expect(await log.newest(10, 'unknown')).toEqual([])
  })

  it('writes what is left when it is closed, and hears nothing any more', async () => {
    const { system, log, finish, entries } = setUp()
    finish(200)
    await log.close()
    expect(entries).toHaveLength(200)
    finish(1)
    expect(ids(await log.newest(1))).toEqual(['r199'])
    expect(system.clock.pendingTimers).toBe(0)
  })

  it('counts what a failing store did not take, says so once, and says when it works again', async () => {
    const { system, log, finish, state, entries } = setUp()
    state.failing = true
    finish(3)
    await log.flush()
    finish(2)
    await log.flush()
    expect(log.dropped).toBe(5)
    state.failing = false
    finish(1)
    await log.flush()
    expect(entries.map(({ id }) => id)).toEqual(['r5'])
    expect(system.logged.map(({ level, text }) => [level, text])).toEqual([
      ['warn', 'decisions are not written down: the store fails'],
      ['info', 'decisions are written down again'],
    ])
    expect(system.logged[0]?.fields).toMatchObject({ cause: 'the disk is full' })
  })

  it('answers from memory while the store fails, also about what was never written', async () => {
    const { log, finish, state, entries } = setUp()
    entries.push({ id: 'old', value: fakeDecisionRecord({ id: 'old' }) })
    state.failing = true
    finish(3)
    expect(ids(await log.newest(10))).toEqual(['r2', 'r1', 'r0'])
    state.failing = false
    expect(ids(await log.newest(10, 'r1'))).toEqual(['r0', 'old'])
  })

  it('holds no more than the newest thousand in memory', async () => {
    const { log, finish, state } = setUp()
    finish(1_500)
    await log.flush()
    state.failing = true
    expect(ids(await log.newest(5_000))).toEqual(range(1_499, 500))
  })

  it('is bounded when the store takes nothing for long', async () => {
    const { system, log, finish, state } = setUp()
    let release = (): void => {}
    state.held = new Promise((resolve) => {
      release = resolve
    })
    finish(1)
    await system.clock.advanceAsync(500)
    finish(12_000)
    expect(log.dropped).toBe(2_000)
    expect(system.logged[0]?.fields).toMatchObject({ cause: 'it cannot keep up' })
    release()
    await log.close()
    expect(state.appends.reduce((sum, size) => sum + size, 0)).toBe(10_001)
  })

  it('pages like one list, whatever was written, dropped or is still waiting', async () => {
    const act = fc.oneof(
      fc.constant('finish' as const),
      fc.constant('flush' as const),
      fc.constant('fail' as const),
      fc.constant('heal' as const),
      fc.record({ limit: fc.integer({ min: 1, max: 8 }), back: fc.option(fc.integer({ min: 1, max: 6 })) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
        const { log, finish, state } = setUp()
        let finished = 0
        for (const step of acts) {
          if (step === 'finish') {
            finish()
            finished++
          } else if (step === 'flush') await log.flush()
          else if (step === 'fail') state.failing = true
          else if (step === 'heal') state.failing = false
          else if (step.back === null || step.back <= finished) {
            const newest = step.back === null ? finished - 1 : finished - step.back - 1
            const before = step.back === null ? undefined : `r${finished - step.back}`
            expect(ids(await log.newest(step.limit, before))).toEqual(
              range(newest, Math.max(0, newest - step.limit + 1)),
            )
          }
        }
      }),
    )
  })
})
