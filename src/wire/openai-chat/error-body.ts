import type { SignalboxError } from '../../core/errors.ts'
import { isBudgetStop, sentenceOf } from '../error-envelope.ts'
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
  return error.code.replaceAll('-', '_')
}

function envelope(error: SignalboxError): string {
  return JSON.stringify({
    error: {
      message: sentenceOf(error),
      type: typeOf(error),
      param: error.path ?? null,
      code: codeOf(error),
    },
  })
}

export function chatErrorBody(error: SignalboxError): Buffer {
  return Buffer.from(envelope(error))
}

/** No `[DONE]` follows it: that would make a clean end of it. */
export function chatErrorEvent(error: SignalboxError): Buffer {
  return writeData(envelope(error))
}
