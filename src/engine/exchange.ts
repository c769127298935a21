/**
 * How a client's request becomes a worker's, and the worker's reply the client's. Same protocol: bytes pass,
 * only the model's name is spliced. Another protocol: translated.
 */
import type { Answer } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Failure } from '../core/outcome.ts'
import type { WireReply, WireRequest } from '../core/worker.ts'
import { targetOf } from '../models/target.ts'
import type { Cards } from '../models/catalog.ts'
import { protocols } from '../wire/catalog.ts'
import type { Dialect } from '../wire/dialects.ts'
import type { Protocol } from '../wire/protocol.ts'
import type { SseEvent } from '../wire/sse.ts'
import { translation } from '../wire/translate/catalog.ts'
import type { Member } from '../workers/member.ts'
import type { Run } from './run.ts'

export interface Exchange {
  readonly request: WireRequest
  readonly losses: readonly string[]
  /** The worker's protocol. */
  readonly protocol: Protocol
  /** A whole reply for the client. @throws SignalboxError worker-protocol. */
  reply(body: Buffer): Buffer
  /** One event of a streamed reply, as bytes for the client; often none. */
  event(event: SseEvent): Buffer
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

const NOTHING = Buffer.alloc(0)

export interface ExchangeOptions {
  readonly cards: Cards
  readonly dialectOf: (member: Member) => Dialect
  readonly wallNowMs: () => number
}

/**
 * @throws SignalboxError unauthorized, when the worker has no key and the caller showed only one of ours;
 * untranslatable, when the worker's protocol has no word for what the request holds.
 */
export function exchange(run: Run, member: Member, options: ExchangeOptions): Exchange {
  if (!member.ownKey && run.ask.ourKey && !run.ask.credentials)
    throw new SignalboxError(
      'unauthorized',
      `the worker has no key of its own, and yours opens only Signalbox.`,
      {
        hint: 'Set apiKey for the worker, or send the vendor’s key in the other credential header.',
      },
    )
  const asked = run.view.model
  const model = run.plan.forwardsName ? asked : member.model
  const { wire } = member.worker
  const protocol = protocols[wire]
  const { ask, view } = run
  const common = { stream: view.stream, ...(ask.credentials && { credentials: ask.credentials }) }
  const translated = translation(ask.wire, wire)

  if (!translated) {
    const body = model === asked ? [ask.body] : view.withModel(model)
    return {
      request: { path: protocol.path + ask.query, headers: ask.headers, body, ...common },
      losses: [],
      protocol,
      reply: (whole) => protocol.renameReply(whole, asked),
      event: (event) => protocol.renameEvent(event, asked),
      end: () => NOTHING,
      headers: (reply) => reply.headers,
      error: (_failure, reply) => ({
        status: reply.status === 529 ? 503 : reply.status,
        headers: reply.headers,
        body: reply.body,
      }),
    }
  }

  const target = targetOf(model, options.cards.find(model), options.dialectOf(member))
  const request = translated.request(ask.body, target)
  const naming = {
    asked,
    traceId: run.traceId,
    createdS: Math.floor(options.wallNowMs() / 1000),
    ...(request.usageChunk !== undefined && { usageChunk: request.usageChunk }),
  }
  const stream = view.stream ? translated.stream(naming) : undefined
  const contentType = (streamed: boolean): Readonly<Record<string, string>> => ({
    'content-type': streamed ? 'text/event-stream; charset=utf-8' : 'application/json',
  })
  return {
    request: { path: protocol.path, headers: {}, body: [request.body], ...common },
    losses: request.losses,
    protocol,
    reply: (whole) => translated.reply(whole, naming),
    event: (event) => stream?.push(event) ?? NOTHING,
    end: () => stream?.end() ?? NOTHING,
    headers: (reply) => contentType(!Buffer.isBuffer(reply.body)),
    error(failure) {
      // Without a key of its own the worker was shown the caller's: its refusal is the caller's to hear.
      const callers = !member.ownKey && failure.code === 'worker-credentials'
      const { status, body } = translated.error(
        callers ? { ...failure, code: 'unauthorized' } : failure,
        naming,
      )
      return { status, headers: contentType(false), body }
    },
  }
}
