/**
 * For the end-to-end tests: the real server on a real socket, in front of stubs of both vendors' APIs. What a test
 * opens here is closed when it ends, and a gateway is then looked at once more: whatever the test did to it, no slot
 * may still be held and nobody may still wait.
 */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { expect, onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import { sleep, systemClock } from '../../src/core/clock.ts'
import type { DecisionRecord } from '../../src/core/decision.ts'
import type { Engine, WorkerStatus } from '../../src/core/engine.ts'
import { systemRandom } from '../../src/core/random.ts'
import type { Span } from '../../src/core/trace.ts'
import { startServer } from '../../src/server/server.ts'
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream/upstream.ts'

export interface Gateway {
  readonly url: string
  readonly port: number
  readonly engine: Engine
  /** What the operator's log holds, one line each. */
  readonly logged: readonly string[]
  /** SDKs that point here; they never try again by themselves. */
  anthropic(options?: ConstructorParameters<typeof Anthropic>[0]): Anthropic
  openai(options?: ConstructorParameters<typeof OpenAI>[0]): OpenAI
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** A GET of the control plane, which each gateway loads when it is first asked: 50 ms. */
  api<Shape>(path: string): Promise<Shape>
  /** The engine's own word on a worker; `/api/workers` tells the same. */
  worker(id: string): WorkerStatus
  /** The messages that are over, newest first; `/api/decisions` and `/api/traces` tell the same. */
  readonly records: readonly Recorded[]
  close(): Promise<void>
}

export interface Recorded extends DecisionRecord {
  readonly spans: readonly Span[]
}

/** The patterns that a message's class is found by; compiling them takes most of a gateway's start: 20 ms. */
export const understanding: ConfigInput = { classify: { packs: ['general', 'coding'] } }

/** @param config all but the store, which is memory. Without `understanding` every message is of the fallback class. */
export async function startGateway(config: ConfigInput): Promise<Gateway> {
  const logged: string[] = []
  const note = (text: string, fields?: object): void => void logged.push(JSON.stringify({ text, ...fields }))
  const system = { clock: systemClock, random: systemRandom(), log: { info: note, warn: note, error: note } }
  const server = await startServer(
    parseConfig({ store: { memory: true }, classify: { packs: [] }, ...config }),
    system,
    { port: 0 },
  )
  const { url, port, engine } = server

  const records: Recorded[] = []
  engine.events.subscribe('message-done', ({ record, spans }) => void records.unshift({ ...record, spans }))

  const gateway: Gateway = {
    url,
    port,
    engine,
    logged,
    anthropic: (options) => new Anthropic({ apiKey: 'callers-own', baseURL: url, maxRetries: 0, ...options }),
    openai: (options) =>
      new OpenAI({ apiKey: 'callers-own', baseURL: `${url}/v1`, maxRetries: 0, ...options }),
    post: (path, body, headers) => fetch(url + path, postOf(body, headers)),
    async api<Shape>(path: string) {
      const response = await fetch(url + path)
      expect(response.status, path).toBe(200)
      return jsonOf<Shape>(response)
    },
    worker(id) {
      const found = engine.workers().find((worker) => worker.id === id)
      if (!found) throw new Error(`no worker ${id}`)
      return found
    },
    records,
    close: () => server.close(),
  }
  onTestFinished(async () => {
    await eventually(() => expect(inUse(engine)).toEqual({ slots: 0, waiting: 0 }))
    await server.close()
  })
  return gateway
}

function inUse(engine: Engine): { readonly slots: number; readonly waiting: number } {
  const slots = engine.workers().reduce((sum, { inFlight }) => sum + inFlight, 0)
  return { slots, waiting: engine.queue().depth }
}

/** A JSON request; text and bytes go as they are. */
export function postOf(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  const raw = typeof body === 'string' || body instanceof Uint8Array
  const fields = { 'content-type': 'application/json', ...headers }
  // Node's fetch takes bytes; the type wants to know their buffer.
  return { method: 'POST', headers: fields, body: raw ? (body as string) : JSON.stringify(body) }
}

export async function upstreamOf(options: UpstreamOptions): Promise<Upstream> {
  const upstream = await startUpstream(options)
  onTestFinished(() => upstream.close())
  return upstream
}

type WorkerInput = NonNullable<ConfigInput['pools']>[string]['workers'][number]

interface WorkerChanges {
  readonly model?: string
  /** undefined: none of its own. */
  readonly apiKey?: string | undefined
  readonly capacity?: number
  readonly timeoutMs?: number
  readonly idleMs?: number
}

/** A worker of the kind that speaks the stub's protocol. */
export function workerOf(upstream: Upstream, changes: WorkerChanges = {}): WorkerInput {
  const { baseUrl } = upstream
  const { apiKey, ...more } = { apiKey: 'workers-own', ...changes }
  const common = { baseUrl, ...(apiKey !== undefined && { apiKey }) }
  return baseUrl.endsWith('/v1')
    ? { kind: 'openai', dialect: 'openai', model: 'gpt-6-luna', ...common, ...more }
    : { kind: 'anthropic', model: 'claude-sonnet-5-5', ...common, ...more }
}

/** One pool for each list of workers, named a, b, c …, and one route through them in that order. */
export function fleetOf(...pools: readonly (readonly WorkerInput[])[]): ConfigInput {
  const named = pools.map((workers, index) => ['abcdefgh'.charAt(index), { workers }] as const)
  return { pools: Object.fromEntries(named), routes: { tactical: named.map(([name]) => name) } }
}

/** Looks again until it holds: what another process or socket does takes a moment that nobody can name. */
export async function eventually<Value>(look: () => Value | Promise<Value>, limitMs = 8_000): Promise<Value> {
  const endMs = systemClock.now() + limitMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (systemClock.now() > endMs) throw error
      await sleep(systemClock, 10)
    }
  }
}

/** The error that it is rejected with. */
export async function refusalOf(promise: PromiseLike<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** The JSON of an answer, in the shape that the test is about to look at. */
async function jsonOf<Shape>(response: Response): Promise<Shape> {
  // A wrong guess shows in the assertions that follow.
  return (await response.json()) as Shape
}
