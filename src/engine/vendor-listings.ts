/**
 * What a vendor itself tells of a model (limits, modes of thinking, efforts) is truer than any card. It is asked for once
 * a model, in the background, when the first answer has shown that the worker and its key are good. A card is one for all
 * servers: what another host than the vendor's own tells, a gateway's of its own limits, is true there alone and not asked for.
 */
import type { Events } from '../core/events.ts'
import type { Cards } from '../models/catalog.ts'
import { parseJson } from '../wire/json-value.ts'
import type { Member } from '../workers/member.ts'

const VENDOR_HOST = 'api.anthropic.com'

export function readListings(members: readonly Member[], cards: Cards, events: Events): void {
  const askable = new Map(
    members
      .filter(({ host, worker }) => host === VENDOR_HOST && worker.listing)
      .map((member) => [member.id as string, member]),
  )
  // Closing the worker ends the request; until then nobody needs to.
  const { signal } = new AbortController()

  async function ask({ model, worker }: Member): Promise<void> {
    for (const [id, other] of askable) if (other.model === model) askable.delete(id)
    const body = await worker.listing?.(signal)
    if (body) cards.correct(model, parseJson(body.toString()))
  }

  events.subscribe('attempt-ended', ({ worker, outcome }) => {
    const member = outcome.kind === 'ok' ? askable.get(worker) : undefined
    if (member) void ask(member)
  })
}
