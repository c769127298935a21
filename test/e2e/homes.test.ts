/** Where a conversation lives: it stays while moving costs more than it saves, moves when not, and says what that lost. */
import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { DecisionRecord } from '../../src/core/decision.ts'
import { fleetOf, type Gateway, startGateway, understanding, upstreamOf, workerOf } from './harness.ts'

const PLAN = 'Compare the approaches and recommend an overall strategy.'
const WORK = 'Write a unit test for the parser, and fix the bug that it shows.'
const THANKS = 'Thank you!'
const KEY = 'sk-test'

/** Three tiers behind one key; the vendor says that so many tokens of each prompt were in its cache. */
async function fleet(cacheRead: number, more: ConfigInput = {}) {
  const usage = { input: 10, output: 200, cacheRead }
  const answer = { kind: 'answer', text: 'Done.', thinking: 'Let me see.', usage } as const
  const upstream = await upstreamOf({ wire: 'anthropic', script: () => answer })
  const worker = (model: string) => ({ workers: [workerOf(upstream, { model, apiKey: KEY, capacity: 1 })] })
  const gateway = await startGateway({
    ...understanding,
    pools: {
      opus: worker('claude-opus-5-5'),
      sonnet: worker('claude-sonnet-5-5'),
      haiku: worker('claude-haiku-5-5'),
    },
    routes: { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'opus'], simple: ['haiku', 'sonnet'] },
    queue: { spillMs: 50 },
    ...more,
  })
  return { gateway, upstream }
}

const tools = [{ name: 'look', input_schema: { type: 'object', properties: {} } }]

interface Served {
  readonly model: string | null
  readonly losses: string | null
  readonly record: DecisionRecord | undefined
}

/** A person talks, and the client keeps what was said, reasoning included. */
function talk(gateway: Gateway): (text: string) => Promise<Served> {
  const messages: object[] = []
  return async (content) => {
    messages.push({ role: 'user', content })
    const reply = await gateway.post('/v1/messages', { model: 'auto', max_tokens: 9, tools, messages })
    const { content: answered } = (await reply.clone().json()) as { readonly content: readonly object[] }
    messages.push({ role: 'assistant', content: answered })
    return servedBy(gateway, reply)
  }
}

function servedBy({ records }: Gateway, { status, headers }: Response): Served {
  expect(status).toBe(200)
  return {
    model: headers.get('x-signalbox-model'),
    losses: headers.get('x-signalbox-losses'),
    record: records[0],
  }
}

const homeReason = ({ record }: Served): string | undefined =>
  record?.reasons.find(({ signal }) => signal === 'home')?.detail

/** The reply of a model that had to write so many tokens of its prompt into the cache. */
function coldReply(tokens: number) {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content: [{ type: 'text', text: 'Done.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 10, output_tokens: 200, cache_creation_input_tokens: tokens },
  }
}

describe('a conversation with a warm prompt', () => {
  it('stays at home for a cheaper class, and the decision says why', async () => {
    const { gateway } = await fleet(150_000)
    const say = talk(gateway)
    expect((await say(PLAN)).model).toBe('claude-opus-5-5')
    const second = await say(WORK)
    expect(second).toMatchObject({ model: 'claude-opus-5-5', record: { class: 'tactical', pool: 'opus' } })
    expect(homeReason(second)).toMatch(
      /^stay: moving to claude-sonnet-5-5 saves \$[\d.]+ a turn and costs \$[\d.]+ once/,
    )
    expect(second.losses).toBeNull()
  })

  it('moves to a model whose cold prompt is cheaper than the warm one, and tells what did not travel', async () => {
    const { gateway } = await fleet(50_000)
    const say = talk(gateway)
    await say(PLAN)
    const second = await say(THANKS)
    expect(second.model).toBe('claude-haiku-5-5')
    expect(homeReason(second)).toMatch(/^move: moving to claude-haiku-5-5 saves/)
    expect(second.losses?.split(/, ?/)).toEqual(expect.arrayContaining(['thinking:model', 'cache-cold']))
  })

  it('comes back to a home that is still warm without losing anything', async () => {
    const { gateway } = await fleet(50_000)
    const say = talk(gateway)
    await say(PLAN)
    await say(THANKS)
    const third = await say(PLAN)
    expect(third.model).toBe('claude-opus-5-5')
    expect(third.losses).toBeNull()
  })

  it('follows the policy of the configuration', async () => {
    const { gateway } = await fleet(50_000, { move: { policy: 'stay' } })
    const say = talk(gateway)
    await say(PLAN)
    const second = await say(THANKS)
    expect(second.model).toBe('claude-opus-5-5')
    expect(homeReason(second)).toMatch(/^stay: conversations do not move/)
  })

  it('pays for switching no more than its cap', async () => {
    const first = await fleet(150_000, { move: { policy: 'capped', capShare: 0 } })
    const one = talk(first.gateway)
    await one(PLAN)
    expect((await one(WORK)).model).toBe('claude-opus-5-5')
    const second = await fleet(150_000, { move: { policy: 'capped', capShare: 1 } })
    const two = talk(second.gateway)
    for (let turn = 0; turn < 20; turn++) await two(PLAN)
    expect((await two(WORK)).model).toBe('claude-sonnet-5-5')
  })

  it('knows what switching has cost by now: what it paid for writing the prompt anew', async () => {
    const { gateway, upstream } = await fleet(150_000, { move: { policy: 'capped', capShare: 1 } })
    const say = talk(gateway)
    for (let turn = 0; turn < 20; turn++) await say(PLAN)
    upstream.enqueue({ kind: 'reply', status: 200, body: coldReply(150_000) })
    expect((await say(WORK)).model).toBe('claude-sonnet-5-5')
    const back = await say(PLAN)
    const spentUsd = gateway.records.slice(1).reduce((sum, { costUsd }) => sum + costUsd, 0)
    // Sonnet writes a million tokens for $2.5, and reads them for $0.1.
    const leftUsd = spentUsd - 0.15 * (2.5 - 0.1)
    expect(homeReason(back)).toContain(`switching may cost $${leftUsd.toFixed(3)} by now`)
  })
})

describe('a tool loop that is first met in the middle', () => {
  it('stays with the model that took it over, and its reasoning with it', async () => {
    const { gateway, upstream } = await fleet(50_000)
    upstream.enqueue({ kind: 'error', status: 500 })
    const messages: object[] = [{ role: 'user', content: WORK }]
    const step = async (number: number): Promise<Served> => {
      const id = `t${number}`
      messages.push({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'look', input: {} }] })
      messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'found' }] })
      const reply = await gateway.post('/v1/messages', { model: 'tactical', max_tokens: 9, tools, messages })
      return servedBy(gateway, reply)
    }
    for (const number of [1, 2, 3])
      expect(await step(number)).toMatchObject({ model: 'claude-opus-5-5', losses: null })
    expect(upstream.requests).toHaveLength(4)
  })
})

describe('a home that does not answer', () => {
  it('is left for the next pool, with the reason, and the conversation lives there from then on', async () => {
    const { gateway, upstream } = await fleet(150_000)
    const say = talk(gateway)
    await say(PLAN)
    upstream.enqueue({ kind: 'error', status: 500 })
    const second = await say(PLAN)
    expect(second.model).toBe('claude-sonnet-5-5')
    expect(second.record?.reasons.map(({ signal }) => signal)).toContain('failover')
    expect(second.losses).toContain('cache-cold')
    expect((await say(WORK)).model).toBe('claude-sonnet-5-5')
  })

  it('is not stuck to when it is drained', async () => {
    const { gateway } = await fleet(150_000)
    const say = talk(gateway)
    await say(PLAN)
    gateway.engine.drain('opus-1', true)
    const second = await say(WORK)
    expect(second.model).toBe('claude-sonnet-5-5')
  })
})

describe('a first message with files', () => {
  it('asks no other account for them when the first one fails', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', lenient: true })
    const workers = ['sk-one', 'sk-two'].map((apiKey) => workerOf(upstream, { apiKey }))
    const gateway = await startGateway(fleetOf(workers))
    const document = { type: 'document', source: { type: 'file', file_id: 'file_1' } }
    const ask = (content: unknown): Promise<Response> =>
      gateway.post('/v1/messages', { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content }] })
    const keysAsked = () => upstream.requests.slice(-2).map(({ headers }) => headers['x-api-key'])
    upstream.enqueue({ kind: 'error', status: 500 })
    expect((await ask('Hello.')).status).toBe(200)
    expect(new Set(keysAsked()).size).toBe(2)
    upstream.enqueue({ kind: 'error', status: 500 })
    expect((await ask([document])).status).toBe(200)
    expect(new Set(keysAsked()).size).toBe(1)
    expect(upstream.requests).toHaveLength(4)
  })
})
