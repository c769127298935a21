import { protocols } from '../../wire/catalog.ts'
import type { Wire } from '../../core/wire.ts'
import { splice } from '../../wire/splice.ts'
import { type AdaptOptions, type Adaptation, adapt } from '../adapt.ts'
import type { Card } from '../card.ts'
import { createCards } from '../catalog.ts'
import type { Refusal } from './refusal.ts'

export type Request = Readonly<Record<string, unknown>>

export interface Asked {
  readonly wire?: Wire
  readonly from?: string | undefined
  readonly to: string
  readonly version?: string
  readonly betas?: readonly string[]
}

export interface Outcome extends Partial<Adaptation> {
  readonly refusal?: Refusal
  /** The request as it would be sent; undefined when it is refused. */
  readonly sent?: Request
}

const cards = createCards()

export function cardOf(model: string): Card {
  const card = cards.find(model)
  if (!card) throw new Error(`no card of ${model}`)
  return card
}

/** Adapts a request and makes the edits, as whoever sends it does. */
export function adapted(request: Request, asked: Asked): Outcome {
  const { wire = 'anthropic', from, to, version = '2023-06-01', betas = [] } = asked
  const body = Buffer.from(JSON.stringify(request))
  const options: AdaptOptions = {
    from: from === undefined ? undefined : cardOf(from),
    to: cardOf(to),
    version,
    betas,
  }
  const result = adapt(protocols[wire].view(body), options)
  if ('refusal' in result) return { refusal: result.refusal }
  const sent: unknown = JSON.parse(Buffer.concat(splice(body, result.adaptation.edits)).toString())
  // What was an object before is one after a few of its members were changed.
  return { ...result.adaptation, sent: sent as Request }
}

export function message(extra: Request = {}): Request {
  return { model: 'asked', max_tokens: 8_000, messages: [{ role: 'user', content: 'Hello' }], ...extra }
}
