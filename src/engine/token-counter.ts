/**
 * How long is the prompt? The worker that would answer the message counts it where it can; else it is an estimate, which
 * says so. It takes no slot and leaves no record: the message itself has not been sent.
 */
import type { Clock } from '../core/clock.ts'
import type { Ask, TokenCount } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import type { WireReply, WireRequest } from '../core/worker.ts'
import { targetOf } from '../models/target.ts'
import { createDeadline } from '../resilience/deadline.ts'
import { COUNT_PATH, isTokenCount, tokenCountBody } from '../wire/anthropic/token-count.ts'
import { INPUT_TOKENS_PATH, inputTokensIn, inputTokensRequest } from '../wire/openai-responses/token-count.ts'
import type { RequestView } from '../wire/protocol.ts'
import type { Member } from '../workers/member.ts'
import type { Addressee, ExchangeOptions } from './exchange.ts'
import { passedExchange } from './exchange-passed.ts'
import { modelAt, type Plan } from './plan.ts'

export interface TokenCounterOptions {
  readonly clock: Clock
  readonly exchange: Pick<ExchangeOptions, 'cards' | 'learned' | 'translationOf'>
}

/** Rejects with a SignalboxError cancelled, when the caller goes away. */
export type CountTokens = (ask: Ask, view: RequestView, plan: Plan) => Promise<TokenCount>

/** How one worker counts. */
interface Counting {
  readonly request: WireRequest
  /** Undefined where the reply is no count. */
  read(reply: WireReply & { readonly body: Buffer }): TokenCount | undefined
}

/** A client asks often, and can do with an estimate: it should not wait as long as for an answer. */
const COUNT_MS = 10_000
/** What the provider says of the request itself; of all else the caller is not to blame. */
const CALLERS = new Set([400, 413])
const CALLERS_OWN_KEY = new Set([...CALLERS, 401, 403])
/** A count is a number: what is longer than this is none, and is not read. */
const COUNT_BYTES_MAX = 1024 * 1024
/** A request to count names no length of the answer, and a translation wants one. */
const ANSWER_TOKENS = 1_024

export function createTokenCounter({ clock, exchange }: TokenCounterOptions): CountTokens {
  return async (ask, view, plan) => {
    const member = whoAnswers(plan)
    const counting = member && (await countingBy(member, ask, view, plan))
    if (!member || !counting) return estimate(view)
    const deadline = createDeadline(clock, Math.min(COUNT_MS, ask.deadlineMs ?? COUNT_MS), ask.signal)
    try {
      const { body, ...reply } = await member.worker.call(counting.request, deadline.signal)
      const isCount = Buffer.isBuffer(body) && body.length <= COUNT_BYTES_MAX
      return (isCount && counting.read({ ...reply, body })) || estimate(view)
    } catch {
      // The worker's silence is nobody's matter but its own; who has gone away wants no estimate either.
      if (ask.signal?.aborted) throw SignalboxError.from(deadline.signal.reason)
      return estimate(view)
    } finally {
      deadline.dispose()
    }
  }

  /** Undefined where the worker cannot count: another protocol, no server, or no key to show it. */
  async function countingBy(
    member: Member,
    ask: Ask,
    view: RequestView,
    plan: Plan,
  ): Promise<Counting | undefined> {
    const { worker, ownKey } = member
    if (worker.kind === 'simulated' || (!ownKey && !ask.credentials)) return undefined
    const asked = view.model
    const model = modelAt(plan, asked, member)
    const to = { member, asked, model, card: exchange.cards.find(model), moved: [] }
    try {
      if (worker.wires.includes('anthropic')) return countedByAnthropic(ask, view, to)
      return worker.wires.includes('openai-responses') ? await countedByOpenai(ask, view, to) : undefined
    } catch {
      // The model would refuse the message: whoever sends it is told then.
      return undefined
    }
  }

  function countedByAnthropic(ask: Ask, view: RequestView, to: Addressee): Counting {
    const { request } = passedExchange({ ask, view }, to, exchange)
    const passes = to.member.ownKey ? CALLERS : CALLERS_OWN_KEY
    return {
      request: { ...request, path: COUNT_PATH + ask.query, stream: false },
      read: ({ status, headers, body }) =>
        passes.has(status) || (status === 200 && isTokenCount(body))
          ? { status, headers, body, estimated: false }
          : undefined,
    }
  }

  async function countedByOpenai(ask: Ask, view: RequestView, to: Addressee): Promise<Counting | undefined> {
    const { member, model, card } = to
    const body = Buffer.concat(view.edited([{ path: ['max_tokens'], value: ANSWER_TOKENS }]))
    const target = targetOf(model, card, member.dialect)
    const translation = await exchange.translationOf('anthropic', 'openai-responses')
    const translated = translation?.request(body, target)
    return (
      translated && {
        request: {
          path: INPUT_TOKENS_PATH,
          headers: {},
          body: [inputTokensRequest(translated.body)],
          stream: false,
          ...(ask.credentials && { credentials: ask.credentials }),
        },
        read({ status, body: reply }) {
          const tokens = status === 200 ? inputTokensIn(reply) : undefined
          return tokens === undefined ? undefined : counted(tokens, false)
        },
      }
    )
  }
}

/** The first that is well, in the order of the plan; whether it is busy does not matter. */
function whoAnswers(plan: Plan): Member | undefined {
  for (const group of plan.groups) {
    const member = group.members.find(({ usable }) => usable)
    if (member) return member
  }
  return undefined
}

function estimate(view: RequestView): TokenCount {
  return counted(Math.max(1, Math.ceil(view.promptTokens)), true)
}

function counted(tokens: number, estimated: boolean): TokenCount {
  const headers = { 'content-type': 'application/json' }
  return { status: 200, headers, body: tokenCountBody(tokens), estimated }
}
