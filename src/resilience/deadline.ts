import { Cancellation, type CancelSignal } from '../core/cancellation.ts'
import type { Clock, Timer } from '../core/clock.ts'
import { SignalboxError } from '../core/errors.ts'

/** How long an answer is of use: relative milliseconds from outside, an absolute moment within, one signal for all steps. */
export interface Deadline {
  /** 0 when it has passed, Infinity where there is none. */
  remainingMs(): number
  readonly expired: boolean
  /**
   * Aborts with a SignalboxError `deadline-exceeded` when the deadline passes. When the outer signal aborts: with its
   * reason where that is a SignalboxError, else with `cancelled`.
   */
  readonly signal: CancelSignal
  /** Ends it by hand, with the reason that everybody who waits is told. */
  abort(reason: SignalboxError): void
  /** Lets go of timer and outer signal; the own signal stays as it is. */
  dispose(): void
}

/**
 * @param limitMs from now; undefined or Infinity for no deadline, and then there is no timer.
 * @param outer aborts when the caller goes away.
 * @throws RangeError when `limitMs` is not a number.
 */
export function createDeadline(clock: Clock, limitMs: number | undefined, outer?: CancelSignal): Deadline {
  const lengthMs = limitMs ?? Number.POSITIVE_INFINITY
  if (Number.isNaN(lengthMs)) throw new RangeError('a deadline must be a number of milliseconds')
  return new RunningDeadline(clock, lengthMs, outer)
}

/** A class and no frozen object: freezing one that has accessors makes a new hidden class, 0.8 KB that stay, each time. */
class RunningDeadline implements Deadline {
  readonly signal = new Cancellation()
  readonly #clock: Clock
  readonly #lengthMs: number
  readonly #endMs: number
  readonly #outer: CancelSignal | undefined
  #onOuterAbort: (() => void) | undefined
  #timer: Timer | undefined

  constructor(clock: Clock, lengthMs: number, outer: CancelSignal | undefined) {
    this.#clock = clock
    this.#lengthMs = lengthMs
    this.#endMs = clock.now() + lengthMs
    this.#outer = outer
    if (outer?.aborted) {
      this.#leave(outer.reason)
      return
    }
    if (outer) {
      this.#onOuterAbort = () => this.#leave(outer.reason)
      outer.addEventListener('abort', this.#onOuterAbort, { once: true })
    }
    if (lengthMs !== Number.POSITIVE_INFINITY) this.#wait()
  }

  remainingMs(): number {
    return Math.max(0, this.#endMs - this.#clock.now())
  }

  get expired(): boolean {
    return this.remainingMs() === 0
  }

  abort(reason: SignalboxError): void {
    this.dispose()
    this.signal.abort(reason)
  }

  dispose(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#onOuterAbort) this.#outer?.removeEventListener('abort', this.#onOuterAbort)
    this.#onOuterAbort = undefined
  }

  #leave(reason: unknown): void {
    if (SignalboxError.is(reason)) this.abort(reason)
    else this.abort(new SignalboxError('cancelled', 'the caller went away', { cause: reason }))
  }

  /** Timers may fire a little early, and none is longer than 24 days: then it waits for the rest. */
  #wait(): void {
    const leftMs = this.remainingMs()
    if (leftMs > 0) this.#timer = this.#clock.after(leftMs, () => this.#wait(), { background: true })
    else this.abort(new SignalboxError('deadline-exceeded', `no answer within ${this.#lengthMs} ms`))
  }
}
