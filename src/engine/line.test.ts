import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import type { Priority } from '../core/message.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { workerId } from '../core/worker.ts'
import { createPriorityQueue } from '../queue/priority-queue.ts'
import { Fleet } from '../workers/fleet.ts'
import { type Applicant, Line, type Seat, type Waiter } from './line.ts'
import { fakeMember } from './member-harness.ts'
import { createPlans } from './plan.ts'
import { createSelector } from './select.ts'

function desk(options: { readonly capacity?: number; readonly backInMs?: number } = {}) {
  const clock = virtualClock()
  const member = fakeMember({ id: workerId('pool', 1), pool: 'pool', model: 'm' })
  const fleet = new Fleet([member])
  const plans = createPlans({
    fleet,
    routes: { simple: ['pool'] },
    pools: ['pool'],
    fallbackClass: 'simple',
    intercept: [],
  })
  const told: string[] = []
  let taken = 0
  const line = new Line({
    queue: createPriorityQueue<Waiter>({ capacity: options.capacity ?? 10 }),
    selector: createSelector(() => ({ name: 'first', pick: (candidates) => candidates[0] })),
    clock,
    acquire: (worker, tokens) => fleet.acquire(worker, tokens),
    backInMs: () => options.backInMs ?? 12_000,
    onQueued: ({ traceId }) => told.push(`${traceId} waits`),
    onShed: ({ traceId }, code) => told.push(`${traceId} ${code}`),
    onTaken: () => taken++,
  })
  fleet.onFree(() => line.serve())
  const applicant = (
    traceId: string,
    priority: Priority = 'normal',
    more: Partial<Applicant> = {},
  ): Applicant => ({
    traceId,
    plan: plans.forClass('simple'),
    message: { priority, class: 'simple', session: undefined, tenant: undefined, workTokens: 10 },
    tried: new Set(),
    failedModel: undefined,
    spillAtMs: 1_000,
    lastResort: undefined,
    expiresAtMs: clock.now() + 5_000,
    signal: new AbortController().signal,
    sequence: undefined,
    ...more,
  })
  return { clock, fleet, member, line, told, applicant, taken: () => taken }
}

const settled = async (entered: Seat | Promise<Seat>): Promise<string> => {
  try {
    await entered
    return 'seated'
  } catch (error) {
    return SignalboxError.from(error).code
  }
}

describe('Line', () => {
  it('seats at once while a slot is free, and hands it on as soon as it is released', async () => {
    const { line, applicant, member, told } = desk()
    const first = line.enter(applicant('a'))
    const second = line.enter(applicant('b'))
    expect(first).not.toBeInstanceOf(Promise)
    expect(told).toEqual(['b waits'])
    expect(line.status()).toMatchObject({ depth: 1, byPriority: { normal: 1 } })
    ;(first as Seat).lease.release()
    expect((await second).lease.member).toBe(member)
    expect(line.status().depth).toBe(0)
  })

  it('lets a higher priority take the place of a lower one when it is full, and tells both', async () => {
    const { line, applicant, told } = desk({ capacity: 1 })
    void line.enter(applicant('a'))
    const low = settled(line.enter(applicant('low', 'low')))
    const high = line.enter(applicant('high', 'high'))
    expect(await low).toBe('displaced')
    expect(await settled(line.enter(applicant('normal', 'normal')))).toBe('queue-full')
    expect(told).toEqual(['low waits', 'low displaced', 'high waits', 'normal queue-full'])
    line.close()
    expect(await settled(high)).toBe('draining')
  })

  it('names a time to come back in every refusal', async () => {
    const { line, applicant, member, fleet } = desk({ capacity: 1 })
    void line.enter(applicant('a'))
    void settled(line.enter(applicant('b')))
    await expect(Promise.resolve(line.enter(applicant('c')))).rejects.toMatchObject({
      code: 'queue-full',
      retryAfterMs: 1_000,
    })
    member.state = 'unhealthy'
    fleet.refresh(member)
    expect(() => line.enter(applicant('d'))).toThrow(
      expect.objectContaining({ code: 'no-worker', retryAfterMs: 12_000 }),
    )
    line.close()
  })

  it('sends those home whose time is up, within a tick', async () => {
    const { line, applicant, clock, told } = desk()
    void line.enter(applicant('a'))
    const late = settled(line.enter(applicant('b', 'normal', { expiresAtMs: 500 })))
    clock.advance(600)
    expect(await late).toBe('expired')
    expect(told).toEqual(['b waits', 'b expired'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('sends those home whose workers have all gone, rather than let them wait for nothing', async () => {
    const { line, applicant, clock, member, fleet } = desk()
    void line.enter(applicant('a'))
    const waiting = settled(line.enter(applicant('b')))
    member.state = 'unavailable'
    fleet.refresh(member)
    clock.advance(100)
    expect(await waiting).toBe('no-worker')
  })

  it('lets go of a waiting message when its caller goes away', async () => {
    const { line, applicant } = desk()
    void line.enter(applicant('a'))
    const gone = new AbortController()
    const waiting = settled(line.enter(applicant('b', 'normal', { signal: gone.signal })))
    gone.abort(new SignalboxError('cancelled', 'x'))
    expect(await waiting).toBe('cancelled')
    expect(line.status().depth).toBe(0)
    line.close()
  })

  it('keeps the place of a message that comes back', async () => {
    const { line, applicant } = desk()
    const first = line.enter(applicant('a')) as Seat
    const order: string[] = []
    const enter = (who: Applicant): void =>
      void Promise.resolve(line.enter(who)).then((seat) => (order.push(who.traceId), seat.lease.release()))
    const back = applicant('back')
    enter(back)
    first.lease.release()
    await new Promise((resolve) => setImmediate(resolve))
    const again = line.enter(applicant('x')) as Seat
    enter(applicant('later'))
    enter(back)
    again.lease.release()
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual(['back', 'back', 'later'])
  })

  it('tells how many were seated a second, at once or after a wait', async () => {
    const { line, applicant, clock } = desk()
    expect(line.status().perSecond).toBe(0)
    const first = line.enter(applicant('a')) as Seat
    const second = line.enter(applicant('b'))
    expect(line.status().perSecond).toBe(1)
    first.lease.release()
    ;(await second).lease.release()
    expect(line.status().perSecond).toBe(2)
    clock.advance(4_000)
    expect(line.status().perSecond).toBe(0.5)
  })

  it('tells the average of the waits, in which each new one has a twentieth', async () => {
    const { line, applicant, clock } = desk()
    const first = line.enter(applicant('a')) as Seat
    const second = line.enter(applicant('b'))
    clock.advance(1_000)
    expect(line.status()).toMatchObject({ oldestMs: 1_000, averageWaitMs: 0 })
    first.lease.release()
    ;(await second).lease.release()
    expect(line.status().averageWaitMs).toBeCloseTo(50)
    const third = line.enter(applicant('c')) as Seat
    expect(line.status().averageWaitMs).toBeCloseTo(47.5)
    third.lease.release()
  })

  it('never asks for more than a minute nor less than a second of patience', async () => {
    const { line, applicant, clock, member, fleet } = desk({ backInMs: 600_000 })
    void line.enter(applicant('a'))
    clock.advance(100_000)
    const waiting = Array.from({ length: 10 }, (_, number) =>
      settled(line.enter(applicant(`w${number}`, 'normal', { expiresAtMs: 1_000_000 }))),
    )
    await expect(Promise.resolve(line.enter(applicant('late')))).rejects.toMatchObject({
      code: 'queue-full',
      retryAfterMs: 60_000,
    })
    line.close()
    await Promise.all(waiting)
    member.state = 'unhealthy'
    fleet.refresh(member)
    expect(() => line.enter(applicant('none'))).toThrow(expect.objectContaining({ retryAfterMs: 60_000 }))
    const quick = desk({ backInMs: 3 })
    quick.member.state = 'unhealthy'
    quick.fleet.refresh(quick.member)
    expect(() => quick.line.enter(quick.applicant('d'))).toThrow(
      expect.objectContaining({ code: 'no-worker', retryAfterMs: 1_000 }),
    )
  })

  it('tells that the queue takes messages, but not of one that took the place of another', async () => {
    const { line, applicant, taken } = desk({ capacity: 1 })
    void line.enter(applicant('a'))
    expect(taken()).toBe(0)
    const low = settled(line.enter(applicant('low', 'low')))
    expect(taken()).toBe(1)
    const high = settled(line.enter(applicant('high', 'high')))
    expect(taken()).toBe(1)
    expect(await settled(line.enter(applicant('refused')))).toBe('queue-full')
    expect(taken()).toBe(1)
    line.close()
    expect([await low, await high]).toEqual(['displaced', 'draining'])
  })
})
