import { describe, expect, it } from 'vitest'
import { createEvents } from '../core/events.ts'
import { recordEvents } from './index.ts'

describe('recordEvents', () => {
  it('keeps every event in the order of publishing, until it is stopped', () => {
    const events = createEvents()
    const recording = recordEvents(events)
    events.publish('mode-changed', { from: 'normal', to: 'degraded', cause: 'queue' })
    events.publish('message-shed', { traceId: 'a', priority: 'low', code: 'expired' })
    events.publish('mode-changed', { from: 'degraded', to: 'normal', cause: 'calm' })
    recording.stop()
    events.publish('mode-changed', { from: 'normal', to: 'degraded', cause: 'queue' })
    expect(recording.all.map(({ name }) => name)).toEqual(['mode-changed', 'message-shed', 'mode-changed'])
    expect(recording.count('mode-changed')).toBe(2)
    expect(recording.count('message-done')).toBe(0)
  })

  it('waits for the next event of a name, not for one that has been', async () => {
    const events = createEvents()
    const recording = recordEvents(events)
    events.publish('mode-changed', { from: 'normal', to: 'degraded', cause: 'first' })
    const next = recording.next('mode-changed')
    events.publish('mode-changed', { from: 'degraded', to: 'normal', cause: 'second' })
    events.publish('mode-changed', { from: 'normal', to: 'degraded', cause: 'third' })
    expect((await next).cause).toBe('second')
  })

  it('records a listener that failed', () => {
    const events = createEvents()
    const recording = recordEvents(events)
    events.subscribe('message-shed', () => {
      throw new Error('bad observer')
    })
    events.publish('message-shed', { traceId: 'a', priority: 'low', code: 'expired' })
    expect(recording.all.at(-1)).toMatchObject({ name: 'listener-failed', event: { event: 'message-shed' } })
  })
})
