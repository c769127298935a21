/**
 * Anthropic's protocol as Claude Code reads it. It feels its way through refusals that it does not understand, request by
 * request; `capability_rejected:` and a class make it mend the request at once, and only these bytes do.
 */
import type { SignalboxError } from '../../core/errors.ts'
import { isOverflow } from '../overflow.ts'
import type { Protocol } from '../protocol.ts'
import { anthropicErrorBody, anthropicErrorEvent } from './error-body.ts'
import { anthropicProtocol } from './protocol.ts'

export const claudeCodeProtocol: Protocol = Object.freeze<Protocol>({
  ...anthropicProtocol,
  errorBody: (error, traceId) => anthropicErrorBody(error, traceId, wordsOf(error)),
  errorEvent: (error, traceId) => anthropicErrorEvent(error, traceId, wordsOf(error)),
})

/** Undefined where our own sentence is best. One space after the colon: without it the client does not know the words. */
function wordsOf({ lacks, message }: SignalboxError): string | undefined {
  if (lacks) return `capability_rejected: ${lacks}`
  // It reads the figures and shortens the conversation.
  return isOverflow(message) ? message : undefined
}
