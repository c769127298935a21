import { describe, expect, it } from 'vitest'
import { createEvents } from '../core/events.ts'
import { fakeSystem } from '../testing/index.ts'
import { logEvents } from './log.ts'

describe('the operator’s log of events', () => {
  function setUp() {
    const system = fakeSystem()
    const events = createEvents()
    const stop = logEvents({ events, clock: system.clock, log: system.log })
    const texts = () => system.logged.map(({ level, text }) => `${level}: ${text}`)
    return { system, events, stop, texts }
  }

  it('tells what changed, from what to what, and how grave it is', () => {
    const { events, texts } = setUp()
    events.publish('worker-state', { worker: 'opus-1', from: 'healthy', to: 'unavailable' })
    events.publish('breaker-state', { worker: 'opus-1', from: 'closed', to: 'open' })
    events.publish('breaker-state', { worker: 'opus-1', from: 'open', to: 'half-open' })
    events.publish('worker-state', { worker: 'opus-1', from: 'unavailable', to: 'healthy' })
    events.publish('mode-changed', { from: 'normal', to: 'emergency', cause: 'no healthy worker in opus' })
    events.publish('mode-changed', { from: 'emergency', to: 'normal', cause: '30 s clean' })
    expect(texts()).toEqual([
      'warn: worker opus-1 is unavailable, was healthy',
      'warn: the breaker of worker opus-1 is open, was closed',
      'info: the breaker of worker opus-1 is half-open, was open',
      'info: worker opus-1 is healthy, was unavailable',
      'warn: the mode is emergency, was normal: no healthy worker in opus',
      'info: the mode is normal, was emergency: 30 s clean',
    ])
  })

  it('tells what was learned of a model, and where', () => {
    const { system, events } = setUp()
    const lesson = { path: ['reasoning', 'effort'], mend: { kind: 'remove' } } as const
    events.publish('lesson-learned', { fact: { host: 'api.test', model: 'some-model', lesson, at: '' } })
    expect(system.logged).toMatchObject([
      {
        level: 'info',
        text: 'some-model at api.test does not take reasoning.effort: it is left out',
        fields: { model: 'some-model', host: 'api.test', field: 'reasoning.effort' },
      },
    ])
  })

  it('tells where a listener failed, but not what its error says', () => {
    const { system, events } = setUp()
    events.subscribe('message-shed', () => {
      throw new RangeError('my secret sk-ant-123')
    })
    events.publish('message-shed', { traceId: 'a', priority: 'low', code: 'expired' })
    expect(system.logged[0]).toMatchObject({
      level: 'error',
      text: 'a listener of message-shed failed',
      fields: { error: 'RangeError', at: expect.stringContaining('log.test.ts') },
    })
    events.publish('listener-failed', { event: 'x', error: 'my secret sk-ant-123' })
    expect(JSON.stringify(system.logged)).not.toContain('sk-ant')
  })

  it('says twenty sentences of a kind in ten seconds, and then how many more there were', () => {
    const { system, events, texts } = setUp()
    for (let flap = 0; flap < 50; flap++)
      events.publish('worker-state', { worker: 'w-1', from: 'healthy', to: 'degraded' })
    events.publish('breaker-state', { worker: 'w-1', from: 'closed', to: 'open' })
    expect(texts()).toHaveLength(21)
    system.clock.advance(10_000)
    expect(texts()).toHaveLength(22)
    expect(texts().at(-1)).toBe('warn: 30 more events of kind worker-state in 10 s')
    events.publish('worker-state', { worker: 'w-1', from: 'degraded', to: 'healthy' })
    expect(texts().at(-1)).toBe('info: worker w-1 is healthy, was degraded')
  })

  it('keeps a name to one short line', () => {
    const { events, texts } = setUp()
    events.publish('worker-state', {
      worker: `w\nerror: forged\u0007\u2028${'x'.repeat(500)}`,
      from: 'healthy',
      to: 'degraded',
    })
    expect(texts()[0]).toMatch(/^warn: worker w error: forged x+ is degraded, was healthy$/)
    expect(texts()[0]?.length).toBeLessThan(260)
  })

  it('tells what it withheld when it stops, and is silent afterwards', () => {
    const { system, events, stop, texts } = setUp()
    for (let flap = 0; flap < 21; flap++)
      events.publish('worker-state', { worker: 'w-1', from: 'healthy', to: 'degraded' })
    stop()
    expect(texts().at(-1)).toBe('warn: 1 more events of kind worker-state in 10 s')
    events.publish('breaker-state', { worker: 'w-1', from: 'closed', to: 'open' })
    expect(texts()).toHaveLength(21)
    expect(system.clock.pendingTimers).toBe(0)
  })
})
