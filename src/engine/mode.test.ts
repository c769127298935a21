import { describe, expect, it } from 'vitest'
import { CLEAN_MS, type ModeEvent, normalMode, REFUSING_MS, transition } from './mode.ts'

function after(...steps: readonly (readonly [ModeEvent, number])[]) {
  return steps.reduce((state, [event, nowMs]) => transition(state, event, nowMs), normalMode)
}

describe('mode', () => {
  it('is degraded once the queue has refused for five seconds without taking anything', () => {
    expect(after(['queue-refused', 0], ['queue-refused', REFUSING_MS - 1]).mode).toBe('normal')
    expect(after(['queue-refused', 0], ['queue-refused', REFUSING_MS]).mode).toBe('degraded')
    expect(after(['queue-refused', 0], ['queue-took', 1], ['queue-refused', REFUSING_MS]).mode).toBe('normal')
  })

  it('is degraded while the classifier rests, however long', () => {
    expect(after(['classifier-rests', 0], ['time', CLEAN_MS * 10]).mode).toBe('degraded')
    expect(after(['classifier-rests', 0], ['classifier-back', 10], ['time', 10 + CLEAN_MS - 1]).mode).toBe(
      'degraded',
    )
    expect(after(['classifier-rests', 0], ['classifier-back', 10], ['time', 10 + CLEAN_MS]).mode).toBe(
      'normal',
    )
  })

  it('is in emergency when a route has no worker, and back after thirty clean seconds', () => {
    expect(after(['no-worker-in-route', 0]).mode).toBe('emergency')
    expect(after(['no-worker-in-route', 0], ['no-worker-in-route', 20_000], ['time', CLEAN_MS]).mode).toBe(
      'emergency',
    )
    expect(after(['no-worker-in-route', 0], ['time', CLEAN_MS]).mode).toBe('normal')
  })

  it('does not fall from emergency to degraded by lesser trouble', () => {
    expect(after(['no-worker-in-route', 0], ['classifier-rests', 1]).mode).toBe('emergency')
  })
})
