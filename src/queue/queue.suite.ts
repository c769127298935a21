import { describe, expect, it } from 'vitest'
import { type Priority, priorities } from '../core/message.ts'
import type { MessageQueue, Placement, Ticket } from './queue.ts'

/** What every queue must do. `create` gives an empty one; values are short names. */
export function describeQueue(name: string, create: (capacity: number) => MessageQueue<string>): void {
  describe(`${name} keeps the contract of a queue:`, () => {
    describeOrder(create)
    describeExpiry(create)
    describeCapacity(create)
    describeLeaving(create)
  })
}

type Create = (capacity: number) => MessageQueue<string>

const soon: Placement = { lane: 'a', priority: 'normal', nowMs: 0, expiresAtMs: 10_000 }

function put(queue: MessageQueue<string>, value: string, where: Partial<Placement> = {}): Ticket<string> {
  const enqueued = queue.enqueue(value, { ...soon, ...where })
  if (enqueued.kind === 'refused') throw new Error(`${value} was refused: ${enqueued.code}`)
  return enqueued.ticket
}

function takeAll(queue: MessageQueue<string>, nowMs = 0): string[] {
  const values: string[] = []
  for (let ticket = queue.take(nowMs); ticket; ticket = queue.take(nowMs)) values.push(ticket.value)
  return values
}

function valuesOf(tickets: readonly Ticket<string>[]): string[] {
  return tickets.map((ticket) => ticket.value).sort()
}

function describeOrder(create: Create): void {
  it('gives nothing when nothing waits', () => {
    const queue = create(10)
    expect(queue.take(0)).toBeUndefined()
    expect(queue.peek(0)).toBeUndefined()
    expect(queue.oldestAtMs()).toBeUndefined()
  })

  it('gives a higher priority first', () => {
    const queue = create(10)
    for (const priority of [...priorities].reverse()) put(queue, priority, { priority })
    expect(takeAll(queue)).toEqual(['critical', 'high', 'normal', 'low'])
  })

  it('gives what came first first, within a priority and over all lanes', () => {
    const queue = create(10)
    put(queue, '1', { lane: 'a' })
    put(queue, '2', { lane: 'b' })
    put(queue, '3', { lane: 'a' })
    put(queue, '4', { lane: 'c' })
    expect(takeAll(queue)).toEqual(['1', '2', '3', '4'])
  })

  it('lets a head that is not eligible stand, and gives the next lane’s', () => {
    const queue = create(10)
    put(queue, 'a1', { lane: 'a', priority: 'critical' })
    put(queue, 'a2', { lane: 'a' })
    put(queue, 'b1', { lane: 'b', priority: 'low' })
    expect(queue.take(0, (head) => head.lane === 'b')?.value).toBe('b1')
    expect(queue.take(0, (head) => head.lane === 'b')).toBeUndefined()
    expect(takeAll(queue)).toEqual(['a1', 'a2'])
  })

  it('asks about heads only: one a lane and priority', () => {
    const queue = create(10)
    put(queue, 'first')
    put(queue, 'second')
    const asked: string[] = []
    expect(queue.take(0, (head) => asked.push(head.value) === 0)).toBeUndefined()
    expect(asked).toEqual(['first'])
  })

  it('peeks at what take would give and leaves it in place', () => {
    const queue = create(10)
    put(queue, 'later', { lane: 'a' })
    put(queue, 'now', { lane: 'b', priority: 'high' })
    expect(queue.peek(0)?.value).toBe('now')
    expect(queue.peek(0, (head) => head.lane === 'a')?.value).toBe('later')
    expect(takeAll(queue)).toEqual(['now', 'later'])
  })

  it('puts a message that comes back to its old place', () => {
    const queue = create(10)
    put(queue, '1')
    put(queue, '2')
    const tickets = [queue.take(0), queue.take(0)]
    put(queue, '3')
    put(queue, '2 again', { sequence: tickets[1]?.sequence ?? -1 })
    put(queue, '1 again', { sequence: tickets[0]?.sequence ?? -1 })
    put(queue, '4')
    expect(takeAll(queue)).toEqual(['1 again', '2 again', '3', '4'])
  })

  it('puts a message that moves to another lane among those that wait there', () => {
    const queue = create(20)
    for (let number = 0; number < 10; number++) put(queue, `b${number}`, { lane: 'b' })
    const moved = put(queue, 'moved', { lane: 'a' })
    for (let number = 10; number < 13; number++) put(queue, `b${number}`, { lane: 'b' })
    queue.cancel(moved)
    put(queue, 'moved', { lane: 'b', sequence: moved.sequence })
    expect(takeAll(queue).slice(9, 12)).toEqual(['b9', 'moved', 'b10'])
  })

  it('never gives a new message a number that is in use', () => {
    const queue = create(10)
    const restored = put(queue, 'restored', { sequence: 41 })
    expect(put(queue, 'new').sequence).toBeGreaterThan(restored.sequence)
  })
}

function describeExpiry(create: Create): void {
  it('refuses what has expired already, and a time that is none', () => {
    const queue = create(10)
    for (const expiresAtMs of [100, 99, Number.NaN]) {
      const enqueued = queue.enqueue('late', { ...soon, nowMs: 100, expiresAtMs })
      expect(enqueued).toEqual({ kind: 'refused', code: 'expired' })
    }
    expect(queue.depth).toBe(0)
  })

  it('gives what is not expired until its very last moment', () => {
    const queue = create(10)
    put(queue, 'just in time', { expiresAtMs: 1_000 })
    expect(queue.take(999.9)?.value).toBe('just in time')
  })

  it('never gives an expired message, and tells of it exactly once', () => {
    const queue = create(10)
    put(queue, 'expired', { expiresAtMs: 1_000 })
    put(queue, 'alive', { expiresAtMs: 5_000 })
    expect(queue.take(1_000)?.value).toBe('alive')
    expect(queue.depth).toBe(1)
    expect(valuesOf(queue.expire(1_000))).toEqual(['expired'])
    expect(queue.expire(60_000)).toEqual([])
    expect(queue.depth).toBe(0)
  })

  it('tells of what expired at most 50 ms after its time, wherever it stands', () => {
    const queue = create(10)
    put(queue, 'head', { expiresAtMs: 90_000 })
    put(queue, 'behind it', { expiresAtMs: 1_010 })
    put(queue, 'another lane', { lane: 'b', expiresAtMs: 1_020 })
    expect(queue.expire(1_009)).toEqual([])
    expect(valuesOf(queue.expire(1_070))).toEqual(['another lane', 'behind it'])
    expect(queue.depth).toBe(1)
  })

  it('tells of everything after a pause longer than any wheel', () => {
    const queue = create(20)
    const times = [1, 60, 10_000, 204_800, 204_850, 600_000, 3_600_000]
    for (const expiresAtMs of times) put(queue, `${expiresAtMs}`, { expiresAtMs })
    expect(queue.expire(204_900)).toHaveLength(5)
    expect(queue.expire(3_599_000)).toHaveLength(1)
    expect(queue.expire(3_600_050)).toHaveLength(1)
  })

  it('keeps for ever what has no end to its time', () => {
    const queue = create(10)
    put(queue, 'patient', { expiresAtMs: Number.POSITIVE_INFINITY })
    expect(queue.expire(1e12)).toEqual([])
    expect(queue.take(1e12)?.value).toBe('patient')
  })
}

function describeCapacity(create: Create): void {
  it('refuses when it is full of its like', () => {
    const queue = create(2)
    put(queue, '1')
    put(queue, '2')
    expect(queue.enqueue('3', soon)).toEqual({ kind: 'refused', code: 'queue-full' })
    expect(takeAll(queue)).toEqual(['1', '2'])
  })

  it('refuses everything when it has no room at all', () => {
    const enqueued = create(0).enqueue('1', { ...soon, priority: 'critical' })
    expect(enqueued).toEqual({ kind: 'refused', code: 'queue-full' })
  })

  it('displaces the newest of the lowest priority below the arrival’s, over all lanes', () => {
    const queue = create(4)
    put(queue, 'normal', { priority: 'normal' })
    put(queue, 'low 1', { priority: 'low', lane: 'a' })
    put(queue, 'low 2', { priority: 'low', lane: 'b' })
    put(queue, 'high', { priority: 'high' })
    const displaced: (string | undefined)[] = []
    for (const value of ['high 2', 'high 3', 'high 4']) {
      const enqueued = queue.enqueue(value, { ...soon, priority: 'high' })
      displaced.push(enqueued.kind === 'queued' ? enqueued.displaced?.value : enqueued.code)
    }
    expect(displaced).toEqual(['low 2', 'low 1', 'normal'])
    expect(queue.enqueue('high 5', { ...soon, priority: 'high' }).kind).toBe('refused')
    expect(queue.depth).toBe(4)
  })

  it('displaces nobody while there is room', () => {
    const queue = create(2)
    put(queue, 'low', { priority: 'low' })
    expect(queue.enqueue('critical', { ...soon, priority: 'critical' })).not.toHaveProperty('displaced')
  })
}

function describeLeaving(create: Create): void {
  it('cancels a message once, and never one that has left', () => {
    const queue = create(10)
    const cancelled = put(queue, 'cancelled')
    put(queue, 'taken')
    expect(queue.cancel(cancelled)).toBe(true)
    expect(queue.cancel(cancelled)).toBe(false)
    const taken = queue.take(0)
    expect(taken?.value).toBe('taken')
    expect(taken && queue.cancel(taken)).toBe(false)
    expect(queue.depth).toBe(0)
  })

  it('does not cancel another queue’s ticket, nor a copy of one', () => {
    const queue = create(10)
    const other = put(create(10), 'other')
    const own = put(queue, 'own')
    expect(queue.cancel(other)).toBe(false)
    expect(queue.cancel({ ...own })).toBe(false)
    expect(queue.depth).toBe(1)
  })

  it('cancels what expired but was not told of yet', () => {
    const queue = create(10)
    const ticket = put(queue, 'expired', { expiresAtMs: 10 })
    expect(queue.take(10)).toBeUndefined()
    expect(queue.cancel(ticket)).toBe(true)
    expect(queue.expire(1_000)).toEqual([])
  })

  it('drains everything in the order of take, what expired too', () => {
    const queue = create(10)
    put(queue, 'low', { priority: 'low' })
    put(queue, 'expired', { expiresAtMs: 10 })
    put(queue, 'normal', { lane: 'b' })
    put(queue, 'high', { priority: 'high', lane: 'c' })
    expect(queue.take(10, (head) => head.lane === 'nowhere')).toBeUndefined()
    expect(queue.drain().map((ticket) => ticket.value)).toEqual(['high', 'expired', 'normal', 'low'])
    expect(queue.depth).toBe(0)
    expect(queue.drain()).toEqual([])
    expect(queue.expire(60_000)).toEqual([])
    put(queue, 'after')
    expect(takeAll(queue)).toEqual(['after'])
  })

  it('counts what waits, by priority', () => {
    const queue = create(10)
    const counts = (): Readonly<Record<Priority, number>> => ({ ...queue.byPriority })
    put(queue, '1', { priority: 'low' })
    put(queue, '2', { priority: 'low' })
    put(queue, '3', { priority: 'critical' })
    expect(counts()).toEqual({ critical: 1, high: 0, normal: 0, low: 2 })
    queue.take(0)
    expect(counts()).toEqual({ critical: 0, high: 0, normal: 0, low: 2 })
  })

  it('knows when the oldest waiting message came, behind one that came back too', () => {
    const queue = create(10)
    const first = put(queue, '1', { nowMs: 100 })
    put(queue, '2', { nowMs: 200, lane: 'b' })
    put(queue, '3', { nowMs: 150 })
    expect(queue.oldestAtMs()).toBe(100)
    queue.cancel(first)
    put(queue, '1 again', { nowMs: 300, sequence: first.sequence })
    expect(queue.oldestAtMs()).toBe(150)
  })
}
