import type { CancelSignal } from './cancellation.ts'

/**
 * Time comes in through this interface, never through `Date.now` or `setTimeout`: the same engine then runs
 * on the real clock, in tests and in the simulator. Two clocks: `now` for durations and deadlines (monotonic),
 * `wallNow` only for what people and other machines read (logs, dates).
 */
export interface Clock {
  /** Milliseconds with a fraction since an arbitrary start; never goes back. */
  now(): number
  /** Milliseconds since 1970; may jump. */
  wallNow(): number
  /**
   * Runs `run` once, `delayMs` from now (clamped to 0 … 2^31−1: beyond that Node would fire at once).
   * A `background` timer does not keep the process alive.
   */
  after(delayMs: number, run: () => void, options?: { readonly background?: boolean }): Timer
}

export interface Timer {
  cancel(): void
}

/** The longest delay that Node's timers take; longer ones would fire at once. */
export const DELAY_MS_MAX = 2 ** 31 - 1

export function clampDelayMs(delayMs: number): number {
  return delayMs > 0 ? Math.min(delayMs, DELAY_MS_MAX) : 0
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after(delayMs, run, options) {
    const handle = setTimeout(run, clampDelayMs(delayMs))
    if (options?.background) handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Runs `run` every `intervalMs`, in the background, until cancelled. */
export function every(clock: Clock, intervalMs: number, run: () => void): Timer {
  let timer = clock.after(intervalMs, tick, { background: true })
  let stopped = false
  function tick(): void {
    run()
    if (!stopped) timer = clock.after(intervalMs, tick, { background: true })
  }
  return {
    cancel() {
      stopped = true
      timer.cancel()
    },
  }
}

/** Resolves after `delayMs`; rejects with the signal's reason when it is aborted before. */
export function sleep(clock: Clock, delayMs: number, signal?: CancelSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const onAbort = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
