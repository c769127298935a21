/**
 * How a client's request becomes a worker's, and the worker's reply the client's. Same protocol: bytes pass, but for
 * what the model that it goes to would refuse. Another protocol: translated.
 */
import type { Answer } from '../core/engine.ts'
import type { Failure } from '../core/outcome.ts'
import type { WireReply, WireRequest } from '../core/worker.ts'
import type { Card } from '../models/card.ts'
import type { Cards } from '../models/catalog.ts'
import type { Protocol } from '../wire/protocol.ts'
import type { SseEvent } from '../wire/sse.ts'
import type { Learned } from '../workers/learned.ts'
import type { Member } from '../workers/member.ts'
import type { Run } from './run.ts'
import type { TranslationOf } from './translations.ts'

export interface Exchange {
  readonly request: WireRequest
  readonly losses: readonly string[]
  /** The worker's protocol. */
  readonly protocol: Protocol
  /** The request is not as the client wrote it: what the worker refuses may be ours to mend. */
  readonly changed: boolean
  /** A whole reply for the client. @throws SignalboxError worker-protocol. */
  reply(body: Buffer): Buffer
  /** One event of a streamed reply, as bytes for the client; often none. */
  event(event: SseEvent): Buffer
  /** The client has all that it asked for, though the worker's stream goes on. */
  over(): boolean
  /** What the worker's stream could not be turned into: the client has been told. */
  failure(): Failure | undefined
  /** What is still owed to the client when the worker's stream has ended well. */
  end(): Buffer
  /** The worker's headers that the client may see. */
  headers(reply: WireReply): Readonly<Record<string, string>>
  /** An error of the worker, for the client. */
  error(
    failure: Failure,
    reply: WireReply & { readonly body: Buffer },
  ): Pick<Answer, 'status' | 'headers' | 'body'>
}

export interface ExchangeOptions {
  /** What of the conversation does not travel to this worker. */
  readonly lossesOf: (run: Run, member: Member) => readonly string[]
  readonly cards: Cards
  readonly learned: Learned
  readonly translationOf: TranslationOf
  readonly wallNowMs: () => number
}

/** Who is written to, by what name, and what is known of the model. */
export interface Addressee {
  readonly member: Member
  /** What the client asked for, and what the worker is asked for. */
  readonly asked: string
  readonly model: string
  readonly card: Card | undefined
  /** Losses of the move itself, whatever the request holds. */
  readonly moved: readonly string[]
}

/** Losses of several kinds, each once. Nearly always there are none: then no list is made. */
export function joined(...lists: readonly (readonly string[])[]): readonly string[] {
  const [only, ...more] = lists.filter((list) => list.length > 0)
  if (!only) return []
  return more.length === 0 ? only : [...new Set(lists.flat())]
}
