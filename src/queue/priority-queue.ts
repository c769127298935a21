import { type Priority, priorities } from '../core/message.ts'
import { Entry, entryOf } from './entry.ts'
import { Lane, rankOf } from './lane.ts'
import type { Enqueued, MessageQueue, Placement, Ticket } from './queue.ts'
import { TimingWheel } from './timing-wheel.ts'
import type { TurnList } from './turn-list.ts'

const queueFull = Object.freeze({ kind: 'refused', code: 'queue-full' } as const)
const alreadyExpired = Object.freeze({ kind: 'refused', code: 'expired' } as const)

/**
 * The queue in memory. Lanes × priorities, each a linked list in order of turn; a timing wheel knows who has waited
 * too long. enqueue and cancel are O(1); take, peek and displacement look at the ends of the lists: O(lanes).
 *
 * Invariant: a ticket that has not left is either in one list of one lane, or set aside: an expired head that `take`
 * met stands aside until the next `expire`, so that its waiter is told. Both count in `depth`.
 *
 * @throws RangeError when `capacity` is not a whole number from 0 up.
 */
export function createPriorityQueue<Value>(options: { readonly capacity: number }): MessageQueue<Value> {
  const { capacity } = options
  if (!Number.isSafeInteger(capacity) || capacity < 0) {
    throw new RangeError(`queue capacity must be a whole number from 0 up, not ${capacity}`)
  }
  return new PriorityQueue<Value>(capacity)
}

class PriorityQueue<Value> implements MessageQueue<Value> {
  readonly capacity: number
  readonly #lanes: Lane<Value>[] = []
  readonly #laneByName = new Map<string, Lane<Value>>()
  readonly #wheel = new TimingWheel<Entry<Value>>()
  readonly #setAside = new Set<Entry<Value>>()
  /** By rank. */
  readonly #counts = priorities.map(() => 0)
  #depth = 0
  #nextSequence = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get depth(): number {
    return this.#depth
  }

  get byPriority(): Readonly<Record<Priority, number>> {
    const [critical = 0, high = 0, normal = 0, low = 0] = this.#counts
    return { critical, high, normal, low }
  }

  enqueue(value: Value, placement: Placement): Enqueued<Value> {
    // Written so that a time that is no number counts as past.
    if (!(placement.expiresAtMs > placement.nowMs)) return alreadyExpired
    const sequence = placement.sequence ?? this.#nextSequence
    if (!Number.isSafeInteger(sequence)) throw new RangeError(`no sequence number: ${sequence}`)
    let displaced: Entry<Value> | undefined
    if (this.#depth >= this.capacity) {
      displaced = this.#newestBelow(rankOf[placement.priority])
      if (!displaced) return queueFull
      this.#remove(displaced)
    }
    this.#nextSequence = Math.max(this.#nextSequence, sequence + 1)
    const entry = new Entry(this, value, placement, sequence)
    this.#admit(entry, placement)
    if (!displaced) return { kind: 'queued', ticket: entry.ticket }
    return { kind: 'queued', ticket: entry.ticket, displaced: displaced.ticket }
  }

  take(nowMs: number, eligible?: (head: Ticket<Value>) => boolean): Ticket<Value> | undefined {
    const first = this.#first(nowMs, eligible)
    if (first) this.#remove(first)
    return first?.ticket
  }

  peek(nowMs: number, eligible?: (head: Ticket<Value>) => boolean): Ticket<Value> | undefined {
    return this.#first(nowMs, eligible)?.ticket
  }

  cancel(ticket: Ticket<Value>): boolean {
    const entry = entryOf(ticket)
    if (!entry || entry.owner !== this) return false
    if (!entry.lane && !this.#setAside.has(entry)) return false
    this.#remove(entry)
    return true
  }

  expire(nowMs: number): readonly Ticket<Value>[] {
    const expired: Ticket<Value>[] = []
    for (const entry of this.#setAside) {
      this.#remove(entry)
      expired.push(entry.ticket)
    }
    this.#wheel.advance(nowMs, (entry) => {
      this.#remove(entry)
      expired.push(entry.ticket)
    })
    return expired
  }

  drain(): readonly Ticket<Value>[] {
    const entries = [...this.#setAside]
    for (const lane of this.#lanes) {
      for (const list of lane.lists) {
        for (let entry = list.head; entry; entry = entry.next) entries.push(entry)
      }
    }
    for (const entry of entries) this.#remove(entry)
    return entries.map((entry) => entry.ticket).sort(byTurn)
  }

  oldestAtMs(): number | undefined {
    let oldestMs = Number.POSITIVE_INFINITY
    for (const entry of this.#setAside) oldestMs = Math.min(oldestMs, entry.ticket.enqueuedAtMs)
    for (const lane of this.#lanes) {
      for (const list of lane.lists) {
        let entry = list.head
        // What came back was put here later than the first that did not, though it stands before it.
        for (; entry?.returned; entry = entry.next) oldestMs = Math.min(oldestMs, entry.ticket.enqueuedAtMs)
        if (entry) oldestMs = Math.min(oldestMs, entry.ticket.enqueuedAtMs)
      }
    }
    return oldestMs === Number.POSITIVE_INFINITY ? undefined : oldestMs
  }

  #admit(entry: Entry<Value>, placement: Placement): void {
    const rank = rankOf[placement.priority]
    let lane = this.#laneByName.get(placement.lane)
    if (!lane) {
      lane = new Lane(placement.lane, this.#lanes.length)
      this.#laneByName.set(lane.name, lane)
      this.#lanes.push(lane)
    }
    entry.lane = lane
    lane.depth++
    listOf(lane, rank).insert(entry)
    this.#wheel.add(entry, placement.nowMs)
    this.#count(rank, 1)
  }

  /** The first by priority, then by number, among the heads that are live and eligible. */
  #first(nowMs: number, eligible?: (head: Ticket<Value>) => boolean): Entry<Value> | undefined {
    for (let rank = 0; rank < priorities.length; rank++) {
      if (this.#counts[rank] === 0) continue
      let first: Entry<Value> | undefined
      // Downwards, because a lane that runs empty gives its index to the last one.
      for (let index = this.#lanes.length - 1; index >= 0; index--) {
        const lane = this.#lanes[index]
        const head = lane && this.#liveHead(lane, rank, nowMs)
        if (!head || (first && first.ticket.sequence < head.ticket.sequence)) continue
        if (!eligible || eligible(head.ticket)) first = head
      }
      if (first) return first
    }
    return undefined
  }

  /** Each expired head is set aside once, so the loop costs O(1) a message over its life. */
  #liveHead(lane: Lane<Value>, rank: number, nowMs: number): Entry<Value> | undefined {
    const list = listOf(lane, rank)
    let head = list.head
    while (head && head.expiresAtMs <= nowMs) {
      this.#leaveLane(head)
      this.#setAside.add(head)
      head = list.head
    }
    return head
  }

  #newestBelow(rank: number): Entry<Value> | undefined {
    for (let lower = priorities.length - 1; lower > rank; lower--) {
      if (this.#counts[lower] === 0) continue
      let newest: Entry<Value> | undefined
      for (const lane of this.#lanes) {
        const tail = listOf(lane, lower).tail
        if (tail && (!newest || tail.ticket.sequence > newest.ticket.sequence)) newest = tail
      }
      if (newest) return newest
    }
    return undefined
  }

  #remove(entry: Entry<Value>): void {
    if (entry.lane) this.#leaveLane(entry)
    else this.#setAside.delete(entry)
    this.#count(rankOf[entry.ticket.priority], -1)
  }

  #leaveLane(entry: Entry<Value>): void {
    const lane = entry.lane
    if (!lane) return
    listOf(lane, rankOf[entry.ticket.priority]).remove(entry)
    this.#wheel.remove(entry)
    entry.lane = undefined
    lane.depth--
    if (lane.depth === 0) this.#drop(lane)
  }

  #drop(lane: Lane<Value>): void {
    this.#laneByName.delete(lane.name)
    const last = this.#lanes.pop()
    if (!last || last === lane) return
    this.#lanes[lane.index] = last
    last.index = lane.index
  }

  #count(rank: number, change: 1 | -1): void {
    this.#counts[rank] = (this.#counts[rank] ?? 0) + change
    this.#depth += change
  }
}

function listOf<Value>(lane: Lane<Value>, rank: number): TurnList<Value> {
  const list = lane.lists[rank]
  if (!list) throw new RangeError(`no priority of rank ${rank}`)
  return list
}

function byTurn(one: Ticket<unknown>, other: Ticket<unknown>): number {
  return rankOf[one.priority] - rankOf[other.priority] || one.sequence - other.sequence
}
