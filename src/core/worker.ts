import type { CancelSignal } from './cancellation.ts'
import type { Wire } from './wire.ts'

declare const workerIdBrand: unique symbol
/** POOL-N from 1, or the name that the configuration gives. */
export type WorkerId = string & { readonly [workerIdBrand]: true }

export function workerId(pool: string, number: number): WorkerId {
  return `${pool}-${number}` as WorkerId
}

export function namedWorkerId(name: string): WorkerId {
  return name as WorkerId
}

/** How well a worker is. `unavailable` gets nothing; `degraded` only when better ones are busy. */
export type WorkerState = 'healthy' | 'degraded' | 'unhealthy' | 'unavailable'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** What others may know of a worker: a read-only view of the live object, kept current by its pool. */
export interface WorkerView {
  readonly id: WorkerId
  readonly pool: string
  readonly model: string
  /** The operator's preference among workers of a pool; 1 is usual. */
  readonly weight: number
  /** How many requests it takes at once. */
  readonly slots: number
  /** Slots in use, until the last byte. */
  readonly inFlight: number
  /** Estimated tokens of all that is in flight. */
  readonly outstandingTokens: number
  /** 0.1–1: share of its usual traffic that it should get; ramps up after a recovery. */
  readonly health: number
  /** Moving average of the time to the first content, in milliseconds; 0 when unknown. */
  readonly latencyMs: number
}

/** A request in a worker's own protocol. */
export interface WireRequest {
  /** Path and query below the worker's base URL, in the form of the protocol: `/v1/messages?beta=true`. */
  readonly path: string
  /** Lower-case end-to-end headers to pass on; credentials and hop-by-hop headers are not among them. */
  readonly headers: Readonly<Record<string, string>>
  /** The caller's own credential headers, for a worker that has no key of its own. */
  readonly credentials?: Readonly<Record<string, string>>
  /** Parts of the body in order: a spliced body is not copied together. */
  readonly body: readonly Buffer[]
  readonly stream: boolean
}

/**
 * What came back, whatever its status. A streamed body is read once, to its end or until `return()`;
 * a body that is not streamed is whole.
 */
export interface WireReply {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | AsyncIterable<Buffer>
  /** For errors that stand in the body all the same: a stream's, or one of status 200. Errors of status ≥ 400 are done. */
  readonly scrub?: Scrub
}

/** The text without what tells the worker's key or where it lives. */
export type Scrub = (text: string) => string

/** One endpoint or process that answers; the contract that every worker kind implements. */
export interface Worker {
  readonly kind: string
  /** The protocols it speaks; the first one is for requests in none of them. */
  readonly wires: readonly [Wire, ...Wire[]]
  readonly model: string
  /**
   * Sends one request. Rejects with a SignalboxError of domain `worker` when no reply came (refused, reset, timed out),
   * and with the signal's reason when it was aborted; every HTTP status is a reply.
   */
  call(request: WireRequest, signal: CancelSignal): Promise<WireReply>
  /** True when it is alive: any HTTP answer below 500. Never throws. */
  probe(signal: CancelSignal): Promise<boolean>
  /** What the vendor tells of the worker's model, as it sends it; undefined where it tells nothing. Never throws. */
  listing?(signal: CancelSignal): Promise<Buffer | undefined>
  close(): Promise<void>
}
