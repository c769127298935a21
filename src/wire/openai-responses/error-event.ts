import type { SignalboxError } from '../../core/errors.ts'
import { isBudgetStop, sentenceOf } from '../error-envelope.ts'
import { openaiError } from '../openai-chat/error-body.ts'
import { isOverflow } from '../overflow.ts'
import { writeEvent } from '../sse.ts'

/** The codes of a failed response are a closed list to many programs; ours stands beside, under the event's `error`. */
function codeOf(error: SignalboxError): string {
  if (isBudgetStop(error)) return 'insufficient_quota'
  if (error.httpStatus === 429) return 'rate_limit_exceeded'
  if (error.httpStatus === 503) return 'server_is_overloaded'
  if (error.code === 'worker-refused' && isOverflow(error.message)) return 'context_length_exceeded'
  return error.httpStatus < 500 ? 'invalid_prompt' : 'server_error'
}

/**
 * Numbers rise, and some programs refuse an event without one. How many went before is not known here: it is the
 * highest that all of them can hold.
 */
const LAST = 2_147_483_647

/**
 * One event that all who read the protocol take for a failure: agents look for `response.failed` and its
 * `response.error`, while OpenAI's own libraries throw at a member `error` of any event, and at nothing else.
 */
export function responsesErrorEvent(error: SignalboxError, traceId: string): Buffer {
  const response = {
    id: `resp_${traceId}`,
    object: 'response',
    status: 'failed',
    error: { code: codeOf(error), message: sentenceOf(error) },
    incomplete_details: null,
    output: [],
  }
  const data = {
    type: 'response.failed',
    sequence_number: LAST,
    response,
    error: openaiError(error),
  }
  return writeEvent('response.failed', JSON.stringify(data))
}
