/** The exchange where client and worker speak different protocols. */
import { SignalboxError } from '../core/errors.ts'
import { refuseTooLong } from '../models/adapt/window.ts'
import { targetOf } from '../models/target.ts'
import { protocols } from '../wire/catalog.ts'
import type { ReplyNaming, Translation } from '../wire/translation.ts'
import { type Addressee, type Exchange, type ExchangeOptions, joined } from './exchange.ts'
import { lessonEdits, lessonsFor } from './lesson-edits.ts'
import type { Run } from './run.ts'

const NOTHING = Buffer.alloc(0)

type Asked = Pick<Run, 'ask' | 'view' | 'traceId'> & Partial<Pick<Run, 'lesson'>>

export function translatedExchange(
  run: Asked,
  to: Addressee,
  translation: Translation,
  options: ExchangeOptions,
): Exchange {
  const { ask, view } = run
  const { member, asked, model, card, moved } = to
  const tooLong = card && refuseTooLong(view.promptTokens, card)
  if (tooLong) throw new SignalboxError('model-mismatch', tooLong.sentence, { path: tooLong.path })
  const protocol = protocols[translation.to]
  const request = translation.request(ask.body, targetOf(model, card, member.dialect))
  const lessons = lessonsFor(run, options.learned, member.host, model)
  const { body, losses } = lessonEdits([request.body], lessons, protocol)
  const { body: _body, losses: lost, ...needs } = request
  const naming: ReplyNaming = {
    ...needs,
    asked,
    traceId: run.traceId,
    createdS: Math.floor(options.wallNowMs() / 1000),
  }
  const stream = view.stream ? translation.stream(naming) : undefined
  return {
    request: {
      path: protocol.path,
      headers: {},
      body,
      stream: view.stream,
      ...(ask.credentials && { credentials: ask.credentials }),
    },
    losses: joined(lost, losses, moved),
    protocol,
    changed: true,
    reply: (whole) => translation.reply(whole, naming),
    event: (event) => stream?.push(event) ?? NOTHING,
    over: () => stream?.over ?? false,
    failure: () => stream?.failure,
    end: () => stream?.end() ?? NOTHING,
    headers: (reply) => contentType(!Buffer.isBuffer(reply.body)),
    error(failure) {
      // Without a key of its own the worker was shown the caller's: its refusal is the caller's to hear.
      const callers = !member.ownKey && failure.code === 'worker-credentials'
      const told = callers ? ({ ...failure, code: 'unauthorized' } as const) : failure
      const { status, body: error } = translation.error(told, naming)
      return { status, headers: contentType(false), body: error }
    },
  }
}

function contentType(streamed: boolean): Readonly<Record<string, string>> {
  return { 'content-type': streamed ? 'text/event-stream; charset=utf-8' : 'application/json' }
}
