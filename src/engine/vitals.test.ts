import { describe, expect, it } from 'vitest'
import type { CancelSignal } from '../core/cancellation.ts'
import type { ErrorCode } from '../core/errors.ts'
import { createEvents, type Events } from '../core/events.ts'
import { cancelled, failed, ok } from '../core/outcome.ts'
import { type VirtualClock, virtualClock } from '../core/virtual-clock.ts'
import { type Worker, workerId } from '../core/worker.ts'
import { Fleet } from '../workers/fleet.ts'
import { RAMP_MS } from '../workers/health.ts'
import { Member } from '../workers/member.ts'
import { fakeMember } from './member-harness.ts'
import { Vitals } from './vitals.ts'

const broken = failed('worker-failed', 'x', 'worker')

function ward(options: { readonly alive?: () => boolean; readonly account?: string } = {}) {
  const clock = virtualClock()
  const events = createEvents()
  const members = [1, 2].map((number) =>
    fakeMember({
      id: workerId('pool', number),
      pool: 'pool',
      model: 'm',
      slots: 4,
      ...(options.account !== undefined && { account: options.account }),
      ...(options.alive && { alive: options.alive }),
    }),
  ) as [Member, Member]
  const fleet = new Fleet(members)
  const group = fleet.group('pool', 'pool', () => true)
  const vitals = new Vitals({
    fleet,
    clock,
    events,
    breaker: { failures: 5, openMs: 30_000 },
    probeIntervalMs: 10_000,
  })
  const fail = (times: number): void => {
    for (let i = 0; i < times; i++) {
      const lease = vitals.acquire(members[0], 1)
      lease.release()
      vitals.observe(lease, broken)
    }
  }
  return { clock, events, members, group, vitals, fail, first: members[0] }
}

describe('Vitals', () => {
  it('takes a worker out after five failures in a row, and tells state and breaker once each', () => {
    const { events, group, fail, first } = ward()
    const told: string[] = []
    events.subscribe('breaker-state', ({ from, to }) => told.push(`breaker ${from} ${to}`))
    events.subscribe('worker-state', ({ to }) => told.push(to))
    fail(4)
    expect(group.ready.concat(group.reserve)).toContain(first)
    fail(1)
    expect(group.ready.concat(group.reserve)).not.toContain(first)
    expect(told).toEqual(['degraded', 'breaker closed open', 'unhealthy'])
  })

  it('lets one message try a half-open worker, and no second one until it has ended', () => {
    const { clock, vitals, fail, first } = ward()
    fail(5)
    clock.advance(30_000)
    expect(first.free).toBe(true)
    const trial = vitals.acquire(first, 1)
    expect(first.free).toBe(false)
    trial.release()
    vitals.observe(trial, cancelled)
    expect(first.free).toBe(true)
    const second = vitals.acquire(first, 1)
    second.release()
    vitals.observe(second, broken)
    expect(first.free).toBe(false)
    expect(vitals.breakerOf(first)).toBe('open')
  })

  it('does not take the end of an older message for the end of the trial', () => {
    const { clock, vitals, fail, first } = ward()
    const old = vitals.acquire(first, 1)
    fail(5)
    clock.advance(30_000)
    vitals.acquire(first, 1)
    old.release()
    vitals.observe(old, cancelled)
    expect(first.free).toBe(false)
  })

  it('closes the breaker at the first content of the trial, and brings the traffic back gradually', () => {
    const { clock, vitals, fail, first } = ward()
    fail(5)
    clock.advance(30_000)
    vitals.acquire(first, 1)
    vitals.firstContent(first, 50)
    expect(vitals.breakerOf(first)).toBe('closed')
    expect(first.health).toBeCloseTo(0.1)
    clock.advance(RAMP_MS + 1_000)
    expect(first.health).toBe(1)
    expect(first.latencyMs).toBe(50)
  })

  it('pauses every worker of an account whose limit is reached, for as long as it says, without blaming them', () => {
    const { clock, vitals, group, members } = ward({ account: 'shared' })
    const lease = vitals.acquire(members[0], 1)
    lease.release()
    vitals.observe(lease, failed('worker-rate-limited', 'x', 'account', { retryAfterMs: 7_000 }))
    expect(group.serving).toBe(false)
    expect(group.usable).toBe(true)
    expect(vitals.backInMs(members)).toBe(7_000)
    clock.advance(7_000)
    expect(group.ready).toHaveLength(2)
    expect(vitals.breakerOf(members[0])).toBe('closed')
  })

  it('counts what the caller did wrong as an answer', () => {
    const { vitals, fail, first } = ward()
    fail(4)
    const lease = vitals.acquire(first, 1)
    lease.release()
    vitals.observe(lease, failed('worker-refused', 'x', 'caller'))
    fail(4)
    expect(vitals.breakerOf(first)).toBe('closed')
  })

  it('takes a worker out that answers no probe, and back in with the first one that it does', async () => {
    let alive = false
    const { clock, group } = ward({ alive: () => alive })
    await clock.advanceAsync(20_000)
    expect(group.usable).toBe(false)
    alive = true
    await clock.advanceAsync(10_000)
    expect(group.ready).toHaveLength(2)
  })

  it('leaves no timer behind', () => {
    const { clock, vitals, fail } = ward()
    fail(5)
    vitals.close()
    expect(clock.pendingTimers).toBe(0)
    expect(vitals.backInMs([])).toBeUndefined()
  })

  it('says ok without changing anything', () => {
    const { vitals, first, group } = ward()
    const lease = vitals.acquire(first, 9)
    lease.release()
    vitals.observe(lease, ok)
    expect(group.ready).toContain(first)
    expect(first.outstandingTokens).toBe(0)
  })

  it('pauses nobody for the limits of a caller’s own account', () => {
    const { clock, events } = ward()
    const own = fakeMember({ id: workerId('pool', 1), pool: 'pool', model: 'm' })
    const { id, pool, worker, vendor, account, slots, weight } = own
    const keyless = new Member({ id, pool, worker, vendor, account, slots, weight, ownKey: false })
    const { group, vitals } = watch(clock, events, keyless)
    for (const code of ['worker-rate-limited', 'worker-credentials'] as const) {
      const lease = vitals.acquire(keyless, 1)
      lease.release()
      vitals.observe(lease, failed(code, 'x', 'account', { retryAfterMs: 7_000 }))
      expect(group.ready).toEqual([keyless])
      expect(vitals.stateOf(keyless)).toBe('healthy')
      expect(vitals.backInMs([keyless])).toBeUndefined()
    }
  })

  it('lets the longer of two pauses hold, whichever came first', () => {
    for (const pauses of [
      [20_000, 5_000],
      [5_000, 20_000],
    ]) {
      const { clock, vitals, first } = ward()
      for (const retryAfterMs of pauses) limit(vitals, first, 'worker-rate-limited', retryAfterMs)
      expect(vitals.backInMs([first])).toBe(20_000)
      clock.advance(19_999)
      expect(first.free).toBe(false)
      clock.advance(1)
      expect(first.free).toBe(true)
    }
  })

  it('lets a rate limit pause a worker that is waited for, five seconds where it names no time', () => {
    const { clock, events, vitals, first } = ward()
    const told: string[] = []
    events.subscribe('worker-state', ({ from, to }) => told.push(`${from} ${to}`))
    limit(vitals, first, 'worker-rate-limited')
    expect([first.usable, first.free, vitals.stateOf(first)]).toEqual([true, false, 'unavailable'])
    clock.advance(4_999)
    expect(first.free).toBe(false)
    clock.advance(1)
    expect([first.usable, first.free, vitals.stateOf(first)]).toEqual([true, true, 'healthy'])
    expect(told).toEqual(['healthy unavailable', 'unavailable healthy'])
  })

  it('lets nobody wait for a worker whose key was refused, and tries it again after a minute', () => {
    const { clock, vitals, first } = ward()
    limit(vitals, first, 'worker-credentials')
    expect([first.usable, first.free, vitals.stateOf(first)]).toEqual([false, false, 'unavailable'])
    expect(vitals.backInMs([first])).toBe(60_000)
    clock.advance(59_999)
    expect([first.usable, vitals.stateOf(first)]).toEqual([false, 'unavailable'])
    clock.advance(1)
    expect([first.usable, first.free, vitals.stateOf(first)]).toEqual([true, true, 'healthy'])
  })

  it('frees the trial of a half-open worker that met its account’s limit', () => {
    const { clock, vitals, fail, first } = ward()
    fail(5)
    clock.advance(30_000)
    limit(vitals, first, 'worker-rate-limited')
    clock.advance(5_000)
    expect([first.free, vitals.breakerOf(first)]).toEqual([true, 'half-open'])
  })

  it('shows how far a recovering worker has come at every answer, a refusal too', () => {
    const { clock, vitals, fail, first } = ward()
    fail(5)
    clock.advance(30_000)
    vitals.acquire(first, 1)
    vitals.firstContent(first, 50)
    clock.advance(15_500)
    const lease = vitals.acquire(first, 1)
    lease.release()
    vitals.observe(lease, failed('worker-refused', 'x', 'caller'))
    expect(first.health).toBeCloseTo(15.5 / 30)
  })

  it('sends no second probe before the first has ended, and gives it up after five seconds', async () => {
    const { clock, events } = ward()
    const probes: CancelSignal[] = []
    const whole = fakeMember({ id: workerId('pool', 1), pool: 'pool', model: 'm' })
    const { id, pool, vendor, account, slots, weight, ownKey } = whole
    const worker: Worker = {
      ...whole.worker,
      probe: (signal) => {
        probes.push(signal)
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(false)))
      },
    }
    const member = new Member({ id, pool, worker, vendor, account, slots, weight, ownKey })
    const { vitals } = watch(clock, events, member)
    await clock.advanceAsync(1_000)
    expect(probes).toHaveLength(1)
    await clock.advanceAsync(4_999)
    expect([probes.length, probes[0]?.aborted]).toEqual([1, false])
    await clock.advanceAsync(1)
    expect(probes[0]?.aborted).toBe(true)
    expect(vitals.stateOf(member)).toBe('degraded')
    await clock.advanceAsync(6_000)
    expect(vitals.stateOf(member)).toBe('unavailable')
    vitals.close()
  })
})

/** Vitals of one worker that is probed every second. */
function watch(clock: VirtualClock, events: Events, member: Member) {
  const fleet = new Fleet([member])
  const group = fleet.group('pool', 'pool', () => true)
  const breaker = { failures: 5, openMs: 30_000 }
  return { group, vitals: new Vitals({ fleet, clock, events, breaker, probeIntervalMs: 1_000 }) }
}

/** One message to the member that ends at its account. */
function limit(vitals: Vitals, member: Member, code: ErrorCode, retryAfterMs?: number): void {
  const lease = vitals.acquire(member, 1)
  lease.release()
  vitals.observe(lease, failed(code, 'x', 'account', retryAfterMs === undefined ? {} : { retryAfterMs }))
}
