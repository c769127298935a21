import type { Random } from '../../core/random.ts'

/**
 * How a simulated call goes wrong. With `afterTokens` it does so in the middle of a stream, after so many tokens;
 * without, or when no stream was asked for, before anything of the reply has come.
 */
export type SimulatedFaultKind =
  /** An error reply of this status, in the vendor's envelope. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterS?: number }
  /** The connection breaks. */
  | { readonly kind: 'reset'; readonly afterTokens?: number }
  /** Nothing more comes until the time is up. */
  | { readonly kind: 'stall'; readonly afterTokens?: number }
  /** The reply ends too soon, as if all were well. */
  | { readonly kind: 'truncate'; readonly afterTokens?: number }
  /** The stream says `overloaded_error`; without a stream it is a reply of status 529. */
  | { readonly kind: 'error-event'; readonly afterTokens?: number }

/** @property at which call of the worker it befalls, counted from 1. */
export type SimulatedFault = SimulatedFaultKind & { readonly at: number }

/** What workers' failures are made of, in equal parts: a fault of the server, an overload, a broken connection. */
const mix: readonly SimulatedFaultKind[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 529 },
  { kind: 'reset' },
]

/** Draws twice whatever comes out, so that a call's fate does not shift that of later ones. */
export function drawFault(failureRate: number, random: Random): SimulatedFaultKind | undefined {
  const fails = random.next() < failureRate
  const which = mix[Math.floor(random.next() * mix.length)]
  return fails ? which : undefined
}

export function errorTypeOf(status: number): string {
  return errorTypes[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')
}

const errorTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}
