import { type ErrorCode, SignalboxError } from './errors.ts'

/**
 * How an attempt ended. Expected failures are values: nothing is thrown between worker and engine but bugs.
 * `blame` says what the failure tells about: the worker (its breaker counts it), the account behind its key
 * (pause it, go elsewhere), the caller's request (never retried), or nobody (cancelled).
 */
export type Outcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'failed'
      readonly code: ErrorCode
      readonly message: string
      readonly blame: 'worker' | 'account' | 'caller'
      readonly status?: number
      readonly retryAfterMs?: number
    }

export type Failure = Extract<Outcome, { kind: 'failed' }>

export const ok: Outcome = { kind: 'ok' }
export const cancelled: Outcome = { kind: 'cancelled' }

export function failed(
  code: ErrorCode,
  message: string,
  blame: Failure['blame'],
  more: { readonly status?: number; readonly retryAfterMs?: number } = {},
): Failure {
  return { kind: 'failed', code, message, blame, ...more }
}

/** A failure at the public edge, where it is thrown or told. */
export function errorOf({ code, message, retryAfterMs }: Failure): SignalboxError {
  return new SignalboxError(code, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) })
}
