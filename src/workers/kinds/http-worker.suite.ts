/** What every kind that is reached by HTTP keeps to, on real sockets against the stub of its vendor's API. */
import { createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sleep, systemClock } from '../../core/clock.ts'
import { seededRandom } from '../../core/random.ts'
import { silentLog, type System } from '../../core/system.ts'
import { type VirtualClock, virtualClock } from '../../core/virtual-clock.ts'
import type { WireReply, WireRequest, Worker } from '../../core/worker.ts'
import {
  type Behaviour,
  type SpokenWire,
  startUpstream,
  type Upstream,
} from '../../../test/upstream/upstream.ts'
import { ERROR_BYTES_MAX, REPLY_BYTES_MAX } from './exchange.ts'
import { upstreamDefaults } from './upstream.ts'
import {
  describeWorker,
  drain,
  failureOf,
  idle,
  streamOf,
  type Trouble,
  turn,
  wholeOf,
} from './worker.suite.ts'

export interface HttpKind {
  readonly wire: SpokenWire
  /** Of a request, below the base URL. */
  readonly path: string
  readonly end: string
  create(options: { readonly baseUrl: string } & HttpOptions, system: System): Worker
}

export interface HttpOptions {
  readonly apiKey?: string
  readonly capacity?: number
}

const KEY = 'sk-secret-of-the-worker'
const MODEL = 'some-model'

const troubles: Readonly<Record<Trouble, Behaviour>> = {
  overloaded: { kind: 'error', status: 529 },
  'reset-before': { kind: 'reset' },
  'stall-before': { kind: 'stall' },
  'reset-midway': { kind: 'reset', afterEvents: 3 },
  'stall-midway': { kind: 'stall', afterEvents: 3 },
  truncate: { kind: 'truncate' },
  'error-event': { kind: 'error-event', afterEvents: 2 },
}

export function requestOf(kind: HttpKind, stream: boolean, more: Partial<WireRequest> = {}): WireRequest {
  const body = { model: MODEL, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], stream }
  return { path: kind.path, headers: {}, body: [Buffer.from(JSON.stringify(body))], stream, ...more }
}

function systemWith(clock: VirtualClock): System {
  return { clock, random: seededRandom(1), log: silentLog }
}

export function describeHttpWorker(name: string, kind: HttpKind): void {
  describeWorker(name, async () => {
    const upstream = await startUpstream({ wire: kind.wire, key: KEY })
    const clock = virtualClock()
    return {
      worker: kind.create({ baseUrl: upstream.baseUrl, apiKey: KEY }, systemWith(clock)),
      clock,
      request: (stream) => requestOf(kind, stream),
      end: kind.end,
      break: (trouble) => upstream.enqueue(troubles[trouble]),
      run: (promise) => promise,
      quiet: () => sleep(systemClock, 50),
      async expire() {
        await upstream.until(() => upstream.requests.length > 0)
        await sleep(systemClock, 20)
        clock.advance(700_000)
      },
      secrets: [KEY, '127.0.0.1', String(upstream.port)],
      close: () => upstream.close(),
    }
  })

  describe(`${name} over HTTP`, () => {
    const clock = virtualClock()
    let upstream: Upstream
    let worker: Worker
    const start = (options: HttpOptions = { apiKey: KEY }): Worker =>
      kind.create({ baseUrl: upstream.baseUrl, ...options }, systemWith(clock))
    const call = (stream: boolean, more?: Partial<WireRequest>, signal = idle()): Promise<WireReply> =>
      worker.call(requestOf(kind, stream, more), signal)
    const asked = (index = -1): NonNullable<Upstream['requests'][number]> => {
      const request = upstream.requests.at(index)
      if (!request) throw new Error('nothing was asked')
      return request
    }

    beforeEach(async () => {
      upstream = await startUpstream({ wire: kind.wire })
      worker = start()
    })
    afterEach(async () => {
      await worker.close()
      await upstream.close()
      expect(clock.pendingTimers).toBe(0)
    })

    it('sends the request’s bytes as they are, in one piece or several', async () => {
      const body = requestOf(kind, false).body[0] ?? Buffer.alloc(0)
      await call(false, { body: [body.subarray(0, 5), body.subarray(5, 9), body.subarray(9)] })
      expect(asked().bytes.equals(body)).toBe(true)
      expect(asked().headers['content-length']).toBe(String(body.length))
      expect(asked().headers['transfer-encoding']).toBeUndefined()
    })

    it('sends large bodies whole', async () => {
      const [head = Buffer.alloc(0)] = requestOf(kind, false).body
      const body = [head.subarray(0, -1), Buffer.alloc(3_000_000, ' '), Buffer.from('}')]
      expect((await call(false, { body })).status).toBe(200)
      expect(asked().bytes.equals(Buffer.concat(body))).toBe(true)
    })

    it('keeps the path and query, below the path of the base URL', async () => {
      await call(false, { path: `${kind.path}?beta=true` })
      expect(asked().path).toBe(
        `${new URL(upstream.baseUrl).pathname.replace(/\/$/, '')}${kind.path}?beta=true`,
      )
      worker = kind.create({ baseUrl: `${upstream.baseUrl}/`, apiKey: KEY }, systemWith(clock))
      await call(false)
      expect(asked().path).not.toContain('//')
    })

    it('passes unknown headers on, and drops those of the hop, the body and the caller', async () => {
      await call(false, {
        headers: {
          'x-new-thing': 'yes',
          'anthropic-beta': 'a,b,c',
          'user-agent': 'cli/1',
          connection: 'keep-alive, X-Per-Hop',
          'x-per-hop': 'no',
          'keep-alive': 'timeout=1',
          te: 'trailers',
          'transfer-encoding': 'chunked',
          upgrade: 'h2c',
          expect: '100-continue',
          'proxy-authorization': 'no',
          host: 'elsewhere',
          'content-length': '1',
          'content-type': 'text/plain',
          'accept-encoding': 'br',
          cookie: 'no',
          'x-api-key': 'callers',
          authorization: 'Bearer callers',
        },
      })
      const { headers } = asked()
      expect(headers).toMatchObject({
        'x-new-thing': 'yes',
        'anthropic-beta': 'a,b,c',
        'user-agent': 'cli/1',
      })
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'accept-encoding': 'identity' })
      expect(headers.host).toBe(`127.0.0.1:${upstream.port}`)
      const gone = [
        'x-per-hop',
        'te',
        'upgrade',
        'expect',
        'proxy-authorization',
        'cookie',
        'transfer-encoding',
      ]
      for (const header of gone) expect(headers[header]).toBeUndefined()
      expect(JSON.stringify(headers)).not.toContain('callers')
    })

    it.each([true, false])(
      'gives back what clients act on, and nothing of where it came from',
      async (stream) => {
        const kept = {
          'request-id': 'req_1',
          'x-request-id': 'req_2',
          'retry-after': '3',
          'retry-after-ms': '2500',
          'x-should-retry': 'true',
          'anthropic-ratelimit-requests-remaining': '9',
          'x-ratelimit-remaining-tokens': '8',
        }
        const leaks = {
          server: 'secret',
          via: '1.1 secret',
          'set-cookie': 'secret=1',
          'alt-svc': 'h3=":443"',
          'cf-ray': 'secret',
          'x-envoy-upstream-service-time': '1',
          'openai-organization': 'secret',
          location: 'http://secret/',
        }
        upstream.enqueue({ kind: 'reply', status: 429, headers: { ...kept, ...leaks }, body: { error: 1 } })
        const reply = await call(stream)
        expect(reply.headers).toEqual({
          ...kept,
          'content-type': 'application/json',
          date: expect.any(String),
        })
      },
    )

    it('takes its key and its place out of errors, and can do so where they come in a stream', async () => {
      const told = `no ${KEY} at 127.0.0.1:${upstream.port}, 127.0.0.1`
      upstream.enqueue({ kind: 'error', status: 400, message: told })
      expect(wholeOf(await call(false))).toContain('no *** at ***, ***')
      const streamed = await call(true)
      expect(streamed.scrub?.(told)).toBe('no *** at ***, ***')
      await drain(streamOf(streamed))
    })

    it('does not follow redirects', async () => {
      upstream.enqueue({ kind: 'reply', status: 307, headers: { location: '/elsewhere' }, body: '' })
      expect((await call(false)).status).toBe(307)
      expect(upstream.requests).toHaveLength(1)
    })

    it('asks once, whatever comes of it', async () => {
      upstream.enqueue({ kind: 'reset' }, { kind: 'error', status: 500 })
      await failureOf(call(false))
      expect((await call(false)).status).toBe(500)
      expect(upstream.requests).toHaveLength(2)
    })

    it('answers whole when a stream was asked for and none came', async () => {
      upstream.enqueue({ kind: 'html' }, { kind: 'malformed' })
      const page = await call(true)
      expect(page.headers['content-type']).toBe('text/html')
      expect(wholeOf(page)).toContain('<title>')
      expect(wholeOf(await call(true))).toBe('{"id": "msg_stub", "content": [')
    })

    it('answers whole when a stream came that nobody asked for', async () => {
      upstream.enqueue({
        kind: 'reply',
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body: 'data: 1',
      })
      expect(wholeOf(await call(false))).toBe('data: 1')
    })

    it.each([
      ['bytes that are not HTTP', { kind: 'garbage' }],
      [
        'a compressed reply',
        { kind: 'reply', status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' },
      ],
      ['an error of 2 MB', { kind: 'reply', status: 500, body: Buffer.alloc(2 * ERROR_BYTES_MAX) }],
      [
        'headers of 100 KB',
        { kind: 'reply', status: 200, headers: { 'x-long': 'x'.repeat(100_000) }, body: '' },
      ],
      ['a whole reply of 65 MiB', { kind: 'reply', status: 200, body: Buffer.alloc(REPLY_BYTES_MAX + 1) }],
    ] as const)('refuses %s', async (_what, behaviour) => {
      upstream.enqueue(behaviour)
      const failure = await failureOf(call(false))
      expect(failure.code).toBe('worker-protocol')
      expect(failure.message).not.toContain(String(upstream.port))
    })

    it('tells a reply that was cut short from a whole one', async () => {
      upstream.enqueue({ kind: 'reply', status: 200, headers: { 'content-length': '1000' }, body: 'short' })
      const failure = failureOf(call(false))
      await upstream.until(() => upstream.requests.length === 1)
      await sleep(systemClock, 20)
      await upstream.close()
      expect(await failure).toMatchObject({ code: 'worker-failed' })
    })

    it.each(['connection: close', 'connection: keep-alive'])(
      'tells a stream whose last chunk is missing from one that ended (%s)',
      async (connection) => {
        const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked'
        const bytes = `HTTP/1.1 103 Early Hints\r\n\r\n${head}\r\n${connection}\r\n\r\n5\r\nhello\r\n`
        const server = await listen((socket) => socket.once('data', () => socket.end(bytes)))
        worker = kind.create({ baseUrl: `http://127.0.0.1:${server.port}` }, systemWith(clock))
        const { text, error } = await drain(streamOf(await call(true)))
        expect(text).toBe('hello')
        expect(error).toMatchObject({ code: 'worker-stalled' })
        server.close()
      },
    )

    it('gives up a whole reply that stops half-way', async () => {
      upstream.enqueue({ kind: 'stall', afterEvents: 2 })
      const failure = failureOf(call(false))
      await upstream.until(() => upstream.requests.length === 1)
      await sleep(systemClock, 20)
      clock.advance(upstreamDefaults.idleMs)
      expect(await failure).toMatchObject({ code: 'worker-timeout' })
      await upstream.until(() => upstream.aborted === 1)
    })

    it('reads a stream however its bytes are cut', async () => {
      const whole = await drain(streamOf(await call(true)))
      upstream.enqueue({ kind: 'drip', bytes: 97, everyMs: 0 })
      const dripped = await drain(streamOf(await call(true)))
      expect(dripped).toEqual(whole)
    })

    it('begins a stream with its first bytes, not with its last', async () => {
      upstream.enqueue({ kind: 'stall', afterEvents: 1 })
      const stream = streamOf(await call(true))
      expect((await stream.next()).value?.length).toBeGreaterThan(0)
      await stream.return?.()
    })

    it('fails when nobody listens', async () => {
      await upstream.close()
      const failure = await failureOf(call(false))
      expect(failure).toMatchObject({ code: 'worker-failed', message: 'could not connect (ECONNREFUSED)' })
      expect(failure.cause).toBeUndefined()
      expect(await worker.probe(idle())).toBe(false)
    })

    it.each([
      ['before a reply', { kind: 'stall' }],
      ['in the middle of a stream', { kind: 'stall', afterEvents: 2 }],
    ] as const)('cancels its request %s when the signal is aborted', async (_when, behaviour) => {
      upstream.enqueue(behaviour)
      const controller = new AbortController()
      const outcome = call(true, {}, controller.signal).then((reply) => drain(streamOf(reply)), String)
      await upstream.until(() => upstream.requests.length === 1)
      controller.abort('gone')
      await upstream.until(() => upstream.aborted === 1)
      await outcome
    })

    it('cancels its request when the reader leaves', async () => {
      upstream.enqueue({ kind: 'flood', bytes: 100 * 1024 * 1024 })
      const reply = await call(true)
      if (Buffer.isBuffer(reply.body)) throw new Error('the reply is whole')
      for await (const chunk of reply.body) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      await upstream.until(() => upstream.aborted === 1)
    })

    it('holds a worker back that is faster than the reader, and loses nothing', async () => {
      const bytes = 48 * 1024 * 1024
      upstream.enqueue({ kind: 'flood', bytes })
      const stream = streamOf(await call(true))
      let read = (await stream.next()).value?.length ?? 0
      await settled(() => asked().bytesSent)
      // What is under way lies in both sockets' buffers and at most 1 MiB with us.
      expect(asked().bytesSent).toBeLessThan(bytes / 3)
      // The reader takes longer than any stream may be silent: that is not the worker's fault.
      clock.advance(500_000)
      for (let step = await stream.next(); !step.done; step = await stream.next()) read += step.value.length
      expect(read).toBe(asked().bytesSent)
      expect(read).toBeGreaterThan(bytes)
    })

    it('does not send what was cancelled while it waited for a connection', async () => {
      worker = start({ apiKey: KEY, capacity: 1 })
      upstream.enqueue({ kind: 'stall' }, { kind: 'stall' }, { kind: 'stall' })
      const controller = new AbortController()
      const stuck = [1, 2, 3].map(() => call(false, {}, controller.signal).catch(String))
      await upstream.until(() => upstream.requests.length === 3)
      const second = new AbortController()
      const waiting = call(false, {}, second.signal).catch((error: unknown) => error)
      await turn()
      second.abort('gone')
      expect(await waiting).toBe('gone')
      controller.abort()
      await Promise.all(stuck)
      expect((await call(false)).status).toBe(200)
      expect(upstream.requests).toHaveLength(4)
    })

    it('bounds the wait for a connection as well', async () => {
      worker = start({ apiKey: KEY, capacity: 1 })
      upstream.enqueue({ kind: 'stall' }, { kind: 'stall' }, { kind: 'stall' })
      const stuck = [1, 2, 3, 4].map(() => failureOf(call(false)))
      await upstream.until(() => upstream.requests.length === 3)
      clock.advance(600_000)
      for (const failure of await Promise.all(stuck)) expect(failure.code).toBe('worker-timeout')
      expect(upstream.requests).toHaveLength(3)
    })

    it('uses a connection again', async () => {
      for (let n = 0; n < 5; n++) {
        const reply = await call(n % 2 === 0)
        if (!Buffer.isBuffer(reply.body)) await drain(streamOf(reply))
      }
      expect(new Set(upstream.requests.map((request) => request.clientPort)).size).toBeLessThanOrEqual(2)
    })

    it('is alive while it answers below 500, and not after 5 s of silence', async () => {
      const silent = await listen(() => {})
      const statuses = [200, 401, 404, 429, 500, 503]
      const alive: boolean[] = []
      for (const status of statuses) {
        upstream.setHealth(status)
        alive.push(await worker.probe(idle()))
      }
      expect(alive).toEqual([true, true, true, true, false, false])

      const other = kind.create({ baseUrl: `http://127.0.0.1:${silent.port}` }, systemWith(clock))
      const probe = other.probe(idle())
      await silent.connected
      clock.advance(5_000)
      expect(await probe).toBe(false)
      const controller = new AbortController()
      const aborted = other.probe(controller.signal)
      controller.abort()
      expect(await aborted).toBe(false)
      await other.close()
      silent.close()
    })

    it.each(['nonsense', 'ftp://x/', 'http://me:secret@x/', 'http://x/?secret=1', 'http://x/#secret'])(
      'refuses the base URL %s without repeating it',
      (baseUrl) => {
        expect(() => kind.create({ baseUrl }, systemWith(clock))).toThrow(
          expect.objectContaining({ code: 'invalid-config', message: expect.not.stringContaining('secret') }),
        )
      },
    )

    it('refuses a key that no header can hold, and trims one that was read from a file', async () => {
      expect(() => start({ apiKey: 'two\nlines' })).toThrow(
        expect.objectContaining({ code: 'invalid-config' }),
      )
      expect(() => start({ apiKey: ' ' })).toThrow(expect.objectContaining({ code: 'invalid-config' }))
      worker = start({ apiKey: `${KEY}\n` })
      expect((await call(false)).status).toBe(200)
    })

    it('calls a header with forbidden characters the caller’s fault', async () => {
      expect(await failureOf(call(false, { headers: { 'x-bad': 'a\r\nb: c' } }))).toMatchObject({
        code: 'invalid-message',
      })
    })
  })
}

/** Waits until the figure has not changed for 60 ms. */
async function settled(figure: () => number): Promise<void> {
  for (let before = -1; before !== figure(); ) {
    before = figure()
    await sleep(systemClock, 60)
  }
}

/** A server that speaks no HTTP of its own. */
async function listen(
  answer: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly connected: Promise<void>; close(): void }> {
  const server = createServer(answer)
  const connected = new Promise<void>((resolve) => server.once('connection', () => resolve()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, connected, close: () => void server.close() }
}
