import type { ServerResponse } from 'node:http'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Answer, Journey } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import { failed } from '../../core/outcome.ts'
import { virtualClock } from '../../core/virtual-clock.ts'
import { anthropicProtocol } from '../../wire/anthropic/protocol.ts'
import { respond } from './respond.ts'

/** As much of a ServerResponse as respond uses; its reader takes everything, or only what it is told to. */
class FakeResponse extends Writable {
  status = 0
  headers: Readonly<Record<string, unknown>> = {}
  headersSent = false
  text = ''
  /** Bytes that the reader has not taken of a whole body; told by hand. */
  unread: number | undefined
  reading = true
  #taken: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 1 })
    // Node has it as an accessor, its types as a field: neither may be overridden as the other.
    const held = (): unknown => Reflect.get(Writable.prototype, 'writableLength', this)
    Object.defineProperty(this, 'writableLength', { get: () => this.unread ?? held() })
  }

  writeHead(status: number, headers: Readonly<Record<string, unknown>>): this {
    this.status = status
    this.headers = headers
    this.headersSent = true
    return this
  }

  flushHeaders(): void {}

  /** The reader takes what it has before it. */
  take(): void {
    const taken = this.#taken
    this.#taken = undefined
    taken?.()
  }

  override _write(chunk: Buffer, _encoding: string, taken: () => void): void {
    this.text += chunk.toString()
    if (this.reading) taken()
    else this.#taken = taken
  }
}

const PING = anthropicProtocol.ping.toString()
const STALL_MS = 120_000

function scene(options: { readonly stream?: boolean } = {}) {
  const clock = virtualClock()
  const res = new FakeResponse()
  let settle: { resolve: (answer: Answer) => void; reject: (error: unknown) => void } | undefined
  const answer = new Promise<Answer>((resolve, reject) => {
    settle = { resolve, reject }
  })
  const journey: Journey = {
    traceId: 'trace',
    classification: { class: 'simple', confidence: 1, source: 'forced', reasons: [], micros: 0 },
    stream: options.stream ?? true,
    timing: () => ({ classifyMs: 1, queueMs: 2, upstreamMs: 3 }),
    cancel: () => undefined,
    answer,
  }
  // The part of a response that respond uses is there.
  const done = respond(res as unknown as ServerResponse, journey, anthropicProtocol, {
    clock,
    silenceMs: 10_000,
  })
  const reply = (body: Answer['body'], more: Partial<Answer> = {}): void =>
    settle?.resolve({
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body,
      pool: 'p',
      worker: 'p-1',
      model: 'm',
      losses: [],
      ...more,
    })
  return { clock, res, done, reply, refuse: (error: unknown) => settle?.reject(error) }
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text)
}

/** A stream without end, and whether its reader let go of it. */
function endless() {
  const state = { given: 0, returned: false }
  const body: AsyncIterableIterator<Buffer> = {
    [Symbol.asyncIterator]: () => body,
    async next() {
      state.given++
      return { done: false, value: Buffer.from('x') }
    },
    async return() {
      state.returned = true
      return { done: true, value: undefined }
    },
  }
  return { body, state }
}

const listeners = (res: FakeResponse): readonly number[] => [
  res.listenerCount('drain'),
  res.listenerCount('close'),
]

describe('a stream that waits for its worker', () => {
  it('is sent nothing for a while, then its head and a ping, and a ping every ten seconds', async () => {
    const { clock, res, done, reply } = scene()
    const pings = async (ms: number): Promise<number> => {
      await clock.advanceAsync(ms)
      return res.text.split(PING).length - 1
    }
    expect(await pings(9_999)).toBe(0)
    expect(res.headersSent).toBe(false)
    expect(await pings(1)).toBe(1)
    expect(res.status).toBe(200)
    expect(res.headers).toMatchObject({ 'x-signalbox-trace': 'trace', 'x-signalbox-class': 'simple' })
    expect(await pings(9_999)).toBe(1)
    expect(await pings(1)).toBe(2)
    expect(await pings(30_000)).toBe(5)
    reply(chunks('a', 'b'))
    await done
    expect(res.text).toBe(`${PING.repeat(5)}ab`)
    expect(res.writableEnded).toBe(true)
    expect(clock.pendingTimers).toBe(0)
  })

  it('is told a failure in its own words once it has begun, and by a status before', async () => {
    const late = scene()
    await late.clock.advanceAsync(10_000)
    late.refuse(new SignalboxError('expired', 'too late.'))
    await late.done
    expect(late.res.status).toBe(200)
    expect(late.res.text).toMatch(/event: error/)
    const early = scene()
    early.refuse(new SignalboxError('expired', 'too late.'))
    await early.done
    expect([early.res.status, early.clock.pendingTimers]).toEqual([503, 0])
  })

  it('is told an error of the worker in a stream’s words once it has begun', async () => {
    const { clock, res, done, reply } = scene()
    await clock.advanceAsync(10_000)
    reply(Buffer.from('{"type":"error"}'), {
      status: 400,
      failure: failed('worker-refused', 'too long', 'caller'),
    })
    await done
    expect(res.text).toMatch(/event: error[\s\S]*too long/)
    expect(res.text).not.toContain('{"type":"error"}')
  })

  it('is none where a whole answer was asked for: then nothing comes before it', async () => {
    const { clock, res, done, reply } = scene({ stream: false })
    await clock.advanceAsync(60_000)
    expect(res.headersSent).toBe(false)
    reply(Buffer.from('{}'))
    await done
    expect(res.headers).toMatchObject({ 'content-length': 2, 'x-signalbox-worker': 'p-1' })
    expect(clock.pendingTimers).toBe(0)
  })
})

describe('the headers of an answer', () => {
  it('keep a stream out of every cache, waited for or not', async () => {
    const waited = scene()
    await waited.clock.advanceAsync(10_000)
    const prompt = scene()
    for (const { reply, done, res } of [waited, prompt]) {
      reply(chunks('a'))
      await done
      expect(res.headers).toMatchObject({ 'cache-control': 'no-cache' })
    }
    const whole = scene({ stream: false })
    whole.reply(Buffer.from('{}'))
    await whole.done
    expect(whole.res.headers).not.toHaveProperty('cache-control')
  })

  it('write names that no header can hold as a URL does', async () => {
    const { res, done, reply } = scene({ stream: false })
    reply(Buffer.from('{}'), { pool: 'café', worker: 'a\r\nb', model: 'a model/1' })
    await done
    expect(res.headers).toMatchObject({
      'x-signalbox-pool': 'caf%C3%A9',
      'x-signalbox-worker': 'a%0D%0Ab',
      'x-signalbox-model': 'a model/1',
    })
  })
})

describe('a reader of a stream', () => {
  it('sets the pace, and leaves no listener behind', async () => {
    const { clock, res, done, reply } = scene()
    const before = listeners(res)
    const { body, state } = endless()
    res.reading = false
    reply(body)
    await clock.advanceAsync(0)
    for (let taken = 1; taken <= 30; taken++) {
      expect(state.given).toBe(taken)
      expect(listeners(res)).toEqual([1, (before[1] ?? 0) + 1])
      res.take()
      await clock.advanceAsync(STALL_MS - 1)
    }
    expect(res.destroyed).toBe(false)
    res.destroy()
    await clock.advanceAsync(0)
    await done
    expect(listeners(res)).toEqual(before)
    expect([state.returned, clock.pendingTimers]).toEqual([true, 0])
  })

  it('that takes nothing for two minutes is cut off, and the worker is let go', async () => {
    const { clock, res, done, reply } = scene()
    const before = listeners(res)
    const { body, state } = endless()
    res.reading = false
    reply(body)
    await clock.advanceAsync(STALL_MS - 1)
    expect([res.destroyed, state.returned]).toEqual([false, false])
    await clock.advanceAsync(1)
    await done
    expect([res.destroyed, state.returned]).toEqual([true, true])
    expect(listeners(res)).toEqual(before)
    expect(clock.pendingTimers).toBe(0)
  })

  it('that has gone is not written to', async () => {
    const { clock, res, done, reply } = scene()
    const { body, state } = endless()
    res.destroy()
    await clock.advanceAsync(0)
    reply(body)
    await clock.advanceAsync(0)
    expect([state.returned, res.text, clock.pendingTimers]).toEqual([true, '', 0])
    await done
  })
})

describe('a reader of a whole body', () => {
  const long = Buffer.alloc(4 * 256 * 1024)

  it('that takes nothing for two minutes is cut off', async () => {
    const { clock, res, reply } = scene({ stream: false })
    res.reading = false
    reply(long)
    await clock.advanceAsync(STALL_MS - 1)
    expect(res.destroyed).toBe(false)
    await clock.advanceAsync(1)
    expect(res.destroyed).toBe(true)
    await clock.advanceAsync(0)
    expect(clock.pendingTimers).toBe(0)
  })

  it('that takes a piece now and then is not, until it stops', async () => {
    const { clock, res, reply } = scene({ stream: false })
    res.reading = false
    reply(long)
    for (let taken = 0; taken < 2; taken++) {
      await clock.advanceAsync(STALL_MS - 1)
      res.take()
      await clock.advanceAsync(0)
      expect(res.destroyed).toBe(false)
    }
    await clock.advanceAsync(STALL_MS)
    expect(res.destroyed).toBe(true)
  })

  it('that takes all of it leaves no timer behind', async () => {
    const { clock, res, reply, done } = scene({ stream: false })
    res.reading = false
    reply(Buffer.from('an answer'))
    await clock.advanceAsync(1_000)
    res.take()
    await done
    await clock.advanceAsync(0)
    expect([res.writableFinished, clock.pendingTimers]).toEqual([true, 0])
  })
})
