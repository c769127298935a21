/**
 * Whose turn? A message takes a free slot at once, or waits in the queue until one of its workers comes free. The
 * queue is served when a slot comes free and, while anybody waits, every TICK_MS: for those whose time is up, whose
 * pool went down, or who may spill to another pool by now. Every waiter gets an answer: a lease or a typed error.
 */
import type { CancelSignal } from '../core/cancellation.ts'
import type { Clock, Timer } from '../core/clock.ts'
import type { QueueStatus } from '../core/engine.ts'
import { type ErrorCode, SignalboxError } from '../core/errors.ts'
import type { MessageQueue } from '../queue/queue.ts'
import type { Lease } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'
import { createRate } from './rate.ts'
import type { Cause, Seeker, Selector } from './select.ts'

const TICK_MS = 50
const WAIT_SHARE = 0.05
const RETRY_AFTER_MIN_MS = 1_000
const RETRY_AFTER_MAX_MS = 60_000

export interface Seat {
  readonly lease: Lease
  readonly cause: Cause
}

/** A message that looks for a worker. The sequence keeps its place in line when it comes back. */
export interface Applicant extends Seeker {
  readonly traceId: string
  readonly signal: CancelSignal
  sequence: number | undefined
}

export interface LineOptions {
  readonly queue: MessageQueue<Waiter>
  readonly selector: Selector
  readonly clock: Clock
  /** Takes the slot. */
  readonly acquire: (member: Member, tokens: number) => Lease
  /** When a plan's workers may be back, for retry-after. */
  readonly backInMs: (applicant: Applicant) => number | undefined
  readonly onQueued: (applicant: Applicant) => void
  /** A message was turned away: refused, displaced, or expired. */
  readonly onShed: (applicant: Applicant, code: ErrorCode) => void
  readonly onTaken: () => void
}

export interface Waiter {
  readonly applicant: Applicant
  readonly resolve: (seat: Seat) => void
  readonly reject: (error: unknown) => void
}

export class Line {
  readonly #options: LineOptions
  readonly #rate = createRate()
  #averageWaitMs = 0
  #ticker: Timer | undefined

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** A seat at once, or a promise of one. @throws SignalboxError no-worker, queue-full. */
  enter(applicant: Applicant): Seat | Promise<Seat> {
    const nowMs = this.#options.clock.now()
    const selection = this.#options.selector.select(applicant, nowMs)
    if (selection === 'none') throw this.#noWorker(applicant)
    if (selection === 'busy') return this.#wait(applicant, nowMs)
    return this.#seat(applicant, selection.member, selection.cause, 0, nowMs)
  }

  /** Serves the queue: called whenever a worker comes free. */
  serve(): void {
    const { queue, clock, selector } = this.#options
    while (queue.depth > 0) {
      const nowMs = clock.now()
      const ticket = queue.take(nowMs, (head) => selector.canGo(head.value.applicant, nowMs))
      if (!ticket) return
      const { applicant, resolve, reject } = ticket.value
      const selection = selector.select(applicant, nowMs)
      if (selection === 'busy') throw new SignalboxError('invariant-violated', 'a head that could go cannot')
      if (selection === 'none') reject(this.#noWorker(applicant))
      else
        resolve(this.#seat(applicant, selection.member, selection.cause, nowMs - ticket.enqueuedAtMs, nowMs))
    }
  }

  status(): QueueStatus {
    const { queue, clock } = this.#options
    const nowMs = clock.now()
    const oldestAtMs = queue.oldestAtMs()
    return {
      depth: queue.depth,
      capacity: queue.capacity,
      byPriority: queue.byPriority,
      oldestMs: oldestAtMs === undefined ? 0 : nowMs - oldestAtMs,
      averageWaitMs: this.#averageWaitMs,
      perSecond: this.#rate.perSecond(nowMs),
    }
  }

  /** Sends everybody home who still waits. */
  close(): void {
    this.#ticker?.cancel()
    this.#ticker = undefined
    for (const ticket of this.#options.queue.drain())
      ticket.value.reject(
        new SignalboxError('draining', 'this process is shutting down.', {
          retryAfterMs: RETRY_AFTER_MIN_MS,
        }),
      )
  }

  /** When it is worth coming back: what waits now at the present pace. */
  retryAfterMs(): number {
    const { queue, clock } = this.#options
    const perSecond = Math.max(this.#rate.perSecond(clock.now()), 0.1)
    return clampRetryAfter((queue.depth / perSecond) * 1_000)
  }

  #seat(applicant: Applicant, member: Member, cause: Cause, waitMs: number, nowMs: number): Seat {
    this.#averageWaitMs += (waitMs - this.#averageWaitMs) * WAIT_SHARE
    this.#rate.count(nowMs)
    return { lease: this.#options.acquire(member, applicant.message.workTokens), cause }
  }

  #wait(applicant: Applicant, nowMs: number): Promise<Seat> {
    const { queue, onTaken, onQueued } = this.#options
    const { priority } = applicant.message
    return new Promise((resolve, reject) => {
      const settle = <Value>(then: (value: Value) => void) => {
        return (value: Value): void => {
          applicant.signal.removeEventListener('abort', onAbort)
          then(value)
        }
      }
      const waiter: Waiter = { applicant, resolve: settle(resolve), reject: settle(reject) }
      const { plan, sequence, expiresAtMs } = applicant
      const placement = {
        lane: plan.key,
        priority,
        nowMs,
        expiresAtMs,
        ...(sequence !== undefined && { sequence }),
      }
      const enqueued = queue.enqueue(waiter, placement)
      if (enqueued.kind === 'refused') {
        reject(this.#shed(applicant, enqueued.code === 'expired' ? expired(applicant) : this.#full()))
        return
      }
      const { ticket, displaced } = enqueued
      const onAbort = (): void => {
        if (queue.cancel(ticket)) reject(applicant.signal.reason)
      }
      applicant.sequence = ticket.sequence
      applicant.signal.addEventListener('abort', onAbort, { once: true })
      if (displaced) displaced.value.reject(this.#shed(displaced.value.applicant, this.#displaced()))
      else onTaken()
      onQueued(applicant)
      this.#ticker ??= this.#options.clock.after(TICK_MS, () => this.#tick())
    })
  }

  #tick(): void {
    const { queue, clock } = this.#options
    for (const ticket of queue.expire(clock.now())) this.#expire(ticket.value)
    this.serve()
    this.#ticker = queue.depth > 0 ? clock.after(TICK_MS, () => this.#tick()) : undefined
  }

  #expire({ applicant, reject }: Waiter): void {
    reject(this.#shed(applicant, expired(applicant)))
  }

  #shed(applicant: Applicant, error: SignalboxError): SignalboxError {
    this.#options.onShed(applicant, error.code)
    return error
  }

  #full(): SignalboxError {
    const waiting = this.#options.queue.depth
    return new SignalboxError('queue-full', `the queue is full (${waiting} messages wait).`, {
      retryAfterMs: this.retryAfterMs(),
    })
  }

  #displaced(): SignalboxError {
    const sentence = 'the queue is full and a message of higher priority took the place.'
    return new SignalboxError('displaced', sentence, { retryAfterMs: this.retryAfterMs() })
  }

  #noWorker(applicant: Applicant): SignalboxError {
    const { kind, name } = applicant.plan
    const retryAfterMs = clampRetryAfter(this.#options.backInMs(applicant) ?? RETRY_AFTER_MIN_MS)
    return new SignalboxError('no-worker', `no worker of ${kind} "${name}" can answer now.`, { retryAfterMs })
  }
}

export function clampRetryAfter(delayMs: number): number {
  return Math.min(Math.max(delayMs, RETRY_AFTER_MIN_MS), RETRY_AFTER_MAX_MS)
}

function expired(applicant: Applicant): SignalboxError {
  const { priority } = applicant.message
  return new SignalboxError(
    'expired',
    `no worker came free within the time that ${priority} messages wait.`,
    {
      retryAfterMs: RETRY_AFTER_MIN_MS,
    },
  )
}
