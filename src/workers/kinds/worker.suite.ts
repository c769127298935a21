/** What every kind of worker keeps to, whatever it talks to. Each kind runs it with its own way to be broken. */
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SignalboxError } from '../../core/errors.ts'
import type { VirtualClock } from '../../core/virtual-clock.ts'
import type { WireReply, WireRequest, Worker } from '../../core/worker.ts'

export type Trouble =
  | 'overloaded'
  | 'reset-before'
  | 'stall-before'
  | 'reset-midway'
  | 'stall-midway'
  | 'truncate'
  | 'error-event'

export interface WorkerFixture {
  readonly worker: Worker
  readonly clock: VirtualClock
  /** A proper request in the worker's protocol. */
  request(stream: boolean): WireRequest
  /** The last bytes of the protocol's stream. */
  readonly end: string
  /** Makes the next call go wrong. */
  break(trouble: Trouble): void
  /** Settles the promise, moving the clock where the worker lives by it. */
  run<T>(promise: Promise<T>): Promise<T>
  /** Lets all arrive that is on its way. */
  quiet(): Promise<void>
  /** Lets so much time pass that any stall is given up. */
  expire(): Promise<void>
  /** What must never show in an error. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

export function describeWorker(name: string, create: () => Promise<WorkerFixture>): void {
  describe(`${name} as a worker`, () => {
    let fixture: WorkerFixture
    beforeEach(async () => {
      fixture = await create()
    })
    afterEach(async () => {
      await fixture.worker.close()
      await fixture.close()
      expect(fixture.clock.pendingTimers).toBe(0)
    })

    const call = (stream: boolean, signal = idle()): Promise<WireReply> =>
      fixture.worker.call(fixture.request(stream), signal)
    const streamed = async (signal = idle()): Promise<AsyncIterator<Buffer>> =>
      streamOf(await fixture.run(call(true, signal)))

    it('answers a whole reply', async () => {
      const reply = await fixture.run(call(false))
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toMatch(/^application\/json/)
      expect(JSON.parse(wholeOf(reply))).toMatchObject({ model: fixture.worker.model })
    })

    it('answers a stream to its protocol’s end', async () => {
      const reply = await fixture.run(call(true))
      expect(reply.status).toBe(200)
      expect(reply.headers['content-type']).toMatch(/^text\/event-stream/)
      const { text, error } = await fixture.run(drain(streamOf(reply)))
      expect(error).toBeUndefined()
      expect(text.startsWith('event: ') || text.startsWith('data: ')).toBe(true)
      expect(text.trimEnd().endsWith(fixture.end)).toBe(true)
    })

    it('answers many calls at once', async () => {
      const replies = await fixture.run(Promise.all(Array.from({ length: 20 }, (_, n) => call(n % 2 === 0))))
      const bodies = await fixture.run(Promise.all(replies.map((reply) => textOf(reply))))
      expect(replies.every((reply) => reply.status === 200)).toBe(true)
      expect(bodies.every((body) => body.length > 0)).toBe(true)
    })

    it.each([true, false])('takes any status for a reply (stream: %s)', async (stream) => {
      fixture.break('overloaded')
      const reply = await fixture.run(call(stream))
      expect(reply.status).toBe(529)
      expect(JSON.parse(wholeOf(reply))).toHaveProperty('error')
    })

    it.each([true, false])(
      'rejects when the connection breaks before a reply (stream: %s)',
      async (stream) => {
        fixture.break('reset-before')
        expect(await fixture.run(failureOf(call(stream)))).toMatchObject({
          code: 'worker-failed',
          domain: 'worker',
        })
      },
    )

    it.each([true, false])('rejects when no reply comes in time (stream: %s)', async (stream) => {
      fixture.break('stall-before')
      const failure = failureOf(call(stream))
      await fixture.expire()
      expect(await failure).toMatchObject({ code: 'worker-timeout', domain: 'worker' })
    })

    it('gives what came and then an error when a stream breaks', async () => {
      fixture.break('reset-midway')
      const { text, error } = await fixture.run(drain(await streamed()))
      expect(text.length).toBeGreaterThan(0)
      expect(error).toMatchObject({ code: 'worker-stalled', domain: 'worker' })
    })

    it('gives what came and then an error when a stream falls silent', async () => {
      fixture.break('stall-midway')
      const stream = await streamed()
      expect((await fixture.run(stream.next())).done).toBe(false)
      const rest = drain(stream)
      await fixture.expire()
      expect((await rest).error).toMatchObject({ code: 'worker-stalled', domain: 'worker' })
    })

    it('ends a stream where its worker ended it, even too early', async () => {
      fixture.break('truncate')
      const { text, error } = await fixture.run(drain(await streamed()))
      expect(error).toBeUndefined()
      expect(text).not.toContain(fixture.end)
    })

    it('passes an error event on as the bytes that it is', async () => {
      fixture.break('error-event')
      const { text, error } = await fixture.run(drain(await streamed()))
      expect(error).toBeUndefined()
      expect(text).toContain('"error"')
    })

    it('says nothing of host or key in its errors', async () => {
      fixture.break('reset-before')
      const error = await fixture.run(failureOf(call(false)))
      await fixture.worker.close()
      for (const failure of [error, await failureOf(call(false))]) {
        const said = JSON.stringify([String(failure), failure, inspectCause(failure)])
        for (const secret of fixture.secrets) expect(said).not.toContain(secret)
      }
    })

    it('does not begin when the signal is aborted already', async () => {
      await expect(call(false, AbortSignal.abort('no more'))).rejects.toBe('no more')
    })

    it.each([true, false])('rejects with the signal’s reason while it waits (stream: %s)', async (stream) => {
      fixture.break('stall-before')
      const controller = new AbortController()
      const failure = call(stream, controller.signal).catch((error: unknown) => error)
      await turn()
      controller.abort('gone')
      expect(await failure).toBe('gone')
      expect(fixture.clock.pendingTimers).toBe(0)
    })

    it('ends a stream with the signal’s reason, and drops what waits to be read', async () => {
      fixture.break('stall-midway')
      const controller = new AbortController()
      const stream = await streamed(controller.signal)
      await fixture.quiet()
      controller.abort('gone')
      await expect(stream.next()).rejects.toBe('gone')
      expect(await stream.next()).toMatchObject({ done: true })
      expect(fixture.clock.pendingTimers).toBe(0)
    })

    it('tells a reader who waits that the call was aborted', async () => {
      fixture.break('stall-midway')
      const controller = new AbortController()
      const stream = await streamed(controller.signal)
      await fixture.quiet()
      const waiting = waitingRead(stream)
      await turn()
      controller.abort('gone')
      await expect(waiting).rejects.toBe('gone')
    })

    it('leaves no listener on the signal of a call that is over', async () => {
      const { signal } = new AbortController()
      await fixture.run(call(false, signal))
      await fixture.run(drain(await streamed(signal)))
      fixture.break('reset-before')
      await fixture.run(failureOf(call(false, signal)))
      await fixture.run(fixture.worker.probe(signal))
      expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    })

    it('frees everything when the reader leaves', async () => {
      fixture.break('stall-midway')
      const stream = await streamed()
      await fixture.quiet()
      const waiting = waitingRead(stream)
      await turn()
      await stream.return?.()
      expect(await waiting).toMatchObject({ done: true })
      expect(fixture.clock.pendingTimers).toBe(0)
    })

    it('is alive, and not any more once closed', async () => {
      expect(await fixture.run(fixture.worker.probe(idle()))).toBe(true)
      await fixture.worker.close()
      await fixture.worker.close()
      expect(await fixture.worker.probe(idle())).toBe(false)
    })

    it('cuts what is under way when it is closed', async () => {
      const stream = await streamed()
      fixture.break('stall-before')
      const waiting = failureOf(call(false))
      await turn()
      await fixture.worker.close()
      expect(await waiting).toMatchObject({ code: 'worker-failed' })
      await stream.return?.()
      await expect(call(false)).rejects.toMatchObject({ code: 'worker-failed' })
    })
  })
}

export function idle(): AbortSignal {
  return new AbortController().signal
}

export function streamOf(reply: WireReply): AsyncIterator<Buffer> {
  if (Buffer.isBuffer(reply.body)) throw new Error('the reply is whole')
  return reply.body[Symbol.asyncIterator]()
}

export function wholeOf(reply: WireReply): string {
  if (!Buffer.isBuffer(reply.body)) throw new Error('the reply is a stream')
  return reply.body.toString()
}

async function textOf(reply: WireReply): Promise<string> {
  return Buffer.isBuffer(reply.body) ? wholeOf(reply) : (await drain(streamOf(reply))).text
}

/** All that can still be read, and what ended it. */
export async function drain(
  stream: AsyncIterator<Buffer>,
): Promise<{ readonly text: string; readonly error: unknown }> {
  const chunks: Buffer[] = []
  try {
    for (;;) {
      const step = await stream.next()
      if (step.done) return { text: Buffer.concat(chunks).toString(), error: undefined }
      chunks.push(step.value)
    }
  } catch (error) {
    return { text: Buffer.concat(chunks).toString(), error }
  }
}

/** Lets everything run that needs no time. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Reads all that is there; the promise is that of the read which has to wait. */
async function waitingRead(stream: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer>> {
  let step: IteratorResult<Buffer> = await stream.next()
  while (step.done !== true && step.value.length > 0) step = await stream.next()
  return step
}

/** The error of ours that the promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<SignalboxError> {
  try {
    await promise
  } catch (error) {
    if (SignalboxError.is(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

function inspectCause(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : JSON.stringify(error.cause ?? '')
}
