import type { Failure } from '../core/outcome.ts'
import type { Wire } from '../core/wire.ts'
import type { Dialect } from './dialects.ts'
import type { SseEvent } from './sse.ts'

/** What a model takes of what its protocol has; an absent fact is not known, and nothing is adapted for it. */
export interface Takes {
  /** The values of effort, weakest first; empty when it has none. */
  readonly efforts?: readonly string[]
  /** temperature, top_p and top_k other than their defaults. OpenAI's models take them at effort `none` all the same. */
  readonly sampling?: boolean
  /** A tool_choice that forces a call. */
  readonly forcedTools?: boolean
  /** A last message of role assistant that it continues. */
  readonly prefill?: boolean
  /** Messages of role system between the others. */
  readonly systemMessages?: boolean
}

/** What a translation must know of the model that the request goes to; `models` fills it from the card. */
export interface Target {
  readonly model: string
  readonly outputTokensMax: number | undefined
  readonly dialect: Dialect
  readonly takes?: Takes
}

/** How a client of one protocol speaks with a worker of another. `from` is the client's. */
export interface Translation {
  readonly from: Wire
  readonly to: Wire
  /**
   * The request in the worker's protocol. Total: every field is mapped, dropped with a loss, or refused.
   * Byte-stable: the same request always gives the same bytes.
   * @throws SignalboxError untranslatable, naming the field; invalid-message, malformed-json.
   */
  request(body: Buffer, target: Target): TranslatedRequest
  /**
   * The whole reply in the client's protocol, under the name that the client asked for.
   * @throws SignalboxError worker-protocol when the body is no reply.
   */
  reply(body: Buffer, naming: ReplyNaming): Buffer
  stream(naming: ReplyNaming): StreamTranslator
  /** An upstream's error in the client's envelope. */
  error(failure: Failure, naming: ReplyNaming): { readonly status: number; readonly body: Buffer }
}

export interface TranslatedRequest {
  readonly body: Buffer
  readonly losses: readonly string[]
  /** What `ReplyNaming.usageChunk` must be for the reply to this request. */
  readonly usageChunk?: boolean
}

export interface ReplyNaming {
  /** The model that the client asked for. */
  readonly asked: string
  readonly traceId: string
  /** Seconds since 1970, for protocols that date their replies. */
  readonly createdS: number
  /**
   * The client of a Chat stream asked for usage, and gets it as the protocol says: in a last chunk without choices.
   * Otherwise it rides on the finish chunk: programs that did not ask take the first choice of every chunk unseen.
   */
  readonly usageChunk?: boolean
}

/**
 * Turns one stream into another, event by event. An upstream's error becomes the client protocol's error event, once,
 * and nothing follows it: who sends the bytes must not add an error event of its own after that.
 */
export interface StreamTranslator {
  /** @returns the bytes to send now; often none. Never throws. */
  push(event: SseEvent): Buffer
  /**
   * The upstream's stream is over.
   * @returns the bytes that end the client's stream, where the reply was whole but the protocol's last word did not
   * come (some servers leave `[DONE]` out); none when it has ended already, or when the reply was not whole: that is a
   * failure, and the caller's to tell.
   */
  end(): Buffer
}
