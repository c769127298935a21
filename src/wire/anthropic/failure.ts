import type { Failure } from '../../core/outcome.ts'
import { describeError, type UpstreamError } from '../upstream-error.ts'
import { failureOf, readUpstreamFailure } from '../upstream-failure.ts'

/** Budget stops that Anthropic sends as a 400 of type invalid_request_error, told apart by nothing but their beginning. */
const budgetStops = ['You have reached your specified ', 'Your credit balance is too low']

/** Only a beginning counts: further on, a message may quote the request, and a caller must not bench an account. */
function isBudgetStop({ message, type }: UpstreamError): boolean {
  return type === 'invalid_request_error' && budgetStops.some((begin) => message?.startsWith(begin))
}

export function readAnthropicFailure(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Failure {
  return readUpstreamFailure(status, headers, body, isBudgetStop)
}

/** What the data of an `error` event means. */
export function readAnthropicStreamError(data: unknown): Failure {
  const error = describeError(data)
  return failureOf(error, { isBudgetStop: isBudgetStop(error) })
}
