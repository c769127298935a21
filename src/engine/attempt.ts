/** One try on one worker, up to the moment when its answer is certain: the whole reply, or the first content of a stream. */
import type { CancelSignal } from '../core/cancellation.ts'
import type { Answer } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Lesson } from '../core/lesson.ts'
import { cancelled, type Failure, failed, type Outcome } from '../core/outcome.ts'
import type { WireReply } from '../core/worker.ts'
import { lastEvents } from '../wire/last-event.ts'
import type { ReplyFacts } from '../wire/protocol.ts'
import { createSseReader } from '../wire/sse.ts'
import type { Exchange } from './exchange.ts'
import { lessonIn } from './lesson-edits.ts'
import { scrubbedFailure, StreamRelay } from './relay.ts'

export type Attempted =
  | { readonly kind: 'whole'; readonly answer: Reply; readonly facts: ReplyFacts }
  | { readonly kind: 'stream'; readonly answer: Reply; readonly relay: StreamRelay }
  | {
      readonly kind: 'failed'
      readonly outcome: Failure
      readonly answer?: Reply
      /** What the refusal teaches, where the request was not as the client wrote it. */
      readonly lesson?: Lesson
    }
  | { readonly kind: 'cancelled' }

type Reply = Pick<Answer, 'status' | 'headers' | 'body'>

export async function attempt(
  exchange: Exchange,
  call: (request: Exchange['request'], signal: CancelSignal) => Promise<WireReply>,
  signal: CancelSignal,
): Promise<Attempted> {
  try {
    const reply = await call(exchange.request, signal)
    if (reply.status < 200 || reply.status >= 300) return await refused(exchange, reply)
    return Buffer.isBuffer(reply.body)
      ? whole(exchange, reply, reply.body)
      : await streamed(exchange, reply, reply.body, signal)
  } catch (error) {
    if (signal.aborted) return { kind: 'cancelled' }
    return { kind: 'failed', outcome: failureOf(error) }
  }
}

/** What a thrown error says of the worker; anything but one of ours would be a bug, and is reported as such. */
export function failureOf(error: unknown): Failure {
  const { code, message, retryAfterMs, domain } = SignalboxError.from(error)
  return failed(code, message, domain === 'worker' ? 'worker' : 'caller', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}

async function refused(exchange: Exchange, reply: WireReply): Promise<Attempted> {
  const body = Buffer.isBuffer(reply.body) ? reply.body : await collect(reply.body)
  const outcome = exchange.protocol.readFailure(reply.status, reply.headers, body)
  if (reply.status < 400) return { kind: 'failed', outcome }
  const lesson = exchange.changed && reply.status === 400 ? lessonIn(body, exchange) : undefined
  const answer = exchange.error(outcome, { ...reply, body })
  return { kind: 'failed', outcome, answer, ...(lesson && { lesson }) }
}

/** Error bodies are short; what is longer is cut rather than kept. */
const ERROR_BYTES_MAX = 1024 * 1024

async function collect(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body) {
    parts.push(part)
    bytes += part.length
    if (bytes > ERROR_BYTES_MAX) break
  }
  return Buffer.concat(parts)
}

function whole(exchange: Exchange, reply: WireReply, body: Buffer): Attempted {
  const facts = exchange.protocol.readReply(body)
  // Some servers send an error under status 200: its own words say more than that it is no reply.
  if (!facts) {
    const outcome = exchange.protocol.readFailure(reply.status, reply.headers, body)
    return { kind: 'failed', outcome: scrubbedFailure(outcome, reply.scrub) }
  }
  if (exchange.request.stream) {
    const sentence = 'the worker did not stream though a stream was asked for'
    return {
      kind: 'failed',
      outcome: failed('worker-protocol', sentence, 'worker', { status: reply.status }),
    }
  }
  return {
    kind: 'whole',
    facts,
    answer: { status: reply.status, headers: exchange.headers(reply), body: exchange.reply(body) },
  }
}

/** What may come before the first content: a start event, pings, comments. */
const HEAD_BYTES_MAX = 1024 * 1024

/** Holds the head of the stream back until the first content: a failure before it has reached nobody. */
async function streamed(
  exchange: Exchange,
  reply: WireReply,
  body: AsyncIterable<Buffer>,
  signal: CancelSignal,
): Promise<Attempted> {
  const source = body[Symbol.asyncIterator]()
  const observer = exchange.protocol.observe()
  const reader = createSseReader()
  const head: Buffer[] = []
  let headBytes = 0
  while (observer.phase === 'head') {
    const { done, value } = await source.next()
    for (const event of done ? lastEvents(reader) : reader.push(value)) {
      observer.see(event)
      head.push(exchange.event(event))
      headBytes += event.raw.length
    }
    if (headBytes > HEAD_BYTES_MAX) {
      await source.return?.()
      return {
        kind: 'failed',
        outcome: failed('worker-protocol', 'the worker’s stream does not come to its content', 'worker'),
      }
    }
    if (done) break
  }
  if (observer.phase === 'head' || observer.phase === 'failed') {
    await source.return?.()
    const outcome =
      observer.failure ?? failed('worker-stalled', 'the worker’s stream ended before it began', 'worker')
    return { kind: 'failed', outcome: scrubbedFailure(outcome, reply.scrub) }
  }
  const relay = new StreamRelay({
    source,
    reader,
    observer,
    convert: exchange.event,
    over: exchange.over,
    failure: exchange.failure,
    end: exchange.end,
    head: Buffer.concat(head),
    scrub: reply.scrub,
    signal,
  })
  return {
    kind: 'stream',
    relay,
    answer: { status: reply.status, headers: exchange.headers(reply), body: relay },
  }
}

export function outcomeOf(attempted: Exclude<Attempted, { kind: 'stream' }>): Outcome {
  if (attempted.kind === 'failed') return attempted.outcome
  return attempted.kind === 'whole' ? { kind: 'ok' } : cancelled
}
