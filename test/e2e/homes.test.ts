/** Where a conversation lives: it stays while moving costs more than it saves, moves when not, and says what that lost. */
import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { DecisionRecord } from '../../src/core/decision.ts'
import { type Gateway, startGateway, understanding, upstreamOf, workerOf } from './harness.ts'

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
    expect(reply.status).toBe(200)
    const { content: answered } = (await reply.json()) as { readonly content: readonly object[] }
    messages.push({ role: 'assistant', content: answered })
    return {
      model: reply.headers.get('x-signalbox-model'),
      losses: reply.headers.get('x-signalbox-losses'),
      record: gateway.records[0],
    }
  }
}

const homeReason = ({ record }: Served): string | undefined =>
  record?.reasons.find(({ signal }) => signal === 'home')?.detail

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
