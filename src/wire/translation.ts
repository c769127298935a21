import type { Failure } from '../core/outcome.ts'
import type { Wire } from '../core/wire.ts'
import type { Dialect } from './dialects.ts'
import type { SseEvent } from './sse.ts'

/** What a translation must know of the model that the request goes to; `models` fills it from the card. */
export interface Target {
  readonly model: string
  readonly outputTokensMax: number | undefined
  readonly dialect: Dialect
}

/** How a client of one protocol speaks with a worker of another. `from` is the client's. */
export interface Translation {
  readonly from: Wire
  readonly to: Wire
  /**
   * The request in the worker's protocol. Total: every field is mapped, dropped with a loss, or refused.
   * Byte-stable: the same request always gives the same bytes.
   * @throws SignalboxError untranslatable, naming the field.
   */
  request(body: Buffer, target: Target): { readonly body: Buffer; readonly losses: readonly string[] }
  /**
   * The whole reply in the client's protocol, under the name that the client asked for.
   * @throws SignalboxError worker-protocol when the body is no reply.
   */
  reply(body: Buffer, naming: ReplyNaming): Buffer
  stream(naming: ReplyNaming): StreamTranslator
  /** An upstream's error in the client's envelope. */
  error(failure: Failure, naming: ReplyNaming): { readonly status: number; readonly body: Buffer }
}

export interface ReplyNaming {
  /** The model that the client asked for. */
  readonly asked: string
  readonly traceId: string
  /** Seconds since 1970, for protocols that date their replies. */
  readonly createdS: number
}

/** Turns one stream into another, event by event. */
export interface StreamTranslator {
  /** @returns the bytes to send now; often none. */
  push(event: SseEvent): Buffer
}
