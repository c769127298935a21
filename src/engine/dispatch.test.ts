import { describe, expect, it } from 'vitest'
import type { Classification, DecisionRecord } from '../core/decision.ts'
import type { Answer, Ask, Journey } from '../core/engine.ts'
import { translation } from '../wire/translate/catalog.ts'
import { createEvents } from '../core/events.ts'
import { seededRandom } from '../core/random.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { UnderWay } from '../core/under-way.ts'
import type { Wire } from '../core/wire.ts'
import { workerId } from '../core/worker.ts'
import { createCards } from '../models/catalog.ts'
import { stay } from '../models/move/stay.ts'
import { createPriorityQueue } from '../queue/priority-queue.ts'
import { createBreaker } from '../resilience/breaker.ts'
import { createRetryBudget, retryBudgetDefaults } from '../resilience/budget.ts'
import { type FakeStep, type FakeWorker, fakeWorker } from '../testing/fake-worker.ts'
import { Fleet } from '../workers/fleet.ts'
import { createLearned } from '../workers/learned.ts'
import { Member } from '../workers/member.ts'
import { Dispatch } from './dispatch.ts'
import { SignalboxEngine } from './engine.ts'
import { Homes } from './home.ts'
import { Line, type Waiter } from './line.ts'
import { ModeKeeper } from './mode-keeper.ts'
import { createPlans } from './plan.ts'
import { publishRecord } from './recorder.ts'
import { createReplies } from './replies.ts'
import type { Run } from './run.ts'
import { createSelector } from './select.ts'
import { createTokenCounter } from './token-counter.ts'
import { createUnderstanding } from './understanding.ts'
import { Vitals } from './vitals.ts'

interface Hand {
  readonly script: readonly [FakeStep, ...FakeStep[]]
  readonly account?: string
  readonly ownKey?: boolean
  readonly slots?: number
  readonly model?: string
}

const fine: FakeStep = { kind: 'answer', text: 'fine' }
const broken: FakeStep = { kind: 'reject', code: 'worker-failed' }
const simple: Classification = {
  class: 'simple',
  confidence: 1,
  source: 'pattern',
  reasons: [],
  micros: 0,
}

/** The engine with scripted workers in pools a, b, c …, in this order on the one route; each pool takes its first free worker. */
function crew(pools: readonly (readonly Hand[])[], options: { readonly failures?: number } = {}) {
  const clock = virtualClock()
  const random = seededRandom(1)
  const events = createEvents()
  const workers: Record<string, FakeWorker> = {}
  const names = pools.map((_, index) => 'abcdefgh'.charAt(index))
  const members = pools.flatMap((hands, index) =>
    hands.map(({ script, account, model, ownKey = true, slots = 4 }, place) => {
      const pool = names[index] ?? ''
      const id = workerId(pool, place + 1)
      const worker = fakeWorker({ clock, script, ...(model !== undefined && { model }) })
      workers[id] = worker
      return new Member({
        id,
        pool,
        worker,
        vendor: 'anthropic',
        account: account ?? id,
        ownKey,
        slots,
        weight: 1,
      })
    }),
  )
  const fleet = new Fleet(members)
  const plans = createPlans({
    fleet,
    routes: { simple: names },
    pools: names,
    fallbackClass: 'simple',
    intercept: [],
  })
  const breaker = { failures: options.failures ?? 5, openMs: 30_000 }
  const vitals = new Vitals({ fleet, clock, events, breaker, probeIntervalMs: 10_000 })
  const selector = createSelector(() => ({ name: 'first', pick: (candidates) => candidates[0] }))
  const mode = new ModeKeeper(clock, events, () => false)
  const line = new Line({
    queue: createPriorityQueue<Waiter>({ capacity: 10 }),
    selector,
    clock,
    acquire: (member, tokens) => vitals.acquire(member, tokens),
    backInMs: () => undefined,
    onQueued: () => undefined,
    onShed: () => undefined,
    onTaken: () => undefined,
  })
  fleet.onFree(() => line.serve())
  const underWay = new UnderWay<Run>()
  const learned = createLearned()
  const exchange = {
    cards: createCards({}),
    wallNowMs: clock.wallNow,
    learned,
    translationOf: translation,
    lossesOf: () => [],
  }
  const dispatch = new Dispatch({
    clock,
    random,
    events,
    line,
    selector,
    vitals,
    budget: createRetryBudget({ ...retryBudgetDefaults, clock }),
    attemptsMax: 3,
    exchange,
    onEmergency: () => undefined,
    onServed: () => undefined,
    onDone(run, outcome) {
      publishRecord(run, outcome, 'none', events)
      underWay.remove(run)
    },
  })
  const engine = new SignalboxEngine({
    countTokens: createTokenCounter({ clock, exchange }),
    underWay,
    learned,
    replies: createReplies(),
    clock,
    random,
    events,
    fleet,
    plans,
    understanding: createUnderstanding({
      classifier: { classes: ['simple'], classify: () => simple },
      routes: ['simple'],
      fallback: 'simple',
      breaker: createBreaker(breaker, clock, () => undefined),
      clock,
    }),
    homes: new Homes({ clock, plans, cards: createCards({}), policy: stay, accountOf: () => undefined }),
    selector,
    line,
    vitals,
    dispatch,
    mode,
    ttlMs: { critical: 60_000, high: 60_000, normal: 60_000, low: 60_000 },
    spillMs: 1_000,
  })
  const records: DecisionRecord[] = []
  events.subscribe('message-done', ({ record }) => records.push(record))
  const calls = (id: string): number => workers[id]?.calls.length ?? -1
  /** Moves time until it has settled. */
  async function eventually<Value>(promise: Promise<Value>): Promise<Value> {
    let settled = false
    promise.then(
      () => (settled = true),
      () => (settled = true),
    )
    for (let step = 0; step < 1_000 && !settled; step++) await clock.advanceAsync(10)
    return promise
  }
  const start = (more: Partial<Ask> = {}, body: object = {}): Journey => engine.start(askOf(more, body))
  const answer = (more: Partial<Ask> = {}, body: object = {}): Promise<Answer> =>
    eventually(start(more, body).answer)
  return { clock, engine, vitals, members, workers, records, calls, eventually, start, answer }
}

function askOf(more: Partial<Ask>, body: object): Ask {
  const wire: Wire = more.wire ?? 'anthropic'
  const whole = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...body }
  return { wire, body: Buffer.from(JSON.stringify(whole)), query: '', headers: {}, ...more }
}

/** No worker of Anthropic's protocol has a word for this. */
const untranslatable = [{ wire: 'openai-chat' }, { n: 2 }] as const

async function read(body: Answer['body']): Promise<string> {
  if (Buffer.isBuffer(body)) return body.toString()
  let text = ''
  for await (const chunk of body) text += chunk.toString()
  return text
}

describe('a refusal of what was made of the request', () => {
  const refusal: FakeStep = {
    kind: 'status',
    status: 400,
    message: 'speedy: Extra inputs are not permitted',
  }
  const bodyOf = (worker: FakeWorker | undefined, call: number): unknown =>
    JSON.parse(Buffer.concat(worker?.calls[call]?.body ?? []).toString())

  it('is mended once, and for every later message before it is sent', async () => {
    const { answer, calls, workers, records, engine } = crew([[{ script: [refusal, fine] }]])
    const answered = await answer({}, { speedy: true })
    expect(answered).toMatchObject({ status: 200, losses: ['removed:speedy'] })
    expect(bodyOf(workers['a-1'], 0)).toHaveProperty('speedy')
    expect(bodyOf(workers['a-1'], 1)).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(records[0]).toMatchObject({
      outcome: 'ok',
      attempts: [{ outcome: 'worker-refused' }, { outcome: 'ok' }],
      reasons: [{ signal: 'learned', detail: 'claude-opus-5-5 does not take speedy' }],
    })
    expect(engine.learned()).toMatchObject([
      { host: 'fake', model: 'claude-opus-5-5', lesson: { path: ['speedy'] } },
    ])
    expect((await answer({}, { speedy: true })).losses).toEqual(['removed:speedy'])
    expect(calls('a-1')).toBe(3)
  })

  it('stands when it comes again', async () => {
    const { answer, calls } = crew([[{ script: [refusal] }]])
    const { status, body } = await answer({}, { speedy: true })
    expect(status).toBe(400)
    expect(await read(body)).toContain('speedy: Extra inputs')
    expect(calls('a-1')).toBe(2)
  })

  it('teaches when the mended message is taken at last, though the worker failed in between', async () => {
    const overloaded: FakeStep = { kind: 'status', status: 529, message: 'overloaded' }
    const { answer, engine, calls } = crew([[{ script: [refusal, overloaded, fine] }]])
    expect((await answer({}, { speedy: true })).status).toBe(200)
    expect(calls('a-1')).toBe(3)
    expect(engine.learned()).toHaveLength(1)
  })

  it('teaches nothing where another model took the message in the end', async () => {
    const { answer, engine, calls } = crew([
      [{ script: [refusal, broken] }],
      [{ script: [fine], model: 'claude-sonnet-5-5' }],
    ])
    expect((await answer({}, { speedy: true })).status).toBe(200)
    expect([calls('a-1'), calls('b-1')]).toEqual([2, 1])
    expect(engine.learned()).toEqual([])
  })

  it('teaches nothing where the mended message is refused too', async () => {
    const { answer, engine, records } = crew([[{ script: [refusal] }]])
    const learned: unknown[] = []
    engine.events.subscribe('lesson-learned', ({ fact }) => learned.push(fact))
    await answer({}, { speedy: true })
    expect(engine.learned()).toEqual([])
    expect(learned).toEqual([])
    expect(records[0]?.reasons).not.toContainEqual(expect.objectContaining({ signal: 'learned' }))
  })

  it('is the client’s own to mend where it asked for the model itself', async () => {
    const { answer, calls, engine } = crew([[{ script: [refusal] }]])
    expect((await answer({}, { model: 'claude-opus-5-5', speedy: true })).status).toBe(400)
    expect(calls('a-1')).toBe(1)
    expect(engine.learned()).toEqual([])
  })
})

describe('a message that a model does not take', () => {
  const prefill = {
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'Well,' },
    ],
  }

  it('goes to the next pool whose model takes it', async () => {
    const { answer, calls } = crew([[{ script: [fine] }], [{ script: [fine], model: 'claude-haiku-4-5' }]])
    expect(await answer({}, prefill)).toMatchObject({ status: 200, model: 'claude-haiku-4-5' })
    expect(calls('a-1')).toBe(0)
  })

  it('is refused with the field and what to do where no model does', async () => {
    const { answer, calls } = crew([[{ script: [fine] }]])
    await expect(answer({}, prefill)).rejects.toMatchObject({ code: 'model-mismatch', path: 'messages' })
    expect(calls('a-1')).toBe(0)
  })
})

describe('a message that cannot be put into a worker’s words', () => {
  it('leaves the trial of a half-open worker to the next one', async () => {
    const { answer, clock, engine } = crew([[{ script: [broken, fine] }]], { failures: 1 })
    await expect(answer()).rejects.toMatchObject({ code: 'worker-failed' })
    await clock.advanceAsync(30_000)
    await expect(answer(...untranslatable)).rejects.toMatchObject({ code: 'untranslatable' })
    expect(engine.workers()[0]).toMatchObject({ breaker: 'half-open', inFlight: 0 })
    expect((await answer()).status).toBe(200)
    expect(engine.workers()[0]).toMatchObject({ breaker: 'closed' })
  })

  it('is refused at once, though other workers of the same protocol are busy', async () => {
    const { start, calls, clock } = crew([
      [
        { script: [{ kind: 'answer', text: 'late', afterMs: 50_000 }], slots: 1 },
        { script: [fine], slots: 1 },
      ],
    ])
    void start().answer
    await expect(start(...untranslatable).answer).rejects.toMatchObject({ code: 'untranslatable' })
    expect(clock.now()).toBe(0)
    expect([calls('a-1'), calls('a-2')]).toEqual([1, 0])
  })
})

describe('a caller that showed only a key of ours', () => {
  it('is told so by a worker that has none, which is not asked', async () => {
    const { answer, calls, records } = crew([[{ script: [fine], ownKey: false }]])
    await expect(answer({ ourKey: true })).rejects.toMatchObject({ code: 'unauthorized', httpStatus: 401 })
    expect(calls('a-1')).toBe(0)
    expect(records).toMatchObject([{ outcome: 'unauthorized', attempts: [] }])
  })

  it('is answered by a worker of the pool that has a key of its own', async () => {
    const { answer, calls } = crew([[{ script: [fine], ownKey: false }, { script: [fine] }]])
    expect(await answer({ ourKey: true })).toMatchObject({ status: 200, worker: 'a-2' })
    expect(calls('a-1')).toBe(0)
  })

  it('does not wait for a busy worker that has no key either', async () => {
    const { start, calls, clock } = crew([
      [
        { script: [{ kind: 'answer', text: 'late', afterMs: 50_000 }], ownKey: false, slots: 1 },
        { script: [fine], ownKey: false, slots: 1 },
      ],
      [{ script: [fine] }],
    ])
    void start({ credentials: { 'x-api-key': 'mine' } }).answer
    expect(await start({ ourKey: true }).answer).toMatchObject({ worker: 'b-1' })
    expect([calls('a-2'), clock.now()]).toEqual([0, 0])
  })

  it.each([
    { ourKey: true, credentials: { authorization: 'Bearer mine' } },
    { ourKey: false, credentials: { 'x-api-key': 'mine' } },
    { ourKey: false },
  ])('is served where it showed the vendor’s too, and where it showed none at all (%#)', async (shown) => {
    const { answer, workers } = crew([[{ script: [fine], ownKey: false }]])
    expect(await answer(shown)).toMatchObject({ status: 200 })
    expect(workers['a-1']?.calls[0]?.credentials).toEqual(shown.credentials)
  })
})

describe('a refused or limited account', () => {
  const limited: FakeStep = { kind: 'rate-limited', retryAfterS: 30 }

  it('is not tried through another worker', async () => {
    const shared = { script: [limited, fine], account: 'shared', ownKey: false } as const
    const { answer, calls } = crew([[shared, shared], [{ script: [fine] }]])
    expect(await answer({ credentials: { 'x-api-key': 'mine' } })).toMatchObject({ worker: 'b-1' })
    expect([calls('a-1'), calls('a-2'), calls('b-1')]).toEqual([1, 0, 1])
  })

  it('is asked no more for any model when its budget is spent, and for the others when a limit is reached', async () => {
    const asked = async (step: FakeStep): Promise<readonly number[]> => {
      const shared = { account: 'shared' } as const
      const { answer, calls } = crew([
        [{ ...shared, script: [step] }],
        [{ ...shared, script: [fine], model: 'claude-haiku-5-5' }],
        [{ script: [fine] }],
      ])
      expect((await answer()).status).toBe(200)
      return [calls('a-1'), calls('b-1'), calls('c-1')]
    }
    expect(await asked({ kind: 'status', status: 402 })).toEqual([1, 0, 1])
    expect(await asked(limited)).toEqual([1, 1, 0])
  })

  it('of another key is', async () => {
    const { answer, calls } = crew([[{ script: [limited] }, { script: [fine] }]])
    expect(await answer()).toMatchObject({ worker: 'a-2' })
    expect(calls('a-1')).toBe(1)
  })

  it('is the last word when nobody else is left and time does not mend it', async () => {
    const { start, calls, clock, records } = crew([[{ script: [{ kind: 'status', status: 401 }] }]])
    // Time stands still: a pause before another try would never end.
    await expect(start().answer).rejects.toMatchObject({ code: 'worker-credentials' })
    expect([calls('a-1'), clock.now()]).toEqual([1, 0])
    expect(records).toMatchObject([{ outcome: 'worker-credentials', attempts: [{ worker: 'a-1' }] }])
  })

  it('is tried again in good time where time does', async () => {
    const { answer, calls, clock } = crew([[{ script: [{ kind: 'rate-limited', retryAfterS: 3 }, fine] }]])
    expect(await answer()).toMatchObject({ status: 200 })
    expect(calls('a-1')).toBe(2)
    expect(clock.now()).toBeGreaterThanOrEqual(3_000)
  })
})

describe('retries', () => {
  it.each([
    { of: 'two workers of a pool', pools: [[{ script: [broken], slots: 100 }, { script: [broken] }]] },
    { of: 'two pools', pools: [[{ script: [broken], slots: 100 }], [{ script: [broken] }]] },
  ] as const)('of $of that always fail add three, and a tenth of the first attempts', async ({ pools }) => {
    const { start, calls, eventually } = crew(pools, { failures: 1_000 })
    const all = Array.from({ length: 100 }, () => start().answer)
    const ends = await eventually(Promise.allSettled(all))
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true)
    const second = pools.length === 1 ? 'a-2' : 'b-1'
    expect(calls('a-1') + calls(second)).toBe(100 + 3 + 10)
    expect(calls(second)).toBeGreaterThan(0)
  })

  it('end with the last worker’s word when nobody is left to try', async () => {
    const { answer, calls } = crew([[{ script: [broken] }]], { failures: 1 })
    await expect(answer()).rejects.toMatchObject({ code: 'worker-failed' })
    expect(calls('a-1')).toBe(1)
  })

  it('stop at the limit of attempts, with the last worker’s word', async () => {
    const { answer, records } = crew([[{ script: [broken] }, { script: [broken] }], [{ script: [broken] }]])
    await expect(answer()).rejects.toMatchObject({ code: 'worker-failed' })
    expect(records[0]?.attempts.map(({ worker }) => worker)).toEqual(['a-1', 'a-2', 'b-1'])
  })
})

describe('the first content', () => {
  it('tells how quick a worker is, streamed or whole', async () => {
    const slow: FakeStep = { kind: 'answer', text: 'fine', afterMs: 200 }
    const { answer, members } = crew([[{ script: [slow] }]])
    await answer()
    expect(members[0]?.latencyMs).toBe(200)
    const streaming = crew([[{ script: [{ ...slow, betweenMs: 50 }] }]])
    await streaming.answer({}, { stream: true })
    expect(streaming.members[0]?.latencyMs).toBeGreaterThanOrEqual(250)
    expect(streaming.members[0]?.latencyMs).toBeLessThan(400)
  })

  it('is the success of a trial, however long the rest takes', async () => {
    const { answer, clock, engine } = crew(
      [[{ script: [broken, { kind: 'answer', text: 'a long one', betweenMs: 20 }] }]],
      { failures: 1 },
    )
    await expect(answer()).rejects.toMatchObject({ code: 'worker-failed' })
    await clock.advanceAsync(30_000)
    await answer({}, { stream: true })
    expect(engine.workers()[0]).toMatchObject({ breaker: 'closed', inFlight: 1 })
  })
})

describe('the timing of a stream', () => {
  it('holds the failed attempt and the way to the first content, and in the end the whole', async () => {
    const { start, eventually, clock, records } = crew([
      [{ script: [{ ...broken, afterMs: 130 }] }],
      [{ script: [{ kind: 'answer', text: 'fine', afterMs: 70, betweenMs: 10 }] }],
    ])
    const journey = start({}, { stream: true })
    let firstMs = 0
    const { body } = await eventually(journey.answer.then((answer) => ((firstMs = clock.now()), answer)))
    expect(firstMs).toBeGreaterThan(200)
    expect(journey.timing()).toMatchObject({ queueMs: 0, upstreamMs: firstMs })
    let endMs = 0
    await eventually(read(body).then(() => (endMs = clock.now())))
    expect(endMs).toBeGreaterThan(firstMs)
    expect(journey.timing().upstreamMs).toBe(endMs)
    expect(records).toMatchObject([{ upstreamMs: endMs, attempts: [{ ms: 130 }, { ms: endMs - 130 }] }])
  })
})

describe('an attempt that is given up from our side', () => {
  it('says nothing of the worker: the trial of a half-open one is the next message’s', async () => {
    const stalled: FakeStep = { kind: 'stall' }
    const { start, answer, clock, engine, records } = crew([[{ script: [broken, stalled, fine] }]], {
      failures: 1,
    })
    await expect(answer()).rejects.toMatchObject({ code: 'worker-failed' })
    await clock.advanceAsync(30_000)
    const gone = new AbortController()
    const cancelled = start({ signal: gone.signal })
    await clock.advanceAsync(10)
    gone.abort()
    await expect(cancelled.answer).rejects.toMatchObject({ code: 'cancelled' })
    expect(engine.workers()[0]).toMatchObject({ breaker: 'half-open', inFlight: 0 })
    expect((await answer()).status).toBe(200)
    expect(records.map(({ outcome }) => outcome)).toEqual(['worker-failed', 'cancelled', 'ok'])
  })

  it('is recorded as cancelled where the deadline has passed', async () => {
    const { answer, records } = crew([[{ script: [{ kind: 'stall' }] }]])
    await expect(answer({ deadlineMs: 500 })).rejects.toMatchObject({ code: 'deadline-exceeded' })
    expect(records).toMatchObject([
      { outcome: 'deadline-exceeded', attempts: [{ outcome: 'cancelled', ms: 500 }] },
    ])
  })
})
