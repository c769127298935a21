/** The exchange where client and worker speak the same protocol. */
import { SignalboxError } from '../core/errors.ts'
import { type Adaptation, adapt } from '../models/adapt.ts'
import { protocols } from '../wire/catalog.ts'
import type { Edit } from '../wire/splice.ts'
import { foreignReasoning } from '../wire/translate/foreign-reasoning.ts'
import { lessonEdits, lessonsFor } from './lesson-edits.ts'
import { type Addressee, type Exchange, type ExchangeOptions, joined } from './exchange.ts'
import type { Run } from './run.ts'

const NOTHING = Buffer.alloc(0)
const BETA = 'anthropic-beta'

type Asked = Pick<Run, 'ask' | 'view'> & Partial<Pick<Run, 'lesson'>>
type CardsAndLessons = Pick<ExchangeOptions, 'cards' | 'learned'>

export function passedExchange(run: Asked, to: Addressee, options: CardsAndLessons): Exchange {
  const { ask, view } = run
  const { asked, model, moved } = to
  const protocol = protocols[ask.wire]
  const foreign = view.thinking ? foreignReasoning(ask.body, ask.wire) : []
  const renamed = model !== asked
  const changed = renamed || foreign.length > 0
  const adaptation = renamed ? adaptationFor(run, to, options) : undefined
  const edited = editedBody(run, [
    ...(renamed ? [{ path: ['model'], value: model }] : []),
    ...(adaptation?.edits ?? []),
    ...foreign,
  ])
  const lessons = changed ? lessonsFor(run, options.learned, to.member.host, model) : []
  const { body, losses } = lessonEdits(edited, lessons, protocol)
  return {
    request: {
      path: protocol.path + ask.query,
      headers: withoutBetas(ask.headers, adaptation?.betasRemoved ?? []),
      body,
      stream: view.stream,
      ...(ask.credentials && { credentials: ask.credentials }),
    },
    losses: joined(adaptation?.losses ?? [], foreign.length > 0 ? ['thinking:model'] : [], losses, moved),
    protocol,
    changed,
    reply: (whole) => protocol.renameReply(whole, asked),
    event: (event) => protocol.renameEvent(event, asked),
    over: () => false,
    failure: () => undefined,
    end: () => NOTHING,
    headers: (reply) => reply.headers,
    error: (_failure, reply) => ({
      status: reply.status === 529 ? 503 : reply.status,
      headers: reply.headers,
      body: reply.body,
    }),
  }
}

/** Nearly always at most the name changes, and there is a quicker way for it. */
function editedBody({ ask, view }: Asked, edits: readonly Edit[]): readonly Buffer[] {
  const [only, ...more] = edits
  if (!only) return [ask.body]
  return more.length === 0 && only.path[0] === 'model'
    ? view.withModel(String(only.value))
    : view.edited(edits)
}

/** @throws SignalboxError model-mismatch. Undefined for a model without a card: it is sent what the client wrote. */
function adaptationFor(
  { ask, view }: Asked,
  { asked, card }: Addressee,
  { cards }: CardsAndLessons,
): Adaptation | undefined {
  if (!card) return undefined
  const adapted = adapt(view, {
    from: cards.find(asked),
    to: card,
    version: ask.headers['anthropic-version'],
    betas: betasIn(ask.headers),
  })
  if ('adaptation' in adapted) return adapted.adaptation
  const { sentence, ...where } = adapted.refusal
  throw new SignalboxError('model-mismatch', sentence, where)
}

function betasIn(headers: Readonly<Record<string, string>>): readonly string[] {
  return headers[BETA]?.split(',').map((value) => value.trim()) ?? []
}

function withoutBetas(
  headers: Readonly<Record<string, string>>,
  removed: readonly string[],
): Readonly<Record<string, string>> {
  if (removed.length === 0) return headers
  const { [BETA]: _all, ...rest } = headers
  const kept = betasIn(headers).filter((value) => !removed.includes(value))
  return kept.length === 0 ? rest : { ...rest, [BETA]: kept.join(',') }
}
