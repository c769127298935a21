import { afterEach, describe, expect, it } from 'vitest'
import type { CancelSignal } from '../core/cancellation.ts'
import type { Clock } from '../core/clock.ts'
import { SignalboxError } from '../core/errors.ts'
import { type VirtualClock, virtualClock } from '../core/virtual-clock.ts'
import { createDeadline } from './deadline.ts'

let clock: VirtualClock = virtualClock()

function setUp(): VirtualClock {
  clock = virtualClock(5_000)
  return clock
}

function codeOf(signal: CancelSignal): string | undefined {
  const reason: unknown = signal.reason
  return SignalboxError.is(reason) ? reason.code : undefined
}

describe('createDeadline', () => {
  afterEach(() => {
    expect(clock.pendingTimers).toBe(0)
  })

  it('counts down and aborts when it passes', () => {
    const deadline = createDeadline(setUp(), 1_000)
    clock.advance(400)
    expect([deadline.remainingMs(), deadline.expired, deadline.signal.aborted]).toEqual([600, false, false])
    clock.advance(600)
    expect([deadline.remainingMs(), deadline.expired, codeOf(deadline.signal)]).toEqual([
      0,
      true,
      'deadline-exceeded',
    ])
    clock.advance(1_000)
    expect(deadline.remainingMs()).toBe(0)
  })

  it('has passed at once when no time is given', () => {
    for (const limitMs of [0, -5]) {
      const deadline = createDeadline(setUp(), limitMs)
      expect([deadline.expired, codeOf(deadline.signal)]).toEqual([true, 'deadline-exceeded'])
    }
  })

  it('never passes, and needs no timer, where there is none', () => {
    for (const limitMs of [undefined, Number.POSITIVE_INFINITY]) {
      const deadline = createDeadline(setUp(), limitMs)
      expect(clock.pendingTimers).toBe(0)
      clock.advance(1e12)
      expect([deadline.remainingMs(), deadline.expired, deadline.signal.aborted]).toEqual([
        Number.POSITIVE_INFINITY,
        false,
        false,
      ])
    }
  })

  it('is as long as it says, though timers end after 24 days', () => {
    const days = 24 * 3_600_000
    const deadline = createDeadline(setUp(), 30 * days)
    clock.advance(29 * days)
    expect(deadline.signal.aborted).toBe(false)
    clock.advance(days)
    expect(deadline.signal.aborted).toBe(true)
  })

  it('does not pass early, though a timer fires early', () => {
    setUp()
    const early: Clock = {
      ...clock,
      after: (delayMs, run) => clock.after(delayMs > 1 ? delayMs - 0.5 : delayMs, run),
    }
    const deadline = createDeadline(early, 1_000)
    clock.advance(999.75)
    expect(deadline.signal.aborted).toBe(false)
    clock.advance(0.25)
    expect(deadline.signal.aborted).toBe(true)
  })

  it('aborts as cancelled when the caller goes away', () => {
    const caller = new AbortController()
    const deadline = createDeadline(setUp(), 1_000, caller.signal)
    caller.abort('gone')
    expect(codeOf(deadline.signal)).toBe('cancelled')
    expect(deadline.signal.reason).toHaveProperty('cause', 'gone')
    expect(deadline.expired).toBe(false)
  })

  it('is cancelled from the start when the caller has gone already', () => {
    const deadline = createDeadline(setUp(), 1_000, AbortSignal.abort())
    expect(codeOf(deadline.signal)).toBe('cancelled')
  })

  it('passes on the reason of a deadline around it', () => {
    const outer = createDeadline(setUp(), 100)
    const inner = createDeadline(clock, 1_000, outer.signal)
    clock.advance(100)
    expect(inner.signal.reason).toBe(outer.signal.reason)
  })

  it('keeps the first reason', () => {
    const caller = new AbortController()
    const deadline = createDeadline(setUp(), 1_000, caller.signal)
    clock.advance(1_000)
    caller.abort()
    expect(codeOf(deadline.signal)).toBe('deadline-exceeded')
  })

  it('lets go of everything when it is disposed of', () => {
    const caller = new AbortController()
    const deadline = createDeadline(setUp(), 1_000, caller.signal)
    deadline.dispose()
    deadline.dispose()
    clock.advance(2_000)
    caller.abort()
    expect([deadline.signal.aborted, deadline.expired]).toEqual([false, true])
  })

  it('refuses a limit that is no number', () => {
    expect(() => createDeadline(setUp(), Number.NaN)).toThrow(RangeError)
  })
})
