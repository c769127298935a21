import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Priority, priorities } from '../core/message.ts'
import { createPriorityQueue } from './priority-queue.ts'
import { describeQueue } from './queue.suite.ts'
import type { MessageQueue, Placement, Ticket } from './queue.ts'

describeQueue('the queue in memory', (capacity) => createPriorityQueue<string>({ capacity }))

describe('createPriorityQueue', () => {
  it('refuses a capacity that is no bound', () => {
    for (const capacity of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => createPriorityQueue({ capacity })).toThrow(RangeError)
    }
  })

  it('refuses a sequence number that has no order', () => {
    const queue = createPriorityQueue<string>({ capacity: 1 })
    const placement: Placement = {
      lane: 'a',
      priority: 'low',
      nowMs: 0,
      expiresAtMs: 1,
      sequence: Number.NaN,
    }
    expect(() => queue.enqueue('1', placement)).toThrow(RangeError)
    expect(queue.depth).toBe(0)
  })

  it('is as quick as ever after thousands of lanes have come and gone', { timeout: 2_000 }, () => {
    const queue = createPriorityQueue<number>({ capacity: 10 })
    // Lanes that stayed would make this 900 million looks at empty lists.
    for (let value = 0; value < 30_000; value++) {
      queue.enqueue(value, { lane: `lane ${value}`, priority: 'low', nowMs: 0, expiresAtMs: 1 })
      expect(queue.take(0)?.value).toBe(value)
    }
  })

  it('gives tickets that nobody can change', () => {
    const queue = createPriorityQueue<string>({ capacity: 1 })
    const enqueued = queue.enqueue('1', { lane: 'a', priority: 'low', nowMs: 0, expiresAtMs: 1 })
    expect(enqueued.kind === 'queued' && Object.isFrozen(enqueued.ticket)).toBe(true)
  })
})

/** What waits, in no order: everything that a queue promises can be said of this list. */
interface Model {
  nowMs: number
  readonly capacity: number
  waiting: Ticket<number>[]
  /** Numbers of messages that were taken and may come back. */
  readonly taken: Ticket<number>[]
  /** How often each value has left. */
  readonly left: Map<number, number>
  nextValue: number
}

type Command = fc.Command<Model, MessageQueue<number>>

function command(name: string, run: (model: Model, queue: MessageQueue<number>) => void): Command {
  return {
    check: () => true,
    run(model, queue) {
      run(model, queue)
      expectSame(model, queue)
    },
    toString: () => name,
  }
}

function expectSame(model: Model, queue: MessageQueue<number>): void {
  expect(queue.depth).toBe(model.waiting.length)
  expect(queue.depth).toBeLessThanOrEqual(model.capacity)
  for (const priority of priorities) {
    expect(queue.byPriority[priority]).toBe(model.waiting.filter((one) => one.priority === priority).length)
  }
  const oldestAtMs = Math.min(...model.waiting.map((one) => one.enqueuedAtMs))
  expect(queue.oldestAtMs()).toBe(model.waiting.length === 0 ? undefined : oldestAtMs)
}

/** Takes the ticket out of the model: it must have been in it, so nothing leaves twice. */
function leave(model: Model, ticket: Ticket<number>): void {
  expect(model.waiting).toContain(ticket)
  model.waiting = model.waiting.filter((one) => one !== ticket)
  model.left.set(ticket.value, (model.left.get(ticket.value) ?? 0) + 1)
}

const rank = (ticket: Ticket<number>): number => priorities.indexOf(ticket.priority)

function byTurn(one: Ticket<number>, other: Ticket<number>): number {
  return rank(one) - rank(other) || one.sequence - other.sequence
}

/** The first of each lane and priority, without those that expired. */
function liveHeads(model: Model): Ticket<number>[] {
  const live = model.waiting.filter((one) => one.expiresAtMs > model.nowMs).sort(byTurn)
  return live.filter((one, index) => {
    const before = live.slice(0, index)
    return !before.some((other) => other.lane === one.lane && other.priority === one.priority)
  })
}

function enqueue(model: Model, queue: MessageQueue<number>, placement: Placement): void {
  const value = model.nextValue++
  const enqueued = queue.enqueue(value, placement)
  const full = model.waiting.length >= model.capacity
  const below = model.waiting.filter((one) => rank(one) > priorities.indexOf(placement.priority)).sort(byTurn)
  // One that expired already may go first or be passed over: only those that live have a claim.
  const victim = below.filter((one) => one.expiresAtMs > model.nowMs).sort(newestOfLowestFirst)[0]
  if (enqueued.kind === 'refused') {
    if (enqueued.code === 'expired') expect(placement.expiresAtMs).toBeLessThanOrEqual(placement.nowMs)
    else expect({ full, victim }).toEqual({ full: true, victim: undefined })
    return
  }
  expect(placement.expiresAtMs).toBeGreaterThan(placement.nowMs)
  const { ticket, displaced } = enqueued
  expect(displaced !== undefined).toBe(full)
  if (displaced) {
    expect(below).toContain(displaced)
    if (displaced.expiresAtMs > model.nowMs) expect(displaced).toBe(victim)
    leave(model, displaced)
  }
  expect(ticket).toMatchObject({ value, lane: placement.lane, priority: placement.priority })
  if (placement.sequence === undefined) {
    for (const other of model.waiting) expect(ticket.sequence).toBeGreaterThan(other.sequence)
  } else expect(ticket.sequence).toBe(placement.sequence)
  model.waiting.push(ticket)
}

function newestOfLowestFirst(one: Ticket<number>, other: Ticket<number>): number {
  return rank(other) - rank(one) || other.sequence - one.sequence
}

const lanes = ['a', 'b', 'c'] as const
const lane = fc.constantFrom(...lanes)
const priority = fc.constantFrom<Priority>(...priorities)
const ttlMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 3_000 }) },
  fc.constantFrom(0, 204_800, 600_000, Number.POSITIVE_INFINITY),
)
const stepMs = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
  fc.constantFrom(50, 1_000, 204_800, 500_000),
)

const commands = [
  fc.tuple(lane, priority, ttlMs).map(([lane, priority, ttl]) =>
    command(`enqueue ${lane} ${priority} for ${ttl}`, (model, queue) => {
      enqueue(model, queue, { lane, priority, nowMs: model.nowMs, expiresAtMs: model.nowMs + ttl })
    }),
  ),
  fc.tuple(lane, ttlMs, fc.nat()).map(([lane, ttl, which]) =>
    command(`come back to ${lane}`, (model, queue) => {
      const ticket = model.taken.splice(which % (model.taken.length || 1), 1)[0]
      if (!ticket) return
      const { nowMs } = model
      const { priority, sequence } = ticket
      enqueue(model, queue, { lane, priority, sequence, nowMs, expiresAtMs: nowMs + ttl })
    }),
  ),
  fc.tuple(fc.subarray([...lanes]), fc.boolean()).map(([open, filtered]) =>
    command(`take ${filtered ? `from ${open.join(' ')}` : ''}`, (model, queue) => {
      const eligible = (head: Ticket<number>): boolean => open.some((name) => name === head.lane)
      const heads = liveHeads(model).filter((head) => !filtered || eligible(head))
      const asked = filtered ? eligible : undefined
      expect(queue.peek(model.nowMs, asked)).toBe(heads[0])
      const ticket = queue.take(model.nowMs, asked)
      expect(ticket).toBe(heads[0])
      if (!ticket) return
      leave(model, ticket)
      model.taken.push(ticket)
    }),
  ),
  fc.nat().map((which) =>
    command('cancel', (model, queue) => {
      const ticket = model.waiting[which % (model.waiting.length || 1)]
      if (!ticket) return
      expect(queue.cancel(ticket)).toBe(true)
      leave(model, ticket)
      expect(queue.cancel(ticket)).toBe(false)
    }),
  ),
  stepMs.map((ms) =>
    command(`${ms} ms pass`, (model) => {
      model.nowMs += ms
    }),
  ),
  fc.constant(
    command('expire', (model, queue) => {
      for (const ticket of queue.expire(model.nowMs)) {
        expect(ticket.expiresAtMs).toBeLessThanOrEqual(model.nowMs)
        leave(model, ticket)
      }
      // A tick after its time at the latest.
      for (const ticket of model.waiting) expect(ticket.expiresAtMs + 50).toBeGreaterThan(model.nowMs)
    }),
  ),
  fc.constant(
    command('drain', (model, queue) => {
      const drained = queue.drain()
      expect(drained).toEqual([...model.waiting].sort(byTurn))
      for (const ticket of drained) leave(model, ticket)
    }),
  ),
]

describe('the queue in memory, under any sequence of calls', () => {
  it('does what a list would, loses nothing and doubles nothing', () => {
    const sequences = fc.commands(commands, { maxCommands: 120, size: 'max' })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), sequences, (capacity, steps) => {
        const queue = createPriorityQueue<number>({ capacity })
        const model: Model = { nowMs: 0, capacity, waiting: [], taken: [], left: new Map(), nextValue: 0 }
        fc.modelRun(() => ({ model, real: queue }), steps)
        for (const ticket of queue.drain()) leave(model, ticket)
        expect(model.waiting).toEqual([])
        for (const times of model.left.values()) expect(times).toBe(1)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps the order of arrival within a lane and priority', () => {
    const arrivals = fc.array(fc.tuple(lane, priority), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(arrivals, fc.infiniteStream(lane), (placed, wanted) => {
        const queue = createPriorityQueue<number>({ capacity: 200 })
        placed.forEach(([lane, priority], value) => {
          queue.enqueue(value, { lane, priority, nowMs: value, expiresAtMs: 1e9 })
        })
        const last = new Map<string, number>()
        let taken = 0
        // Each draw opens one lane; at the end all are.
        for (let draw = 0; taken < placed.length; draw++) {
          const open = draw < 400 ? wanted.next().value : undefined
          const ticket = queue.take(1_000, open && ((head) => head.lane === open))
          if (!ticket) continue
          const key = `${ticket.lane} ${ticket.priority}`
          expect(ticket.value).toBeGreaterThan(last.get(key) ?? -1)
          last.set(key, ticket.value)
          taken++
        }
        expect(queue.depth).toBe(0)
      }),
      { numRuns: 100 },
    )
  })
})
