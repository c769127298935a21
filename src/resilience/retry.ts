import type { Random } from '../core/random.ts'

/** When to try again, as numbers: nothing here waits. */
export interface Backoff {
  readonly baseMs: number
  readonly capMs: number
}

export const backoffDefaults: Backoff = Object.freeze({ baseMs: 250, capMs: 20_000 })

/**
 * Exponential backoff with full jitter (Brooker, "Exponential Backoff And Jitter", AWS 2015): uniform between 0 and
 * the doubled base, so that messages that failed together do not come back together.
 * @param attempt the number of the attempt that failed, from 1.
 */
export function backoffMs(attempt: number, random: Random, backoff: Backoff = backoffDefaults): number {
  return random.next() * Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1))
}

/** Whoever asks for more is not waited for, deadline or not: vendors' headers have asked for days. */
export const RETRY_WAIT_MS_MAX = 60_000

export interface FailedAttempt {
  /** The number of the attempt that failed, from 1. */
  readonly attempt: number
  /** What the worker asked for. */
  readonly retryAfterMs: number | undefined
  /** What is left of the message's deadline; Infinity without one. */
  readonly remainingMs: number
  readonly random: Random
}

/**
 * How long to wait before the same worker may be tried again: what it asked for, else a backoff. undefined when no
 * time would be left after the wait, or the wait is longer than anybody's patience: then go elsewhere or fail now.
 */
export function nextDelayMs(failed: FailedAttempt, backoff: Backoff = backoffDefaults): number | undefined {
  const { attempt, retryAfterMs, remainingMs, random } = failed
  const asked = retryAfterMs !== undefined && retryAfterMs >= 0 ? retryAfterMs : undefined
  const delayMs = asked ?? backoffMs(attempt, random, backoff)
  return delayMs < remainingMs && delayMs <= RETRY_WAIT_MS_MAX ? delayMs : undefined
}
