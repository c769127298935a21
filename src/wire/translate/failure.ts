import { errorTable, type SignalboxError } from '../../core/errors.ts'
import { errorOf, failed, type Failure } from '../../core/outcome.ts'
import type { Protocol } from '../protocol.ts'
import type { SseEvent } from '../sse.ts'
import type { ReplyNaming, Translation } from '../translation.ts'
import type { Sides } from './sides.ts'

/** An upstream's error in the words of the client's protocol. A provider's 529 is never passed on as one of ours. */
export function translatedError(client: Protocol): Translation['error'] {
  return (failure, naming) => ({
    status: failure.status === 529 ? 503 : errorTable[failure.code].httpStatus,
    body: client.errorBody(clientError(failure, client), naming.traceId),
  })
}

/** The same as the event that ends a stream which has begun. */
export function errorFrame(failure: Failure, { client }: Sides, naming: ReplyNaming): Buffer {
  return client.errorEvent(clientError(failure, client), naming.traceId)
}

/** What an error that came as an event of a stream means: what the worker's own protocol makes of it. */
export function streamFailure(event: SseEvent, { worker }: Sides): Failure {
  const observer = worker.observe()
  observer.see(event)
  return observer.failure ?? failed('worker-protocol', 'the worker reported an error in its stream', 'worker')
}

function clientError(failure: Failure, client: Protocol): SignalboxError {
  const isForeign = failure.code === 'worker-refused' && client.wire === 'anthropic'
  const message = isForeign ? overflowWording(failure.message) : failure.message
  return errorOf({ ...failure, message })
}

const overflowWords = ['maximum context length', 'context_length_exceeded', 'context window', 'context size']

/**
 * Clients of Anthropic's protocol shorten their history when a message says `prompt is too long`, and by no other sign.
 * Other vendors say the same in many ways. A complaint about the length of the answer is not this one.
 */
function overflowWording(message: string): string {
  const lower = message.toLowerCase()
  const isOverflow = overflowWords.some((words) => lower.includes(words)) && !lower.includes('is too large')
  if (!isOverflow || lower.includes('prompt is too long')) return message
  const maximum = numberIn(
    /(?:maximum context length|context window|context size)\D{0,20}(\d[\d,]*)/.exec(lower)?.[1],
  )
  const tokens = (message.match(/\d[\d,]*/g) ?? []).map(numberIn).find((number) => number > maximum)
  if (Number.isNaN(maximum) || tokens === undefined) return `prompt is too long: ${message}`
  return `prompt is too long: ${tokens} tokens > ${maximum} maximum`
}

function numberIn(text: string | undefined): number {
  return text === undefined ? Number.NaN : Number(text.replaceAll(',', ''))
}
