import { type JsonObject, objectIn, textIn } from '../json-tree.ts'

/** What a response says of itself when nobody is going to answer any more, or not yet. */
const unanswered = new Set(['failed', 'cancelled', 'queued', 'in_progress'])

export interface Said {
  readonly hasCalls: boolean
  /** Text, a refusal or a call. */
  readonly hasAny: boolean
}

/**
 * Chat's finish reason of a response that is over. Calls always beat a plain stop, and none is claimed without them.
 * A response that was cut for a reason that we do not know was cut all the same.
 *
 * @returns undefined when the response is no answer; also when it neither says how it ended nor holds anything, for an
 * empty success is what a failure looks like from afar.
 */
export function finishReasonOf(response: JsonObject, { hasCalls, hasAny }: Said): string | undefined {
  const status = textIn(response['status'])
  if (unanswered.has(status)) return undefined
  if (status === 'incomplete') {
    const { reason } = objectIn(response['incomplete_details'])
    return reason === 'content_filter' ? 'content_filter' : 'length'
  }
  if (status === '' && !hasAny) return undefined
  return hasCalls ? 'tool_calls' : 'stop'
}
