/** What lasts over a conversation: in an open tool loop its class and its model, at the person's next turn neither. */
import { describe, expect, it } from 'vitest'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import { eventually, type Gateway, startGateway, understanding, upstreamOf, workerOf } from './harness.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const

interface Fleet {
  readonly gateway: Gateway
  readonly opus: Awaited<ReturnType<typeof upstreamOf>>
  readonly sonnet: Awaited<ReturnType<typeof upstreamOf>>
}

/** A strong and a small model, each first in one route and second in the other. */
async function fleet(): Promise<Fleet> {
  const opus = await upstreamOf({ wire: 'anthropic' })
  const sonnet = await upstreamOf({ wire: 'anthropic' })
  const gateway = await startGateway({
    ...understanding,
    pools: {
      opus: { workers: [workerOf(opus, { model: 'claude-opus-5-5', capacity: 1 })] },
      sonnet: { workers: [workerOf(sonnet, { model: 'claude-sonnet-5-5', capacity: 1 })] },
    },
    routes: { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'opus'], simple: ['sonnet', 'opus'] },
    queue: { spillMs: 50 },
  })
  return { gateway, opus, sonnet }
}

const PLAN = 'Compare the approaches and recommend an overall strategy.'
const THANKS = 'Thank you!'

type Step = 'call' | 'result' | { readonly person: string }

/** A conversation as each protocol writes it. */
function bodyOf(wire: Wire, steps: readonly Step[], more: object = {}): object {
  const schema = { type: 'object', properties: {} }
  const anthropic = {
    call: { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'look', input: {} }] },
    result: {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 't1', content: 'translate: hello, thanks' }],
    },
  }
  const call = { id: 't1', type: 'function', function: { name: 'look', arguments: '{}' } }
  const chat = {
    call: { role: 'assistant', content: null, tool_calls: [call] },
    result: { role: 'tool', tool_call_id: 't1', content: 'translate: hello, thanks' },
  }
  const tools =
    wire === 'anthropic'
      ? [{ name: 'look', input_schema: schema }]
      : [{ type: 'function', function: { name: 'look', parameters: schema } }]
  const words = wire === 'anthropic' ? anthropic : chat
  const messages = steps.map((step) =>
    typeof step === 'string' ? words[step] : { role: 'user', content: step.person },
  )
  return { model: 'auto', max_tokens: 9, tools, messages, ...more }
}

async function served(reply: Promise<Response>): Promise<readonly (string | null)[]> {
  const { status, headers } = await reply
  expect(status).toBe(200)
  return ['x-signalbox-class', 'x-signalbox-source', 'x-signalbox-model'].map((name) => headers.get(name))
}

describe.each(wires)('a conversation over %s', (wire) => {
  const send = (
    gateway: Gateway,
    steps: readonly Step[],
    headers?: Record<string, string>,
  ): Promise<Response> => gateway.post(pathOf[wire], bodyOf(wire, steps), headers)

  it('keeps class and model while its tool loop is open, whatever the tools say', async () => {
    const { gateway } = await fleet()
    expect(await served(send(gateway, [{ person: PLAN }]))).toEqual([
      'strategic',
      'pattern',
      'claude-opus-5-5',
    ])
    const loop = await served(send(gateway, [{ person: PLAN }, 'call', 'result']))
    expect(loop).toEqual(['strategic', 'turn', 'claude-opus-5-5'])
    const turn = await served(send(gateway, [{ person: PLAN }, 'call', 'result', { person: THANKS }]))
    expect(turn).toEqual(['simple', 'pattern', 'claude-sonnet-5-5'])
  })

  it('stays with the model that took over, though its first choice is back', async () => {
    const { gateway, opus, sonnet } = await fleet()
    opus.enqueue({ kind: 'error', status: 500 })
    expect(await served(send(gateway, [{ person: PLAN }]))).toEqual([
      'strategic',
      'pattern',
      'claude-sonnet-5-5',
    ])
    for (let step = 0; step < 2; step++)
      expect(await served(send(gateway, [{ person: PLAN }, 'call', 'result']))).toEqual([
        'strategic',
        'turn',
        'claude-sonnet-5-5',
      ])
    expect([opus.requests.length, sonnet.requests.length]).toEqual([1, 3])
    const again = { person: 'Now evaluate the options once more.' }
    const [, , model] = await served(send(gateway, [{ person: PLAN }, 'call', 'result', again]))
    expect(model).toBe('claude-opus-5-5')
  })

  it('waits for its model rather than go elsewhere in the middle of a loop', async () => {
    const { gateway, opus, sonnet } = await fleet()
    await served(send(gateway, [{ person: PLAN }]))
    opus.enqueue({ kind: 'answer', delayMs: 600 })
    const other = send(gateway, [{ person: `${PLAN} Elsewhere.` }])
    await opus.until(() => opus.requests.length === 2)
    expect(await served(send(gateway, [{ person: PLAN }, 'call', 'result']))).toEqual([
      'strategic',
      'turn',
      'claude-opus-5-5',
    ])
    expect((await other).status).toBe(200)
    expect(sonnet.requests).toHaveLength(0)
    expect(gateway.records[0]?.waitMs).toBeGreaterThan(0)
  })

  it('goes on with another model when its own fails in the middle of a loop', async () => {
    const { gateway, opus } = await fleet()
    await served(send(gateway, [{ person: PLAN }]))
    opus.enqueue({ kind: 'error', status: 529 })
    expect(await served(send(gateway, [{ person: PLAN }, 'call', 'result']))).toEqual([
      'strategic',
      'turn',
      'claude-sonnet-5-5',
    ])
  })

  it('is another one for another caller, tenant or opening', async () => {
    const { gateway } = await fleet()
    await served(send(gateway, [{ person: PLAN }], { authorization: 'Bearer one' }))
    const elsewhere: Record<string, string>[] = [
      { authorization: 'Bearer two' },
      { 'x-signalbox-tenant': 'acme' },
    ]
    for (const headers of elsewhere) {
      const [, source] = await served(send(gateway, [{ person: PLAN }, 'call', 'result'], headers))
      expect(source).not.toBe('turn')
    }
    const [, source] = await served(
      send(gateway, [{ person: 'Hello' }, 'call', 'result'], { authorization: 'Bearer one' }),
    )
    expect(source).not.toBe('turn')
  })
})

describe('a conversation is known', () => {
  const uuid = '0f8fad5b-d9cb-469f-a165-70867728950e'
  it.each<readonly [by: string, headers: Record<string, string>, more: object, session: string]>([
    [
      'x-signalbox-session before all',
      { 'x-signalbox-session': 's-1', 'x-claude-code-session-id': uuid },
      {},
      's-1',
    ],
    ['x-claude-code-session-id', { 'x-claude-code-session-id': uuid }, {}, uuid],
    [
      'that and the agent’s id',
      { 'x-claude-code-session-id': uuid, 'x-claude-code-agent-id': 'a7' },
      {},
      `${uuid}/a7`,
    ],
    [
      'the session in metadata.user_id',
      {},
      { metadata: { user_id: JSON.stringify({ session_id: uuid }) } },
      uuid,
    ],
  ])('by %s', async (_by, headers, more, session) => {
    const { gateway } = await fleet()
    // Texts that share nothing: only the name says that they belong together.
    await gateway.post('/v1/messages', bodyOf('anthropic', [{ person: PLAN }], more), headers)
    const loop = bodyOf('anthropic', [{ person: 'Hello' }, 'call', 'result'], more)
    expect(await served(gateway.post('/v1/messages', loop, headers))).toEqual([
      'strategic',
      'turn',
      'claude-opus-5-5',
    ])
    expect(gateway.records.map((record) => record.session)).toEqual([session, session])
  })

  it('by prompt_cache_key', async () => {
    const { gateway } = await fleet()
    const more = { prompt_cache_key: 'k-1' }
    await gateway.post('/v1/chat/completions', bodyOf('openai-chat', [{ person: PLAN }], more))
    const loop = bodyOf('openai-chat', [{ person: 'Hello' }, 'call', 'result'], more)
    const [, source] = await served(gateway.post('/v1/chat/completions', loop))
    expect(source).toBe('turn')
    await eventually(() => expect(gateway.records).toHaveLength(2))
  })

  it('also through a stream', async () => {
    const { gateway } = await fleet()
    const first = await gateway.post(
      '/v1/messages',
      bodyOf('anthropic', [{ person: PLAN }], { stream: true }),
    )
    await first.text()
    const loop = bodyOf('anthropic', [{ person: PLAN }, 'call', 'result'], { stream: true })
    const second = gateway.post('/v1/messages', loop)
    expect(await served(second)).toEqual(['strategic', 'turn', 'claude-opus-5-5'])
    await (await second).text()
  })
})
