import type { Priority } from '../core/message.ts'

/** A waiting message's place. Frozen facts; the queue keeps its own links elsewhere. */
export interface Ticket<Value> {
  readonly value: Value
  /** Messages of one lane may go to the same workers. */
  readonly lane: string
  readonly priority: Priority
  /** Order of arrival over all lanes. A ticket that comes back (a retry) keeps its number, and so its place. */
  readonly sequence: number
  readonly enqueuedAtMs: number
  readonly expiresAtMs: number
}

export interface Placement {
  readonly lane: string
  readonly priority: Priority
  readonly nowMs: number
  readonly expiresAtMs: number
  /** The number of an earlier ticket of the same message: it goes back to its old place. */
  readonly sequence?: number
}

export type Enqueued<Value> =
  /** `displaced` lost its place to this one: its waiter must be told. */
  | { readonly kind: 'queued'; readonly ticket: Ticket<Value>; readonly displaced?: Ticket<Value> }
  | { readonly kind: 'refused'; readonly code: 'queue-full' | 'expired' }

/**
 * Whose turn is it? Time comes in with each call; nothing here waits, so a queue can be model-tested and simulated.
 * Every ticket leaves exactly once: by take, cancel, expire, drain, or as `displaced`.
 */
export interface MessageQueue<Value> {
  readonly capacity: number
  readonly depth: number
  readonly byPriority: Readonly<Record<Priority, number>>
  /** Full: the newest of the lowest priority below the arrival's makes room, else the arrival is refused. */
  enqueue(value: Value, placement: Placement): Enqueued<Value>
  /**
   * The first message by priority, then by sequence, among the heads (one a lane and priority) that are `eligible`;
   * all are when it is left out. Never one that has expired.
   */
  take(nowMs: number, eligible?: (head: Ticket<Value>) => boolean): Ticket<Value> | undefined
  /** What `take` would give, left in place. */
  peek(nowMs: number, eligible?: (head: Ticket<Value>) => boolean): Ticket<Value> | undefined
  /** @returns false when it is not waiting any more. */
  cancel(ticket: Ticket<Value>): boolean
  /** Removes what has expired, at most a tick (50 ms) after its time. */
  expire(nowMs: number): readonly Ticket<Value>[]
  /** Removes everything, in the order of `take`. */
  drain(): readonly Ticket<Value>[]
  /** When the oldest waiting message came; undefined when none waits. */
  oldestAtMs(): number | undefined
}
