import type { CancelSignal } from '../core/cancellation.ts'
import { type Clock, sleep } from '../core/clock.ts'
import { type ErrorCode, SignalboxError } from '../core/errors.ts'
import type { WireReply, WireRequest, Worker } from '../core/worker.ts'
import { errorBytes, type FakeReply, replyBytes, streamBytes } from './anthropic-bytes.ts'

/** What the worker does with one request. */
export type FakeStep =
  /** Answers after `afterMs`; a stream then has `betweenMs` before each of its events. */
  | {
      readonly kind: 'answer'
      readonly text: string
      readonly afterMs?: number
      readonly betweenMs?: number
      readonly inputTokens?: number
      readonly outputTokens?: number
    }
  /** Replies with an error status, in the words of the protocol unless `body` has others. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly afterMs?: number
      readonly message?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** Replies 429 with a retry-after. */
  | { readonly kind: 'rate-limited'; readonly retryAfterS: number; readonly afterMs?: number }
  /** No reply at all: rejects with this code. */
  | { readonly kind: 'reject'; readonly code: ErrorCode; readonly afterMs?: number }
  /** Says nothing until the request is aborted. */
  | { readonly kind: 'stall' }
  /**
   * Begins a stream, sends `events` of its events, and then breaks the connection (`reset`), closes it as if all were
   * well (`end`), or says nothing more (`stall`). Asked for no stream, it does the same before the body.
   */
  | {
      readonly kind: 'break'
      readonly text: string
      readonly events: number
      readonly how: 'reset' | 'end' | 'stall'
      readonly afterMs?: number
    }

export interface FakeWorkerOptions {
  readonly clock: Clock
  /** One step a request, in order; the last one stays for all that follow. */
  readonly script: readonly [FakeStep, ...FakeStep[]]
  readonly model?: string
}

/** A worker of Anthropic's protocol that does what its script says, on the clock that it is given. */
export interface FakeWorker extends Worker {
  /** Every request, oldest first. */
  readonly calls: readonly WireRequest[]
  /** What a probe finds; a test changes it as it likes. */
  alive: boolean
  readonly closed: boolean
}

export function fakeWorker({ clock, script, model = 'claude-opus-5-5' }: FakeWorkerOptions): FakeWorker {
  const calls: WireRequest[] = []
  let closed = false
  const worker: FakeWorker = {
    kind: 'fake',
    wires: ['anthropic'],
    model,
    calls,
    alive: true,
    get closed() {
      return closed
    },
    async call(request, signal) {
      calls.push(request)
      const step = script[Math.min(calls.length, script.length) - 1] ?? script[0]
      return perform(step, { clock, signal, model, id: `msg_fake_${calls.length}`, stream: request.stream })
    },
    async probe() {
      return worker.alive
    },
    async close() {
      closed = true
    },
  }
  return worker
}

interface Scene {
  readonly clock: Clock
  readonly signal: CancelSignal
  readonly model: string
  readonly id: string
  readonly stream: boolean
}

async function perform(step: FakeStep, scene: Scene): Promise<WireReply> {
  const { clock, signal, stream } = scene
  signal.throwIfAborted()
  if (step.kind === 'stall') return untilAborted(signal)
  if (step.afterMs !== undefined) await sleep(clock, step.afterMs, signal)
  switch (step.kind) {
    case 'answer': {
      const reply = replyOf(step.text, scene, step.inputTokens, step.outputTokens)
      if (!stream) return whole(200, replyBytes(reply))
      return streamed(play(streamBytes(reply), scene, step.betweenMs))
    }
    case 'status':
      return whole(
        step.status,
        step.body === undefined
          ? errorBytes(step.status, step.message ?? 'scripted')
          : Buffer.from(step.body),
        step.headers,
      )
    case 'rate-limited':
      return whole(429, errorBytes(429, 'scripted'), { 'retry-after': String(step.retryAfterS) })
    case 'reject':
      throw new SignalboxError(step.code, 'scripted')
    case 'break':
      return stream ? streamed(broken(step, scene)) : brokenWhole(step, scene)
    default:
      return step satisfies never
  }
}

type Break = Extract<FakeStep, { kind: 'break' }>

async function* broken(step: Break, scene: Scene): AsyncGenerator<Buffer> {
  yield* play(streamBytes(replyOf(step.text, scene)).slice(0, step.events), scene)
  if (step.how === 'reset') throw new SignalboxError('worker-failed', 'the connection was reset')
  if (step.how === 'stall') await untilAborted(scene.signal)
}

async function brokenWhole(step: Break, scene: Scene): Promise<WireReply> {
  if (step.how === 'stall') return untilAborted(scene.signal)
  if (step.how === 'reset') throw new SignalboxError('worker-failed', 'the connection was reset')
  const body = replyBytes(replyOf(step.text, scene))
  return whole(200, body.subarray(0, body.length >> 1))
}

async function* play(
  events: readonly Buffer[],
  { clock, signal }: Scene,
  betweenMs?: number,
): AsyncGenerator<Buffer> {
  for (const event of events) {
    if (betweenMs !== undefined) await sleep(clock, betweenMs, signal)
    signal.throwIfAborted()
    yield event
  }
}

function replyOf(text: string, { id, model }: Scene, inputTokens = 10, outputTokens = 5): FakeReply {
  return { id, model, text, inputTokens, outputTokens }
}

function whole(status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): WireReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

function streamed(body: AsyncIterable<Buffer>): WireReply {
  return { status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' }, body }
}

function untilAborted(signal: CancelSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
