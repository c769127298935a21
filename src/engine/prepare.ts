/** Chooses the protocol that a worker is spoken to in, and makes the exchange with it. */
import { SignalboxError } from '../core/errors.ts'
import { spokenWire } from '../models/spoken-wire.ts'
import type { Member } from '../workers/member.ts'
import type { Addressee, Exchange, ExchangeOptions } from './exchange.ts'
import { passedExchange } from './exchange-passed.ts'
import { translatedExchange } from './exchange-translated.ts'
import { modelAt } from './plan.ts'
import type { Run } from './run.ts'

/**
 * @throws SignalboxError unauthorized, when the worker has no key and the caller showed only one of ours; untranslatable,
 * when the worker's protocol has no word for what the request holds; model-mismatch, when its model does not take it.
 */
export async function prepare(run: Run, member: Member, options: ExchangeOptions): Promise<Exchange> {
  if (!member.ownKey && run.ask.ourKey && !run.ask.credentials)
    throw new SignalboxError(
      'unauthorized',
      `the worker has no key of its own, and yours opens only Signalbox.`,
      {
        hint: 'Set apiKey for the worker, or send the vendor’s key in the other credential header.',
      },
    )
  const asked = run.view.model
  const model = modelAt(run.plan, asked, member)
  const card = options.cards.find(model)
  const to: Addressee = { member, asked, model, card, moved: options.lossesOf(run, member) }
  const wire = spokenWire(run.view, member.worker.wires, card?.takes)
  const translated = wire === run.ask.wire ? undefined : await options.translationOf(run.ask.wire, wire)
  return translated ? translatedExchange(run, to, translated, options) : passedExchange(run, to, options)
}
