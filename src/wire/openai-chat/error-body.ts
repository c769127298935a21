import type { SignalboxError } from '../../core/errors.ts'
import { isBudgetStop, sentenceOf } from '../error-envelope.ts'
import type { JsonObject } from '../json-value.ts'
import { isOverflow } from '../overflow.ts'
import { writeData } from '../sse.ts'

const typesByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  429: 'rate_limit_error',
  503: 'service_unavailable_error',
  504: 'timeout_error',
}

function typeOf(error: SignalboxError): string {
  if (isBudgetStop(error)) return 'insufficient_quota'
  return (
    typesByStatus[error.httpStatus] ?? (error.httpStatus < 500 ? 'invalid_request_error' : 'server_error')
  )
}

/** The vendor's code where it has one for the same thing, else ours. */
function codeOf(error: SignalboxError): string {
  if (isBudgetStop(error)) return 'insufficient_quota'
  if (error.code === 'unknown-model') return 'model_not_found'
  if (error.code === 'worker-rate-limited') return 'rate_limit_exceeded'
  if (error.code === 'worker-overloaded') return 'server_is_overloaded'
  if (error.code === 'worker-refused' && isOverflow(error.message)) return 'context_length_exceeded'
  return error.code.replaceAll('-', '_')
}

/** What stands under `error` in all of the vendor's protocols. */
export function openaiError(error: SignalboxError): JsonObject {
  return {
    message: sentenceOf(error),
    type: typeOf(error),
    param: error.path ?? null,
    code: codeOf(error),
  }
}

function envelope(error: SignalboxError): string {
  return JSON.stringify({ error: openaiError(error) })
}

export function chatErrorBody(error: SignalboxError): Buffer {
  return Buffer.from(envelope(error))
}

/** No `[DONE]` follows it: that would make a clean end of it. */
export function chatErrorEvent(error: SignalboxError): Buffer {
  return writeData(envelope(error))
}
