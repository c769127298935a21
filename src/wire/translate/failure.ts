import { type ErrorCode, errorTable, SignalboxError } from '../../core/errors.ts'
import { errorOf, failed, type Failure } from '../../core/outcome.ts'
import { isOverflow } from '../overflow.ts'
import type { Protocol } from '../protocol.ts'
import type { SseEvent } from '../sse.ts'
import type { ReplyNaming, Translation } from '../translation.ts'
import type { Sides } from './sides.ts'

/** An upstream's error in the words of the client's protocol. A provider's 529 is never passed on as one of ours. */
export function translatedError(client: Protocol): Translation['error'] {
  return (failure, naming) => {
    const error = clientError(failure, client)
    return {
      status: failure.status === 529 ? 503 : error.httpStatus,
      body: client.errorBody(error, naming.traceId),
    }
  }
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
  if (failure.code !== 'worker-refused') return errorOf(failure)
  const message = client.wire === 'anthropic' ? overflowWording(failure.message) : failure.message
  const code = isOverflow(message) ? undefined : codesByStatus[failure.status ?? 0]
  // What is wrong is the worker's to say, whatever its status.
  const { hint } = errorTable['worker-refused']
  return code === undefined ? errorOf({ ...failure, message }) : new SignalboxError(code, message, { hint })
}

/** Statuses of refused requests that programs tell apart; all others are 400 to them. */
const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  403: 'forbidden',
  404: 'not-found',
  413: 'message-too-large',
}

/** Clients of Anthropic's protocol shorten their history when a message says `prompt is too long`, and by no other sign. */
function overflowWording(message: string): string {
  const lower = message.toLowerCase()
  if (!isOverflow(message) || lower.includes('prompt is too long')) return message
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
