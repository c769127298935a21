import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { composeEngine } from '../src/compose.ts'
import { parseConfig } from '../src/config/load.ts'
import type { ConfigInput } from '../src/config/schema.ts'
import type { Ask, Engine, Reply } from '../src/core/engine.ts'
import { SignalboxError } from '../src/core/errors.ts'
import type { Message } from '../src/core/message.ts'
import { type FakeSystem, fakeSystem } from '../src/testing/fake-system.ts'

/** The whole engine on a virtual clock: simulated workers, real everything else. */
const fleet: ConfigInput = {
  pools: {
    opus: { workers: [{ kind: 'simulated', model: 'claude-opus-5-5', capacity: 1, latencyMs: 1_000 }] },
    sonnet: {
      workers: [{ kind: 'simulated', model: 'claude-sonnet-5-5', capacity: 2, latencyMs: 400, count: 2 }],
    },
    haiku: { workers: [{ kind: 'simulated', model: 'claude-haiku-5-5', capacity: 2, latencyMs: 100 }] },
  },
  routes: { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'opus'], simple: ['haiku', 'sonnet'] },
  store: { memory: true },
}

function start(changes: ConfigInput = {}, seed = 1): { engine: Engine; system: FakeSystem } {
  const system = fakeSystem({ seed })
  return { engine: composeEngine(parseConfig({ ...fleet, ...changes }), system), system }
}

/** Moves time until the promise has settled. */
async function eventually<Value>(system: FakeSystem, promise: Promise<Value>): Promise<Value> {
  let settled = false
  const watched = promise.finally(() => {
    settled = true
  })
  watched.catch(() => undefined)
  for (let step = 0; step < 2_000 && !settled; step++) await system.clock.advanceAsync(100)
  return watched
}

const strategic = 'Compare the approaches and recommend an overall strategy'

/** The first message of a turn with tools, and the one that brings back what the tool found. */
const tools = [{ name: 'look', input_schema: { type: 'object' } }]
const opening = { tools, messages: [{ role: 'user', content: strategic }] }
const toolLoop = {
  tools,
  messages: [
    ...opening.messages,
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'found' }] },
  ],
}
/** As a coding agent names its conversation inside the body. */
const conversation = '0b0e7a52-6d5c-4c1e-9a50-3f1f5d0c9e11'
const metadata = { user_id: JSON.stringify({ session_id: conversation }) }

function plain(...texts: readonly string[]): object {
  return { messages: texts.map((content) => ({ role: 'user', content })) }
}

function askOf(body: object, more: Partial<Ask> = {}): Ask {
  const bytes = Buffer.from(JSON.stringify({ model: 'auto', max_tokens: 64, ...body }))
  return { wire: 'anthropic', body: bytes, query: '', headers: {}, ...more }
}

describe('engine', () => {
  it('sends a message to the pool of its class and gives the answer with the decision and the trace', async () => {
    const { engine, system } = start()
    const reply = await eventually(system, engine.send({ content: strategic }))
    expect(reply.text).toContain('claude-opus-5-5')
    expect(reply.decision).toMatchObject({
      class: 'strategic',
      route: 'strategic',
      pool: 'opus',
      worker: 'opus-1',
    })
    expect(reply.trace.id).toMatch(/^[0-9a-f]{32}$/)
    expect(reply.trace.spans.map((span) => span.name)).toEqual(['classify', 'select', 'upstream'])
    expect(reply.costUsd).toBeGreaterThan(0)
    await eventually(system, engine.close())
  })

  it('obeys a forced class and refuses one that nobody knows', async () => {
    const { engine, system } = start()
    const reply = await eventually(system, engine.send({ content: strategic, class: 'simple' }))
    expect(reply.decision).toMatchObject({ class: 'simple', source: 'forced', confidence: 1, pool: 'haiku' })
    await expect(engine.send({ content: 'x', class: 'unheard-of' })).rejects.toMatchObject({
      code: 'invalid-message',
    })
    await eventually(system, engine.close())
  })

  it('streams pieces of text, then the whole reply', async () => {
    const { engine, system } = start()
    const events: string[] = []
    let reply: Reply | undefined
    await eventually(
      system,
      (async () => {
        for await (const event of engine.stream({ content: 'hello' })) {
          if (event.type === 'text') events.push(event.text)
          if (event.type === 'done') reply = event.reply
        }
      })(),
    )
    expect(events.length).toBeGreaterThan(2)
    expect(reply?.text).toBe(events.join(''))
    expect(reply?.usage.outputTokens).toBeGreaterThan(0)
    await eventually(system, engine.close())
  })

  it('serves waiting messages by priority, and first come first served within one', async () => {
    const { engine, system } = start({
      queue: { spillMs: 3_600_000 },
      routes: { strategic: ['opus'] },
      classify: { fallback: 'strategic' },
    })
    const order: string[] = []
    const send = (name: string, priority: NonNullable<Message['priority']>): Promise<unknown> =>
      engine.send({ content: strategic, priority }).then(() => order.push(name))
    const all = [
      send('first', 'low'),
      send('n1', 'normal'),
      send('l1', 'low'),
      send('c1', 'critical'),
      send('n2', 'normal'),
      send('h1', 'high'),
    ]
    await eventually(system, Promise.all(all))
    expect(order).toEqual(['first', 'c1', 'h1', 'n1', 'n2', 'l1'])
    await eventually(system, engine.close())
  })

  it('spills to the next pool of the route after a second of waiting, and says so', async () => {
    const { engine, system } = start()
    const both = Promise.all([
      engine.send({ content: strategic }),
      engine.send({ content: strategic }),
      engine.send({ content: strategic }),
    ])
    const replies = await eventually(system, both)
    const pools = replies.map((reply) => reply.decision.pool)
    expect(pools).toEqual(['opus', 'opus', 'sonnet'])
    expect(replies[2]?.decision.reasons.some((reason) => reason.signal === 'spill')).toBe(true)
    await eventually(system, engine.close())
  })

  it('ends a message at its deadline and frees the slot', async () => {
    const { engine, system } = start()
    const late = engine.send({ content: strategic, deadlineMs: 300 })
    await expect(eventually(system, late)).rejects.toMatchObject({ code: 'deadline-exceeded' })
    expect(engine.workers().every((worker) => worker.inFlight === 0)).toBe(true)
    await eventually(system, engine.close())
  })

  it('tells a message that waited too long', async () => {
    const { engine, system } = start({
      queue: { spillMs: 3_600_000, ttlMs: { normal: 500 } },
      routes: { strategic: ['opus'] },
      classify: { fallback: 'strategic' },
    })
    const served = engine.send({ content: strategic })
    const waiting = engine.send({ content: strategic })
    await expect(eventually(system, waiting)).rejects.toMatchObject({ code: 'expired', retryable: true })
    await eventually(system, served)
    await eventually(system, engine.close())
  })

  it('answers from another worker when one fails, and records both attempts', async () => {
    const { engine, system } = start({
      pools: {
        bad: { workers: [{ kind: 'simulated', model: 'claude-opus-5-5', failureRate: 1, latencyMs: 10 }] },
        good: { workers: [{ kind: 'simulated', model: 'claude-sonnet-5-5', latencyMs: 10 }] },
      },
      routes: { strategic: ['bad', 'good'] },
      classify: { fallback: 'strategic' },
    })
    const done: { readonly attempts: readonly { readonly worker: string; readonly outcome: string }[] }[] = []
    engine.events.subscribe('message-done', ({ record }) => done.push(record))
    const reply = await eventually(system, engine.send({ content: strategic }))
    expect(reply.decision.pool).toBe('good')
    expect(done[0]?.attempts.map((attempt) => attempt.worker)).toEqual(['bad-1', 'good-1'])
    expect(done[0]?.attempts[1]?.outcome).toBe('ok')
    await eventually(system, engine.close())
  })

  it('opens the breaker after five failures in a row, tries once after 30 s, and closes it on success', async () => {
    const { engine, system } = start({
      pools: { only: { workers: [{ kind: 'simulated', model: 'm', failureRate: 1, latencyMs: 10 }] } },
      routes: { simple: ['only'] },
      classify: { fallback: 'simple' },
      retry: { maxAttempts: 1 },
    })
    for (let i = 0; i < 5; i++)
      await eventually(
        system,
        engine.send({ content: 'hi' }).catch(() => undefined),
      )
    expect(engine.workers()[0]).toMatchObject({ state: 'unhealthy', breaker: 'open' })
    await expect(engine.send({ content: 'hi' })).rejects.toMatchObject({ code: 'no-worker' })
    await system.clock.advanceAsync(30_000)
    expect(engine.workers()[0]).toMatchObject({ breaker: 'half-open' })
    const probes = Promise.allSettled([engine.send({ content: 'hi' }), engine.send({ content: 'hi' })])
    const [, second] = await eventually(system, probes)
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'no-worker' } })
    await eventually(system, engine.close())
  })

  it('goes to any healthy worker in an emergency, says so, and is normal again after thirty clean seconds', async () => {
    const { engine, system } = start()
    engine.drain('opus-1', true)
    for (const worker of ['sonnet-1', 'sonnet-2']) engine.drain(worker, true)
    const reply = await eventually(system, engine.send({ content: strategic }))
    expect(reply.decision.pool).toBe('haiku')
    expect(reply.decision.reasons.some((reason) => reason.signal === 'emergency')).toBe(true)
    await system.clock.advanceAsync(60_000)
    expect(engine.mode()).toBe('emergency')
    engine.drain('opus-1', false)
    engine.drain('sonnet-1', false)
    await system.clock.advanceAsync(31_000)
    expect(engine.mode()).toBe('normal')
    await eventually(system, engine.close())
  })

  it('takes a request that no worker could answer for the caller’s fault, not for an emergency', async () => {
    const { engine, system } = start()
    const body = { model: 'auto', n: 2, messages: [{ role: 'user', content: 'hi' }] }
    const journey = engine.start({
      wire: 'openai-chat',
      body: Buffer.from(JSON.stringify(body)),
      query: '',
      headers: {},
    })
    await expect(eventually(system, journey.answer)).rejects.toMatchObject({ code: 'untranslatable' })
    await system.clock.advanceAsync(2_000)
    expect(engine.mode()).toBe('normal')
    await eventually(system, engine.close())
  })

  it('decides without touching anything', () => {
    const { engine } = start()
    const before = JSON.stringify(engine.workers())
    const choice = engine.decide({ content: strategic })
    expect(choice.decision).toMatchObject({
      class: 'strategic',
      pool: 'opus',
      worker: 'opus-1',
      model: 'claude-opus-5-5',
    })
    expect(choice.alternatives.map((other) => other.worker)).toEqual(['sonnet-1', 'sonnet-2'])
    expect(JSON.stringify(engine.workers())).toBe(before)
    expect(engine.decide({ content: strategic }).decision.worker).toBe('opus-1')
  })

  it('refuses new messages while it drains, and lets running ones end', async () => {
    const { engine, system } = start()
    const running = engine.send({ content: strategic })
    const closed = engine.close()
    await expect(engine.send({ content: 'x' })).rejects.toMatchObject({ code: 'draining' })
    await expect(eventually(system, running)).resolves.toMatchObject({ decision: { pool: 'opus' } })
    await eventually(system, closed)
    expect(system.clock.pendingTimers).toBe(0)
  })

  it('cancels a message whose caller goes away, wherever it is', async () => {
    const { engine, system } = start({ queue: { spillMs: 3_600_000 } })
    const gone = new AbortController()
    const running = engine.send({ content: strategic, signal: gone.signal })
    const waiting = engine.send({ content: strategic, signal: gone.signal })
    await system.clock.advanceAsync(100)
    expect(engine.queue().depth).toBe(1)
    gone.abort()
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    expect(engine.queue().depth).toBe(0)
    expect(engine.workers().every((worker) => worker.inFlight === 0)).toBe(true)
    await eventually(system, engine.close())
  })

  it('lets who asked for a pool or a model by name have it or be told, also when others are free', async () => {
    const { engine, system } = start()
    engine.drain('opus-1', true)
    for (const model of ['opus', 'claude-opus-5-5']) {
      await expect(engine.send({ content: strategic, model })).rejects.toMatchObject({ code: 'no-worker' })
      expect(engine.decide({ content: strategic, model }).decision.worker).toBeNull()
    }
    expect(engine.workers().find(({ id }) => id === 'haiku-1')).toMatchObject({ inFlight: 0 })
    await eventually(system, engine.close())
  })

  it('does not send a conversation that is in a tool loop anywhere in an emergency', async () => {
    const { engine, system } = start()
    const turn = { session: 'mine' }
    await eventually(system, engine.start(askOf(opening, turn)).answer)
    const goesOn = engine.start(askOf(toolLoop, turn))
    expect(goesOn.classification).toMatchObject({ class: 'strategic', source: 'turn' })
    expect(await eventually(system, goesOn.answer)).toMatchObject({ worker: 'opus-1' })
    for (const worker of ['opus-1', 'sonnet-1', 'sonnet-2']) engine.drain(worker, true)
    await expect(engine.start(askOf(toolLoop, turn)).answer).rejects.toMatchObject({ code: 'no-worker' })
    expect(await eventually(system, engine.start(askOf(opening, turn)).answer)).toMatchObject({
      worker: 'haiku-1',
    })
    await eventually(system, engine.close())
  })

  it('keeps the class of the person’s turn, whatever class a message of its tool loop was given', async () => {
    const { engine, system } = start()
    const classOf = async (body: object, more: Partial<Ask> = {}): Promise<string> => {
      const journey = engine.start(askOf(body, { session: 'mine', ...more }))
      await eventually(system, journey.answer)
      return `${journey.classification.class} (${journey.classification.source})`
    }
    expect(await classOf(opening)).toMatch(/^strategic /)
    expect(await classOf(toolLoop, { class: 'simple' })).toBe('simple (forced)')
    expect(await classOf(toolLoop)).toBe('strategic (turn)')
    expect(await classOf(opening, { class: 'simple' })).toBe('simple (forced)')
    expect(await classOf(toolLoop)).toBe('simple (turn)')
    await eventually(system, engine.close())
  })

  it.each([
    ['tenants', { tenant: 'a' }, { tenant: 'b' }],
    ['credentials', { credentials: { 'x-api-key': 'a' } }, { credentials: { 'x-api-key': 'b' } }],
    ['tenants, one of whom has none', {}, { tenant: 'b' }],
  ] as const)('does not let callers of other %s into a conversation by its id', async (_, one, other) => {
    const { engine, system } = start()
    for (const named of [{ session: 'the-same' }, {}]) {
      const source = async (body: object, more: Partial<Ask>): Promise<string> => {
        const journey = engine.start(askOf({ ...body, metadata }, { ...named, ...more }))
        await eventually(system, journey.answer)
        return journey.classification.source
      }
      await source(opening, one)
      expect(await source(toolLoop, other)).not.toBe('turn')
      expect(await source(toolLoop, one)).toBe('turn')
    }
    await eventually(system, engine.close())
  })

  it('sends new messages to the worker with less work before it, prompts and expected answers counted', async () => {
    const { engine, system } = start({
      pools: {
        pair: { workers: [{ kind: 'simulated', model: 'm', capacity: 16, latencyMs: 1_000, count: 2 }] },
      },
      routes: { simple: ['pair'] },
      classify: { fallback: 'simple' },
    })
    const worker = (message: Message): Promise<string | null> =>
      engine.send(message).then(({ decision }) => decision.worker)
    const longPrompt = [
      { content: 'x'.repeat(60_000) },
      ...Array.from({ length: 6 }, () => ({ content: 'x' })),
    ]
    const [busy, ...others] = await eventually(system, Promise.all(longPrompt.map(worker)))
    expect(new Set(others)).toEqual(new Set([busy === 'pair-1' ? 'pair-2' : 'pair-1']))
    const answers = [10_000, 1, 1, 1].map((maxTokens) => ({ content: 'x', maxTokens }))
    const [long, ...short] = await eventually(system, Promise.all(answers.map(worker)))
    expect(new Set(short)).toEqual(new Set([long === 'pair-1' ? 'pair-2' : 'pair-1']))
    await eventually(system, engine.close())
  })

  it('does not believe callers who allow far longer answers than they get', async () => {
    const { engine, system } = start({
      pools: {
        pair: { workers: [{ kind: 'simulated', model: 'm', capacity: 16, latencyMs: 1_000, count: 2 }] },
      },
      routes: { simple: ['pair'] },
      classify: { fallback: 'simple' },
    })
    const sent = [
      { content: 'x', maxTokens: 100_000 },
      ...Array.from({ length: 7 }, () => ({ content: 'x' })),
    ]
    const replies = await eventually(system, Promise.all(sent.map((message) => engine.send(message))))
    const first = replies.filter(({ decision }) => decision.worker === replies[0]?.decision.worker)
    expect(first).toHaveLength(4)
    await eventually(system, engine.close())
  })

  it('records a conversation under its own name, else under a hash of its opening, with tools or without', async () => {
    const { engine, system } = start()
    const sessions: (string | null)[] = []
    engine.events.subscribe('message-done', ({ record }) => sessions.push(record.session))
    const bodies = [
      { ...opening, metadata },
      opening,
      plain('hello'),
      plain('hello', 'how are you?'),
      plain('good evening'),
    ]
    for (const body of bodies) await eventually(system, engine.start(askOf(body)).answer)
    await eventually(system, engine.start(askOf(opening, { session: 'mine' })).answer)
    expect(sessions[0]).toBe(conversation)
    expect(sessions[5]).toBe('mine')
    for (const hashed of sessions.slice(1, 5)) expect(hashed).toMatch(/^[0-9a-f]{32}$/)
    expect(sessions[3]).toBe(sessions[2])
    expect(new Set(sessions.slice(1, 5)).size).toBe(3)
    await eventually(system, engine.close())
  })

  it('is degraded when the queue has refused for five seconds, and normal again though messages wait', async () => {
    const { engine, system } = start({
      pools: { only: { workers: [{ kind: 'simulated', model: 'm', capacity: 1, latencyMs: 8_000 }] } },
      routes: { simple: ['only'] },
      classify: { fallback: 'simple' },
      queue: { capacity: 1 },
    })
    const modes: string[] = []
    engine.events.subscribe('mode-changed', ({ to, cause }) => modes.push(`${to}: ${cause}`))
    const send = (): Promise<unknown> => engine.send({ content: 'hi' })
    const served = [send(), send()]
    await expect(send()).rejects.toMatchObject({ code: 'queue-full' })
    await system.clock.advanceAsync(4_900)
    await expect(send()).rejects.toMatchObject({ code: 'queue-full' })
    expect(engine.mode()).toBe('normal')
    await system.clock.advanceAsync(200)
    await expect(send()).rejects.toMatchObject({ code: 'queue-full' })
    expect(engine.mode()).toBe('degraded')
    await system.clock.advanceAsync(3_000)
    for (let turn = 0; turn < 3; turn++) {
      served.push(send())
      expect(engine.queue().depth).toBe(1)
      await system.clock.advanceAsync(8_000)
    }
    expect(engine.mode()).toBe('degraded')
    served.push(send())
    await system.clock.advanceAsync(4_000)
    expect(engine.mode()).toBe('normal')
    expect(modes).toEqual(['degraded: the queue is full', 'normal: 30 s without trouble'])
    expect(await eventually(system, Promise.all(served))).toHaveLength(6)
    await eventually(system, engine.close())
  })

  it('takes a queue that takes messages now and then for a busy one, not for a degraded mode', async () => {
    const { engine, system } = start({
      pools: { only: { workers: [{ kind: 'simulated', model: 'm', capacity: 1, latencyMs: 3_000 }] } },
      routes: { simple: ['only'] },
      classify: { fallback: 'simple' },
      queue: { capacity: 1 },
    })
    const served: Promise<unknown>[] = [engine.send({ content: 'hi' })]
    for (let turn = 0; turn < 4; turn++) {
      served.push(engine.send({ content: 'hi' }))
      await expect(engine.send({ content: 'hi' })).rejects.toMatchObject({ code: 'queue-full' })
      await system.clock.advanceAsync(3_000)
    }
    expect(engine.mode()).toBe('normal')
    await eventually(system, Promise.all(served))
    await eventually(system, engine.close())
  })

  it('is in emergency and not ready while every worker is down, and normal thirty seconds after', async () => {
    const { engine, system } = start()
    const ids = engine.workers().map(({ id }) => id)
    expect(engine.ready()).toBe(true)
    for (const id of ids) engine.drain(id, true)
    expect(engine.ready()).toBe(false)
    await system.clock.advanceAsync(60_000)
    expect(engine.mode()).toBe('emergency')
    await expect(engine.send({ content: 'hi' })).rejects.toMatchObject({ code: 'no-worker' })
    for (const id of ids) engine.drain(id, false)
    expect(engine.ready()).toBe(true)
    await system.clock.advanceAsync(28_000)
    expect(engine.mode()).toBe('emergency')
    await system.clock.advanceAsync(3_000)
    expect(engine.mode()).toBe('normal')
    const closed = engine.close()
    expect(engine.ready()).toBe(false)
    await eventually(system, closed)
  })

  it('gives every message its own answer or a typed error, loses no slot, and repeats itself seed by seed', async () => {
    const storm = fc.record({
      seed: fc.nat(10_000),
      count: fc.integer({ min: 1, max: 40 }),
      failureRate: fc.constantFrom(0, 0.2, 0.7),
    })
    await fc.assert(
      fc.asyncProperty(storm, async ({ seed, count, failureRate }) => {
        const once = await playStorm(seed, count, failureRate)
        expect(once).toEqual(await playStorm(seed, count, failureRate))
      }),
      { numRuns: 25 },
    )
  })
})

async function playStorm(seed: number, count: number, failureRate: number): Promise<readonly string[]> {
  const worker = {
    kind: 'simulated',
    capacity: 2,
    latencyMs: { median: 200, sigma: 0.5 },
    failureRate,
    seed,
  } as const
  const { engine, system } = start(
    {
      pools: {
        a: { workers: [{ ...worker, model: 'claude-opus-5-5' }] },
        b: { workers: [{ ...worker, model: 'claude-haiku-5-5', count: 2 }] },
      },
      routes: { strategic: ['a', 'b'], tactical: ['b', 'a'], simple: ['b'] },
      queue: { capacity: 10, ttlMs: { normal: 5_000, low: 2_000 } },
    },
    seed,
  )
  let finished = 0
  engine.events.subscribe('message-done', () => finished++)
  const priorities = ['critical', 'high', 'normal', 'low'] as const
  const sends = Array.from({ length: count }, async (_, number) => {
    const content = `${number % 3 ? 'hello' : strategic} number${number}x`
    const priority = priorities[number % 4] as (typeof priorities)[number]
    try {
      const reply = await engine.send({ content, priority, ...(number % 5 === 0 && { deadlineMs: 900 }) })
      // The simulated worker repeats the person's words: an answer that went astray would show.
      expect(reply.text).toContain(`number${number}x`)
      return `${number}: ${reply.decision.worker}`
    } catch (error) {
      if (!SignalboxError.is(error)) throw error
      return `${number}: ${error.code}`
    }
  })
  const results = await eventually(system, Promise.all(sends))
  expect(finished).toBe(count)
  expect(engine.queue().depth).toBe(0)
  expect(engine.workers().every(({ inFlight }) => inFlight === 0)).toBe(true)
  await eventually(system, engine.close())
  return results
}
