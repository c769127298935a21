import { describe, expect, it } from 'vitest'
import type { Ask, TokenCount } from '../core/engine.ts'
import { translation } from '../wire/translate/catalog.ts'
import { SignalboxError } from '../core/errors.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import type { Wire } from '../core/wire.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { type FakeStep, fakeWorker } from '../testing/fake-worker.ts'
import { protocols } from '../wire/catalog.ts'
import { Fleet } from '../workers/fleet.ts'
import { createLearned } from '../workers/learned.ts'
import { Member } from '../workers/member.ts'
import { createPlans } from './plan.ts'
import { createTokenCounter } from './token-counter.ts'

const MODEL = 'claude-opus-5-5'
const body = Buffer.from(JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'Hello' }] }))

interface Hand {
  readonly step: FakeStep
  readonly ownKey?: boolean
  readonly wires?: readonly [Wire]
}

/** One request, to one worker. */
function asked({ step, ownKey = true, wires = ['anthropic'] }: Hand, changes: Partial<Ask> = {}) {
  const clock = virtualClock()
  const worker = { ...fakeWorker({ clock, script: [step] }), wires }
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
    exchange: { cards: createCards({}), learned: createLearned(), translationOf: translation },
  })
  const ask: Ask = { wire: 'anthropic', body, query: '', headers: {}, ...changes }
  const view = protocols.anthropic.view(ask.body)
  const counted: Promise<TokenCount> = count(ask, view, plans.forClass('simple'))
  return { clock, worker, member, counted }
}

/** The same to a worker that never answers. */
const silent = (changes: Partial<Ask> = {}, ownKey = true) =>
  asked({ step: { kind: 'stall' }, ownKey }, changes)

const replies = (tokens: number): FakeStep => ({
  kind: 'status',
  status: 200,
  body: JSON.stringify({ input_tokens: tokens }),
})

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

  it.each([
    [200, 200],
    [60_000, 10_000],
  ])('waits no longer than a caller does that waits for %i ms', async (deadlineMs, waitedMs) => {
    const { clock, counted } = silent({ deadlineMs })
    await clock.advanceAsync(waitedMs)
    expect(clock.pendingTimers).toBe(0)
    expect(await counted).toMatchObject({ estimated: true })
  })

  it('leaves no timer behind when it has counted, and never asks for a stream', async () => {
    const streamed = Buffer.from(body.toString().replace('{', '{"stream":true,'))
    const { clock, worker, counted } = asked({ step: replies(7) }, { body: streamed })
    expect(await counted).toMatchObject({ status: 200, estimated: false })
    expect([clock.pendingTimers, worker.calls[0]?.stream]).toEqual([0, false])
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

  it('takes no count that is longer than a mebibyte', async () => {
    const answered = (bytes: number): Promise<TokenCount> => {
      const reply = '{"input_tokens":42}'.padEnd(bytes)
      return asked({ step: { kind: 'status', status: 200, body: reply } }).counted
    }
    expect(await answered(1024 * 1024)).toMatchObject({ estimated: false })
    expect(await answered(1024 * 1024 + 1)).toMatchObject({ estimated: true })
  })

  it('asks no worker that has no key to be shown', async () => {
    const { worker, counted } = silent({ ourKey: true }, false)
    expect(await counted).toMatchObject({ estimated: true })
    expect(worker.calls).toEqual([])
  })

  it.each(['anthropic', 'openai-responses'] as const)(
    'takes a count of nothing for none: %s',
    async (wire) => {
      const { counted } = asked({ step: replies(0), wires: [wire] })
      const { body: told, estimated } = await counted
      expect([estimated, JSON.parse(told.toString()).input_tokens]).toEqual([true, expect.any(Number)])
      expect(told.toString()).not.toContain(':0}')
    },
  )

  it.each([401, 403])('tells refused credentials to the caller alone whose they are: %i', async (status) => {
    const credentials = { 'x-api-key': 'callers-own' }
    const told = async (ownKey: boolean) =>
      asked({ step: { kind: 'status', status }, ownKey }, { credentials }).counted
    expect(await told(false)).toMatchObject({ status, estimated: false })
    expect(await told(true)).toMatchObject({ status: 200, estimated: true })
  })

  it.each(['anthropic', 'openai-responses'] as const)('shows a worker the caller’s key: %s', async (wire) => {
    const credentials = { authorization: 'Bearer callers-own' }
    const { worker, counted } = asked({ step: replies(7), ownKey: false, wires: [wire] }, { credentials })
    expect(await counted).toMatchObject({ estimated: false })
    expect(worker.calls).toMatchObject([{ credentials, stream: false }])
  })
})

describe('who counts', () => {
  /** Two workers in two pools, the first of them changed; whom the count was asked of. */
  async function countedBy(change: (first: Member) => void): Promise<readonly number[]> {
    const clock = virtualClock()
    const workers = [1, 2].map((tokens) => fakeWorker({ clock, script: [replies(tokens)] }))
    const members = workers.map((worker, index) => {
      const pool = `pool${index}`
      const id = workerId(pool, 1)
      return new Member({
        id,
        pool,
        worker,
        vendor: 'anthropic',
        account: id,
        ownKey: true,
        slots: 1,
        weight: 1,
      })
    })
    const [first] = members
    if (first) change(first)
    const pools = members.map(({ pool }) => pool)
    const plans = createPlans({
      fleet: new Fleet(members),
      routes: { simple: pools },
      pools,
      fallbackClass: 'simple',
      intercept: [],
    })
    const count = createTokenCounter({
      clock,
      exchange: { cards: createCards({}), learned: createLearned(), translationOf: translation },
    })
    const ask: Ask = { wire: 'anthropic', body, query: '', headers: {} }
    await count(ask, protocols.anthropic.view(body), plans.forClass('simple'))
    return workers.map(({ calls }) => calls.length)
  }

  it.each<[string, (first: Member) => void, readonly number[]]>([
    ['is well', () => {}, [1, 0]],
    ['is busy', (first) => (first.inFlight = 1), [1, 0]],
    ['is drained', (first) => (first.draining = true), [0, 1]],
    ['fails its probes', (first) => (first.state = 'unhealthy'), [0, 1]],
    ['is unavailable', (first) => (first.state = 'unavailable'), [0, 1]],
    ['is behind an open breaker', (first) => (first.gate = 'shut'), [0, 1]],
  ])('is the first that can, where the first of the plan %s', async (_, change, asks) => {
    expect(await countedBy(change)).toEqual(asks)
  })
})
