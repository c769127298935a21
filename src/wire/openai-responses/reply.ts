import { asArray, asObject, asText, type JsonObject, parseJson } from '../json-value.ts'
import type { ReplyFacts } from '../protocol.ts'
import { responsesUsage } from './usage.ts'

/** What a response that will not be answered, or not yet, says of itself. */
const unanswered = new Set(['failed', 'cancelled', 'queued', 'in_progress'])

/** The facts of a whole response; undefined when the body is none, or is one that failed. */
export function readResponsesReply(body: Buffer): ReplyFacts | undefined {
  const response = asObject(parseJson(body.toString('utf8')))
  return response && isAnswer(response) ? responseFacts(response) : undefined
}

/** A failure inside a 200 is no answer: passed on, it would look like an empty success. */
export function isAnswer(response: JsonObject): boolean {
  if (!asArray(response['output']) || (response['error'] ?? null) !== null) return false
  return !unanswered.has(asText(response['status']) ?? '')
}

export function responseFacts(response: JsonObject): ReplyFacts {
  const id = asText(response['id'])
  return {
    ...(id !== undefined && { id }),
    model: asText(response['model']),
    usage: responsesUsage(asObject(response['usage']), response['service_tier']),
    stopReason: stopReasonOf(response),
  }
}

/** `completed`, or why it is incomplete. */
function stopReasonOf(response: JsonObject): string | undefined {
  const reason = asText(asObject(response['incomplete_details'])?.['reason'])
  return reason ?? asText(response['status'])
}
