import type { SignalboxError } from '../../core/errors.ts'
import { isBudgetStop, sentenceOf } from '../error-envelope.ts'
import { writeEvent } from '../sse.ts'

const typesByStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
}

function typeOf(error: SignalboxError): string {
  if (isBudgetStop(error)) return 'billing_error'
  return typesByStatus[error.httpStatus] ?? (error.httpStatus < 500 ? 'invalid_request_error' : 'api_error')
}

function envelope(error: SignalboxError, traceId: string, message: string): string {
  return JSON.stringify({
    type: 'error',
    error: { type: typeOf(error), message },
    request_id: traceId,
  })
}

/** @param message other words than ours, for clients that read them. */
export function anthropicErrorBody(
  error: SignalboxError,
  traceId: string,
  message = sentenceOf(error),
): Buffer {
  return Buffer.from(envelope(error, traceId, message))
}

/** Nothing follows it: a `message_stop` would make a clean end of it. */
export function anthropicErrorEvent(
  error: SignalboxError,
  traceId: string,
  message = sentenceOf(error),
): Buffer {
  return writeEvent('error', envelope(error, traceId, message))
}
