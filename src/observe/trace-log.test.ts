import { describe, expect, it } from 'vitest'
import { createEvents } from '../core/events.ts'
import { hex128 } from '../core/random.ts'
import { fakeDecisionRecord } from '../testing/fake-engine.ts'
import { seededRandom } from '../testing/index.ts'
import { createTraceLog } from './trace-log.ts'

describe('the trace log', () => {
  const random = seededRandom(1)
  function setUp(keep: number) {
    const events = createEvents()
    const traces = createTraceLog({ events, keep })
    const finish = (): string => {
      const id = hex128(random)
      events.publish('message-done', {
        record: fakeDecisionRecord({ id }),
        spans: [{ name: 'queue', startMs: 0, durationMs: 1 }],
      })
      return id
    }
    return { traces, finish }
  }

  it('finds a trace with its decision and spans, in either case of its digits', () => {
    const { traces, finish } = setUp(10)
    const id = finish()
    const found = traces.find(id)
    expect(found).toMatchObject({ id, decision: { id }, spans: [{ name: 'queue' }] })
    expect(traces.find(id.toUpperCase())).toBe(found)
  })

  it('keeps the newest and lets the oldest go', () => {
    const { traces, finish } = setUp(3)
    const all = Array.from({ length: 5 }, finish)
    expect(all.map((id) => traces.find(id) !== undefined)).toEqual([false, false, true, true, true])
  })

  it('finds nothing under what is no trace id', () => {
    const { traces, finish } = setUp(3)
    const id = finish()
    for (const text of ['', 'x', `${id} `, id.slice(1), '__proto__', 'g'.repeat(32)])
      expect(traces.find(text)).toBeUndefined()
  })

  it('hears nothing after it was closed', () => {
    const { traces, finish } = setUp(3)
    traces.close()
    expect(traces.find(finish())).toBeUndefined()
  })
})
