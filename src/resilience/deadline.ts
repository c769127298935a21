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
  readonly signal: AbortSignal
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
export function createDeadline(clock: Clock, limitMs: number | undefined, outer?: AbortSignal): Deadline {
  const lengthMs = limitMs ?? Number.POSITIVE_INFINITY
  if (Number.isNaN(lengthMs)) throw new RangeError('a deadline must be a number of milliseconds')
  const endMs = clock.now() + lengthMs
  const controller = new AbortController()
  let timer: Timer | undefined

  const remainingMs = (): number => Math.max(0, endMs - clock.now())

  function abort(error: SignalboxError): void {
    dispose()
    controller.abort(error)
  }

  function onOuterAbort(): void {
    const reason: unknown = outer?.reason
    if (SignalboxError.is(reason)) abort(reason)
    else abort(new SignalboxError('cancelled', 'the caller went away', { cause: reason }))
  }

  /** Timers may fire a little early, and none is longer than 24 days: then it waits for the rest. */
  function wait(): void {
    if (remainingMs() > 0) timer = clock.after(remainingMs(), wait, { background: true })
    else abort(new SignalboxError('deadline-exceeded', `no answer within ${lengthMs} ms`))
  }

  function dispose(): void {
    timer?.cancel()
    timer = undefined
    outer?.removeEventListener('abort', onOuterAbort)
  }

  if (outer?.aborted) onOuterAbort()
  else {
    outer?.addEventListener('abort', onOuterAbort, { once: true })
    if (endMs !== Number.POSITIVE_INFINITY) wait()
  }

  return Object.freeze({
    remainingMs,
    get expired() {
      return remainingMs() === 0
    },
    signal: controller.signal,
    abort,
    dispose,
  })
}
