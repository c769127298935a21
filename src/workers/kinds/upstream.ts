/**
 * One HTTP endpoint that speaks a model's protocol: a pool of kept-alive connections, no redirects, no retries (the
 * engine decides on those), no decompression. Over undici's dispatcher, because `fetch` and web streams cost six
 * times as much per request.
 */
import type { CancelSignal } from '../../core/cancellation.ts'
import type { Pool } from 'undici'
import { SignalboxError } from '../../core/errors.ts'
import type { System } from '../../core/system.ts'
import type { WireReply } from '../../core/worker.ts'
import { Exchange } from './exchange.ts'
import { Probe } from './probe.ts'
import { scrubbed, scrubberOf } from './scrub.ts'

/** What every kind that is reached by HTTP can be given. */
export interface UpstreamOptions {
  /** What the vendor's SDK would be given; may have a path. */
  readonly baseUrl: string
  /** Requests at once; bounds the connections. Default 8. */
  readonly capacity?: number
  /** Until a whole reply is there, or a streamed one begins. Default 600,000. */
  readonly timeoutMs?: number
  /** Between two pieces of a reply. Default 180,000. */
  readonly idleMs?: number
  /** The key that requests carry: it must not come back in an error. */
  readonly apiKey?: string
}

export interface UpstreamRequest {
  /** Below the base URL. */
  readonly path: string
  /** Names and values in turn; the content-length is added. */
  readonly headers: string[]
  readonly body: readonly Buffer[]
  readonly stream: boolean
}

export interface Upstream {
  call(request: UpstreamRequest, signal: CancelSignal): Promise<WireReply>
  /** The body of a GET below the base URL, where it is answered with 200 and is no longer than 1 MiB. Never throws. */
  get(path: string, headers: string[], signal: CancelSignal): Promise<Buffer | undefined>
  /** GET on the base URL: true for any answer below 500. Never throws. */
  probe(headers: string[], signal: CancelSignal): Promise<boolean>
  /** Cuts what is under way. */
  close(): Promise<void>
}

/**
 * Ten minutes, like the vendors' own SDKs: a long answer that is not streamed sends no byte before its end. Pauses of 35
 * to 138 s between two events were seen in streams that went on.
 */
export const upstreamDefaults = Object.freeze({ capacity: 8, timeoutMs: 600_000, idleMs: 180_000 })
/** For probes, and for connections of cancelled requests that are still being closed. */
const SPARE_CONNECTIONS = 2
const CONNECT_MS = 5_000
const GET_MS = 10_000
/** What is told of one model. */
const GET_BYTES_MAX = 1024 * 1024
/**
 * Below it copying the parts together is cheaper than sending them one by one (1 KB: 74 against 91 µs). Above it dearer:
 * each copy is memory outside the heap that the collector is called for (60 KB under load: 300 against 170 µs of CPU).
 */
const JOIN_BYTES_MAX = 16 * 1024

export function createUpstream(options: UpstreamOptions, { clock }: System): Upstream {
  const { origin, basePath } = parseBaseUrl(options.baseUrl)
  const { timeoutMs, idleMs, capacity } = { ...upstreamDefaults, ...options }
  let opening: Promise<Pool> | undefined
  let closed = false
  const scrub = scrubberOf([...placesIn(new URL(origin)), options.apiKey ?? ''])

  /** undici is loaded with the first request: it takes 28 MB and 90 ms, which a simulated fleet can do without. */
  async function open(): Promise<Pool> {
    const undici = await import('undici')
    return new undici.Pool(origin, {
      connections: capacity + SPARE_CONNECTIONS,
      connect: { timeout: CONNECT_MS },
      // Over HTTP/2 one connection would carry all streams, and fail for all of them at once.
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  async function pool(signal: CancelSignal): Promise<Pool> {
    if (closed) throw new SignalboxError('worker-failed', 'the worker was closed')
    opening ??= open()
    const opened = await opening
    signal.throwIfAborted()
    return opened
  }

  return {
    async call(request, signal) {
      const connections = await pool(signal)
      const exchange = new Exchange({ clock, signal, stream: request.stream, timeoutMs, idleMs })
      const { path, headers, body } = request
      headers.push('content-length', String(byteLength(body)))
      connections.dispatch(
        { method: 'POST', path: basePath + path, headers, body: joinSmall(body) },
        exchange,
      )
      return { ...scrubbed(await exchange.reply, scrub), scrub }
    },
    async get(path, headers, signal) {
      try {
        const connections = await pool(signal)
        const exchange = new Exchange({
          clock,
          signal,
          stream: false,
          timeoutMs: GET_MS,
          idleMs: GET_MS,
          bytesMax: GET_BYTES_MAX,
        })
        connections.dispatch({ method: 'GET', path: basePath + path, headers }, exchange)
        const { status, body } = await exchange.reply
        return status === 200 && Buffer.isBuffer(body) ? body : undefined
      } catch {
        return undefined
      }
    },
    async probe(headers, signal) {
      try {
        const connections = await pool(signal)
        const probe = new Probe(clock, signal)
        connections.dispatch({ method: 'GET', path: basePath === '' ? '/' : basePath, headers }, probe)
        return await probe.alive
      } catch {
        return false
      }
    },
    async close() {
      closed = true
      if (opening) await (await opening).destroy()
    },
  }
}

/** @throws SignalboxError invalid-config. The value is not repeated: it may hold a password. */
function parseBaseUrl(baseUrl: string): { readonly origin: string; readonly basePath: string } {
  const refuse = (why: string): SignalboxError =>
    new SignalboxError('invalid-config', `baseUrl ${why}`, { path: 'baseUrl' })
  const url = URL.parse(baseUrl)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw refuse('is not an http(s) URL')
  if (url.username !== '' || url.password !== '') throw refuse('holds a password; use apiKey')
  if (url.search !== '' || url.hash !== '') throw refuse('has a query or fragment; it can only have a path')
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') }
}

/** Host and port, and the host alone unless it is one word, as `localhost` is: errors may say that of other things. */
function placesIn({ host, hostname }: URL): readonly string[] {
  return hostname.includes('.') ? [host, hostname] : [host]
}

function byteLength(body: readonly Buffer[]): number {
  return body.reduce((bytes, part) => bytes + part.length, 0)
}

function joinSmall(body: readonly Buffer[]): Buffer {
  const [first] = body
  if (first && body.length === 1) return first
  if (byteLength(body) <= JOIN_BYTES_MAX) return Buffer.concat(body)
  // undici documents and sends any iterable of Buffers; its types only leave it out.
  return body as unknown as Buffer
}
