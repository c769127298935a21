import type { SignalboxError } from './errors.ts'
import type { LearnedFact } from './lesson.ts'
import type { Choice, Classification, Decision } from './decision.ts'
import type { Events, Mode } from './events.ts'
import type { Context, Message, Priority } from './message.ts'
import type { Failure } from './outcome.ts'
import type { Trace } from './trace.ts'
import type { Usage, Wire } from './wire.ts'
import type { BreakerState, WorkerState } from './worker.ts'

/** What the library and `POST /api/messages` give back. */
export interface Reply {
  readonly text: string
  /** Blocks of Anthropic's Messages API. */
  readonly content: readonly Readonly<Record<string, unknown>>[]
  readonly stopReason: string | null
  readonly usage: Usage
  readonly costUsd: number
  readonly decision: Decision
  readonly trace: Trace
}

export type StreamEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'done'; readonly reply: Reply }

/** A request of a client, in the client's own protocol, as the data plane received it. */
export interface Ask {
  /** 32 hexadecimal digits, where whoever received the request has already named it. */
  readonly traceId?: string
  readonly wire: Wire
  readonly body: Buffer
  /** The query of the request's path, with its question mark, or ''. */
  readonly query: string
  /** End-to-end headers to pass on to a worker of the same protocol; lower-case names, no credentials. */
  readonly headers: Readonly<Record<string, string>>
  readonly credentials?: Readonly<Record<string, string>>
  /** The caller showed a key of ours: it opens Signalbox, and says nothing to a worker without a key of its own. */
  readonly ourKey?: boolean
  readonly priority?: Priority
  readonly deadlineMs?: number
  readonly class?: string
  readonly session?: string
  readonly tenant?: string
  readonly context?: Context
  /** `library` for messages that did not come as a protocol's request. */
  readonly kind?: string
  readonly signal?: AbortSignal
}

/** What goes back to the client, in its protocol. Complete, or a stream that has begun: no failover from here on. */
export interface Answer {
  readonly status: number
  /** End-to-end headers of the worker that may pass on, and content-type. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | AsyncIterable<Buffer>
  /** What the body tells, where it is an error. */
  readonly failure?: Failure
  readonly pool: string
  readonly worker: string
  /** The model that serves. */
  readonly model: string
  readonly losses: readonly string[]
}

/** How long a prompt is, in the protocol that it was asked in; or what the provider has against the request. */
export interface TokenCount {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Nobody counted: a rough figure, from the length of the request. */
  readonly estimated: boolean
}

/** For the header `server-timing`. */
export interface Timing {
  readonly classifyMs: number
  readonly queueMs: number
  /** All attempts; of a stream that still runs, up to its first content. */
  readonly upstreamMs: number
}

/** A message on its way. The class is known at once; the answer comes when it comes. */
export interface Journey {
  readonly traceId: string
  readonly classification: Classification
  readonly stream: boolean
  /** Where the time went so far. */
  timing(): Timing
  /** The caller has gone, or wants no answer any more: the worker's call is cancelled. */
  cancel(reason: SignalboxError): void
  /** Rejects with a SignalboxError. */
  readonly answer: Promise<Answer>
}

export interface WorkerStatus {
  readonly id: string
  readonly pool: string
  readonly kind: string
  readonly model: string
  readonly state: WorkerState
  readonly breaker: BreakerState
  readonly slots: number
  readonly inFlight: number
  readonly draining: boolean
}

export interface QueueStatus {
  readonly depth: number
  readonly capacity: number
  readonly byPriority: Readonly<Record<Priority, number>>
  readonly oldestMs: number
  readonly averageWaitMs: number
  readonly perSecond: number
}

export interface ModelListing {
  readonly id: string
  readonly kind: 'auto' | 'route' | 'pool' | 'model'
  readonly description: string
}

/** The whole of Signalbox behind one object. */
export interface Engine {
  readonly events: Events
  /** Waits for the whole answer. Rejects with a SignalboxError. */
  send(message: Message): Promise<Reply>
  stream(message: Message): AsyncIterable<StreamEvent>
  /** Synchronous and without side effects. */
  classify(text: string, context?: Context): Classification
  /** What would happen to the message now; synchronous, nothing is reserved. */
  decide(message: Message): Choice
  /**
   * Takes a request in its own protocol. Throws a SignalboxError at once for what can be refused without a worker.
   */
  start(ask: Ask): Journey
  /** Counts the request's prompt, and sends no message. Rejects with a SignalboxError, as `start` throws. */
  countTokens(ask: Ask): Promise<TokenCount>
  workers(): readonly WorkerStatus[]
  queue(): QueueStatus
  models(): readonly ModelListing[]
  mode(): Mode
  /** What models at servers were found to refuse. */
  learned(): readonly LearnedFact[]
  /** What an earlier process had learned. */
  teach(facts: readonly LearnedFact[]): void
  /** True when at least one worker can take a message. */
  ready(): boolean
  /** Takes the worker out of rotation (or back in); what it is answering goes on. */
  drain(worker: string, draining: boolean): void
  /** Refuses new messages, lets running ones end (at most `drainMs`), closes the workers. */
  close(drainMs?: number): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
