/** Writes what the engine answers, with our headers, in the client's protocol. */
import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../../core/clock.ts'
import type { Answer, Journey } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import { errorOf } from '../../core/outcome.ts'
import { retryHeaders } from '../../core/retry-after.ts'
import type { Protocol } from '../../wire/protocol.ts'

export const PING_MS = 10_000
/** A client that takes nothing for so long is taken for gone: its stream holds a worker's slot. */
const READER_STALL_MS = 120_000
/** What a connection holds anyway. */
const PIECE_BYTES = 256 * 1024
const STREAM_TYPE = 'text/event-stream; charset=utf-8'

export function writeError(
  res: ServerResponse,
  error: SignalboxError,
  protocol: Protocol,
  traceId: string,
  facts: Readonly<Record<string, string>> = {},
): void {
  if (res.headersSent || res.destroyed) {
    res.end()
    return
  }
  const body = protocol.errorBody(error, traceId)
  res.writeHead(error.httpStatus, {
    'content-type': 'application/json',
    'content-length': body.length,
    'x-signalbox-trace': traceId,
    ...facts,
    ...retryHeaders(error.code, error.retryAfterMs),
  })
  res.end(body)
}

export interface ResponderOptions {
  readonly clock: Clock
  /** How long a waiting stream is sent nothing: until then shedding can be a real status. */
  readonly silenceMs: number
}

/** Waits for the answer of a journey and writes it; a stream that waits long is kept alive by pings. */
export async function respond(
  res: ServerResponse,
  journey: Journey,
  protocol: Protocol,
  options: ResponderOptions,
): Promise<void> {
  const early = new EarlyHead(res, journey, protocol, options)
  try {
    const answer = await journey.answer
    early.stop()
    if (early.sent && answer.failure) throw errorOf(answer.failure)
    if (!early.sent) res.writeHead(answer.status, headersOf(answer, journey))
    const { body } = answer
    if (!Buffer.isBuffer(body)) await pump(body, res, options.clock)
    else if (body.length > PIECE_BYTES) await pump(pieces(body), res, options.clock)
    else res.end(body)
  } catch (error) {
    early.stop()
    const known = SignalboxError.from(error)
    if (early.sent) res.end(protocol.errorEvent(known, journey.traceId))
    else writeError(res, known, protocol, journey.traceId, journeyHeaders(journey))
  }
}

/** The 200 and the pings of a stream whose worker is still sought. */
class EarlyHead {
  sent = false
  #timer: Timer | undefined

  constructor(
    res: ServerResponse,
    journey: Journey,
    protocol: Protocol,
    { clock, silenceMs }: ResponderOptions,
  ) {
    if (!journey.stream) return
    const ping = (): void => {
      if (!this.sent) {
        res.writeHead(200, {
          'content-type': STREAM_TYPE,
          'cache-control': 'no-cache',
          ...journeyHeaders(journey),
        })
        this.sent = true
      }
      res.write(protocol.ping)
      this.#timer = clock.after(PING_MS, ping)
    }
    this.#timer = clock.after(silenceMs, ping)
  }

  stop(): void {
    this.#timer?.cancel()
  }
}

/** Sends a stream on as it comes, no faster than the client reads. */
async function pump(body: AsyncIterable<Buffer>, res: ServerResponse, clock: Clock): Promise<void> {
  res.flushHeaders()
  for await (const chunk of body) {
    if (res.destroyed) return
    if (!res.write(chunk) && !(await drained(res, clock))) {
      res.destroy()
      return
    }
  }
  res.end()
}

/** A long whole body goes piece by piece, so that a client's pace shows: Node calls one great write unsent until its end. */
async function* pieces(body: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES)
}

/** @returns false when the client has gone, or has taken nothing for too long. */
function drained(res: ServerResponse, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (moved: boolean) => (): void => {
      timer.cancel()
      res.off('drain', onDrain)
      res.off('close', onClose)
      resolve(moved)
    }
    const onDrain = settle(true)
    const onClose = settle(false)
    const timer = clock.after(READER_STALL_MS, onClose, { background: true })
    res.on('drain', onDrain)
    res.on('close', onClose)
  })
}

function journeyHeaders(journey: Journey): Record<string, string> {
  const { classification, traceId } = journey
  const { classifyMs, queueMs, upstreamMs } = journey.timing()
  return {
    'x-signalbox-trace': traceId,
    'x-signalbox-class': visible(classification.class),
    'x-signalbox-source': classification.source,
    'server-timing': `classify;dur=${ms(classifyMs)}, queue;dur=${ms(queueMs)}, upstream;dur=${ms(upstreamMs)}`,
  }
}

function headersOf(answer: Answer, journey: Journey): Record<string, string | number> {
  const { body } = answer
  const headers: Record<string, string | number> = {
    ...answer.headers,
    ...journeyHeaders(journey),
    'x-signalbox-pool': visible(answer.pool),
    'x-signalbox-worker': visible(answer.worker),
    'x-signalbox-model': visible(answer.model),
  }
  if (answer.losses.length > 0) headers['x-signalbox-losses'] = answer.losses.join(', ')
  if (Buffer.isBuffer(body)) headers['content-length'] = body.length
  else headers['cache-control'] = 'no-cache'
  return headers
}

/** Headers take visible ASCII; other characters are written as in a URL. */
function visible(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) ? name : encodeURIComponent(name)
}

function ms(value: number): string {
  return value.toFixed(3)
}
