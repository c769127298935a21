import { describe, expect, it } from 'vitest'
import type { Ask, TokenCount } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { fakeWorker } from '../testing/fake-worker.ts'
import { protocols } from '../wire/catalog.ts'
import { Fleet } from '../workers/fleet.ts'
import { createLearned } from '../workers/learned.ts'
import { Member } from '../workers/member.ts'
import { createPlans } from './plan.ts'
import { createTokenCounter } from './token-counter.ts'

const MODEL = 'claude-opus-5-5'
const body = Buffer.from(JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hello' }] }))

/** One request to a worker that never answers. */
function silent(changes: Partial<Ask> = {}, ownKey = true) {
  const clock = virtualClock()
  const worker = fakeWorker({ clock, script: [{ kind: 'stall' }] })
  const id = workerId('opus', 1)
  const member = new Member({
    id,
    pool: 'opus',
    worker,
    vendor: 'anthropic',
    account: id,
    ownKey,
    slots: 1,
    weight: 1,
  })
  const plans = createPlans({
    fleet: new Fleet([member]),
    routes: { simple: ['opus'] },
    pools: ['opus'],
    fallbackClass: 'simple',
    intercept: [],
  })
  const count = createTokenCounter({
    clock,
    exchange: { cards: createCards({}), learned: createLearned() },
  })
  const ask: Ask = { wire: 'anthropic', body, query: '', headers: {}, ...changes }
  const counted: Promise<TokenCount> = count(ask, protocols.anthropic.view(body), plans.forClass('simple'))
  return { clock, worker, member, counted }
}

describe('counting tokens', () => {
  it('waits ten seconds for the worker, and then estimates', async () => {
    const { clock, worker, counted } = silent()
    let over = false
    void counted.then(() => (over = true))
    await clock.advanceAsync(9_999)
    expect([over, worker.calls.length]).toEqual([false, 1])
    await clock.advanceAsync(1)
    const { status, body: reply, estimated } = await counted
    expect([status, estimated]).toEqual([200, true])
    expect(JSON.parse(reply.toString()).input_tokens).toBeGreaterThan(0)
  })

  it('waits no longer than the caller does', async () => {
    const { clock, counted } = silent({ deadlineMs: 200 })
    await clock.advanceAsync(200)
    expect(await counted).toMatchObject({ estimated: true })
  })

  it('takes no slot of the worker', async () => {
    const { clock, member, counted } = silent()
    expect([member.inFlight, member.free]).toEqual([0, true])
    await clock.advanceAsync(10_000)
    await counted
  })

  it('ends when the caller goes away', async () => {
    const gone = new AbortController()
    const { counted } = silent({ signal: gone.signal })
    gone.abort(new SignalboxError('cancelled', 'the caller went away.'))
    await expect(counted).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('asks no worker that has no key to be shown', async () => {
    const { worker, counted } = silent({ ourKey: true }, false)
    expect(await counted).toMatchObject({ estimated: true })
    expect(worker.calls).toEqual([])
  })
})
