import type { SignalboxError } from '../core/errors.ts'
import type { Failure } from '../core/outcome.ts'
import type { Usage, Wire } from '../core/wire.ts'
import type { RequestShape } from './request-shape.ts'
import type { Edit } from './splice.ts'
import type { SseEvent } from './sse.ts'

/**
 * What one protocol knows of itself; the contract of every wire. Pure: bytes in, facts or bytes out. Only
 * implementations of this contract (and translate/) know a vendor's field names.
 */
export interface Protocol {
  readonly wire: Wire
  /** The endpoint below the base URL that the vendor's SDK would be given. */
  readonly path: string
  /**
   * Reads what routing needs of a request's body, without building a tree of it.
   * @throws SignalboxError malformed-json, invalid-message.
   */
  view(body: Buffer): RequestView
  /** The facts of a whole reply of status 200, or undefined when the body is no reply of this protocol. */
  readReply(body: Buffer): ReplyFacts | undefined
  /** The same reply under another model's name; all other bytes as they were. */
  renameReply(body: Buffer, model: string): Buffer
  /** The same stream event under another model's name, as bytes to send. */
  renameEvent(event: SseEvent, model: string): Buffer
  /** A reader for one streamed reply. */
  observe(): StreamObserver
  /** What an error reply (status ≥ 400) of an upstream means. Decides by code, then type, then status. */
  readFailure(status: number, headers: Readonly<Record<string, string>>, body: Buffer): Failure
  /** An error of ours in this protocol's envelope. */
  errorBody(error: SignalboxError, traceId: string): Buffer
  /** The same as the event that ends a stream which has begun. */
  errorEvent(error: SignalboxError, traceId: string): Buffer
  /** The bytes that keep a silent stream alive. */
  readonly ping: Buffer
}

/** The lazy reading of a request's bytes: what costs anything is computed when first asked for. */
export interface RequestView {
  readonly wire: Wire
  readonly body: Buffer
  readonly model: string
  readonly stream: boolean
  /**
   * What the person wrote, newest first, at most three texts: messages of role user, without reminders
   * (`<system-reminder>…</system-reminder>`), tool results, and messages of other roles.
   */
  readonly texts: readonly string[]
  /** Tools are offered. */
  readonly tools: boolean
  /** The last thing said (role-system messages aside) is a tool's result: the turn goes on. */
  readonly toolLoopOpen: boolean
  /** The history carries reasoning blocks that only some models can read. */
  readonly thinking: boolean
  /** output_config.effort or reasoning_effort. */
  readonly effort: string | undefined
  readonly maxTokens: number | undefined
  /** The conversation's id, where the body names one (session id in metadata.user_id, or prompt_cache_key). */
  readonly session: string | undefined
  /** System prompt and first text of the person: what tells conversations apart that carry no id. */
  readonly opening: string
  /** What decides whether, and how, the request can go to another model. Costs about as much again as the view. */
  readonly shape: RequestShape
  /**
   * A rough estimate of the whole prompt, in tokens: a quarter of its bytes, and a flat number for each picture. Costs
   * the same pass over the conversation as the shape.
   */
  readonly promptTokens: number
  /** The body with another model's name, everything else byte for byte: parts to send in order. */
  withModel(model: string): readonly Buffer[]
  /** The body with the edits made (see `splice`), everything else byte for byte: parts to send in order. */
  edited(edits: readonly Edit[]): readonly Buffer[]
}

/** What routing reads of a request. */
export type RequestFacts = Pick<
  RequestView,
  'model' | 'texts' | 'tools' | 'toolLoopOpen' | 'thinking' | 'effort' | 'maxTokens'
>

export interface ReplyFacts {
  /** Of a reply that the vendor may keep, and that a later request may go on from. */
  readonly id?: string
  readonly model: string | undefined
  readonly usage: Usage
  readonly stopReason: string | undefined
}

/**
 * Follows a streamed reply. `head` until the first content event: until then nothing need have reached the client,
 * and another worker may be tried. `ended` only when the protocol's own end was seen: a stream that closes before is a failure.
 */
export interface StreamObserver {
  see(event: SseEvent): void
  readonly phase: 'head' | 'content' | 'ended' | 'failed'
  /** The protocol's last event was seen: nothing follows, though the connection may stay open. */
  readonly complete: boolean
  readonly failure: Failure | undefined
  /** The failure came as an error event that the protocol's clients understand: it can be passed on as it is. */
  readonly failureIsTold: boolean
  readonly facts: ReplyFacts
}
