/** What the stub does with a request, and how it does it on the socket. */
import type { ServerResponse } from 'node:http'
import { sleep, systemClock } from '../../src/core/clock.ts'
import type { Answer, Api, Fault, Json } from './api.ts'

/** `afterEvents`: in the middle of a stream, after so many of its events; without it, before the reply's head. */
export type Behaviour = { readonly delayMs?: number } & (
  | ({ readonly kind: 'answer'; readonly eventMs?: number } & Answer)
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body: string | Buffer | Json
    }
  | {
      readonly kind: 'error'
      readonly status: number
      readonly message?: string
      readonly type?: string
      /** OpenAI's `param` and `code`. */
      readonly fault?: Fault
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly kind: 'reset'; readonly afterEvents?: number }
  | { readonly kind: 'stall'; readonly afterEvents?: number }
  /** Default: as the very first event. */
  | {
      readonly kind: 'error-event'
      readonly afterEvents?: number
      readonly message?: string
      readonly type?: string
    }
  /** A clean close without the protocol's end; default: all but its last event. Without a stream: half the body. */
  | { readonly kind: 'truncate'; readonly afterEvents?: number }
  | { readonly kind: 'html' }
  | { readonly kind: 'malformed' }
  /** Bytes that are not HTTP. */
  | { readonly kind: 'garbage' }
  /** The usual stream in slices of so many bytes. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** A stream of so many bytes, as fast as it is taken. */
  | { readonly kind: 'flood'; readonly bytes: number }
)

export interface Handling {
  readonly api: Api
  readonly request: Json
  readonly response: ServerResponse
  /** Adds to the count of bytes that were handed to the socket. */
  sent(bytes: number): void
}

const sse = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }
/** A reset throws away what the other side has not read yet: give it a moment. */
const SETTLE_MS = 20

export async function perform(behaviour: Behaviour, handling: Handling): Promise<void> {
  const { api, request, response } = handling
  if (behaviour.delayMs !== undefined) await sleep(systemClock, behaviour.delayMs)
  switch (behaviour.kind) {
    case 'answer':
      if (request['stream'] === true)
        await stream(handling, api.events(behaviour, request), behaviour.eventMs)
      else reply(response, 200, {}, api.whole(behaviour, request))
      return
    case 'reply':
      reply(response, behaviour.status, behaviour.headers ?? {}, behaviour.body)
      return
    case 'error': {
      const body = api.error(behaviour.status, behaviour.message, behaviour.type, behaviour.fault)
      reply(response, behaviour.status, behaviour.headers ?? {}, body)
      return
    }
    case 'html':
      reply(response, 200, { 'content-type': 'text/html' }, '<!doctype html><title>Welcome</title>')
      return
    case 'malformed':
      reply(response, 200, {}, '{"id": "msg_stub", "content": [')
      return
    case 'garbage':
      response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n')
      return
    case 'flood':
      await flood(handling, behaviour.bytes)
      return
    default:
      await breakOff(behaviour, handling)
  }
}

type Broken = Extract<Behaviour, { kind: 'reset' | 'stall' | 'error-event' | 'truncate' | 'drip' }>

async function breakOff(behaviour: Broken, handling: Handling): Promise<void> {
  const { api, request, response } = handling
  const events = api.events({}, request)
  switch (behaviour.kind) {
    case 'drip': {
      const bytes = Buffer.from(events.join(''))
      const slices = Array.from({ length: Math.ceil(bytes.length / behaviour.bytes) }, (_, index) =>
        bytes.subarray(index * behaviour.bytes, (index + 1) * behaviour.bytes),
      )
      return stream(handling, slices, behaviour.everyMs)
    }
    case 'truncate':
      if (request['stream'] === true) return stream(handling, events.slice(0, behaviour.afterEvents ?? -1))
      return reply(response, 200, {}, JSON.stringify(api.whole({}, request)).slice(0, 40))
    case 'error-event':
      return stream(handling, [
        ...events.slice(0, behaviour.afterEvents ?? 0),
        api.errorEvent(behaviour.message, behaviour.type),
      ])
    case 'stall':
      if (behaviour.afterEvents !== undefined) begin(handling, events.slice(0, behaviour.afterEvents))
      return
    case 'reset':
      if (behaviour.afterEvents !== undefined) {
        begin(handling, events.slice(0, behaviour.afterEvents))
        await sleep(systemClock, SETTLE_MS)
      }
      response.socket?.resetAndDestroy()
  }
}

function reply(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer | Json,
): void {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_stub', ...headers })
  response.end(bytes)
}

function begin(handling: Handling, events: readonly (string | Buffer)[]): void {
  handling.response.writeHead(200, { ...sse, 'request-id': 'req_stub' })
  handling.response.flushHeaders()
  for (const event of events) write(handling, event)
}

async function stream(
  handling: Handling,
  events: readonly (string | Buffer)[],
  everyMs?: number,
): Promise<void> {
  const { response } = handling
  begin(handling, everyMs === undefined ? events : [])
  if (everyMs !== undefined) {
    for (const event of events) {
      if (response.destroyed) return
      write(handling, event)
      await sleep(systemClock, everyMs)
    }
  }
  response.end()
}

/** Events of 16 KiB that no protocol knows, with the usual ones around them. */
async function flood(handling: Handling, bytes: number): Promise<void> {
  const { api, request, response } = handling
  const events = api.events({}, request)
  const filler = Buffer.from(`: ${'x'.repeat(16 * 1024 - 4)}\n\n`)
  begin(handling, events.slice(0, 1))
  for (let left = bytes; left > 0 && !response.destroyed; left -= filler.length) {
    if (!write(handling, filler)) await drained(response)
  }
  for (const event of events.slice(1)) write(handling, event)
  response.end()
}

function write({ response, sent }: Handling, bytes: string | Buffer): boolean {
  sent(Buffer.byteLength(bytes))
  return response.write(bytes)
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    function go(): void {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}
