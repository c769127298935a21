import { describe, expect, it } from 'vitest'
import { virtualClock } from '../testing/index.ts'
import { watchEventLoopDelay } from './event-loop-delay.ts'

describe('watchEventLoopDelay', () => {
  it('tells how much later than due a timer fires, and goes on from there', () => {
    const virtual = virtualClock()
    let lateMs = 0
    const clock = { ...virtual, now: () => virtual.now() + lateMs }
    const seen: number[] = []
    const stop = watchEventLoopDelay(clock, (seconds) => seen.push(seconds))
    virtual.advance(500)
    lateMs = 200
    virtual.advance(500)
    virtual.advance(500)
    stop()
    virtual.advance(5_000)
    expect(seen).toEqual([0, 0.2, 0])
    expect(virtual.pendingTimers).toBe(0)
  })
})
