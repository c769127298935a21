import { describe, expect, it } from 'vitest'
import { createEvents } from '../core/events.ts'
import { cancelled, failed, ok } from '../core/outcome.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { workerId } from '../core/worker.ts'
import { Fleet } from '../workers/fleet.ts'
import { RAMP_MS } from '../workers/health.ts'
import type { Member } from '../workers/member.ts'
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
})
