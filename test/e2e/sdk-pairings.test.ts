import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Behaviour, Upstream } from '../upstream/upstream.ts'
import {
  eventually,
  type Gateway,
  refusalOf,
  startGateway,
  understanding,
  upstreamOf,
  workerOf,
} from './harness.ts'
import { hearBy, type Said, sayBy, type Talk, type Turn } from './talk.ts'

interface Pairing {
  readonly sdk: Wire
  readonly upstream: Wire
}

const pairings: readonly Pairing[] = [
  { sdk: 'anthropic', upstream: 'anthropic' },
  { sdk: 'anthropic', upstream: 'openai-chat' },
  { sdk: 'openai-chat', upstream: 'anthropic' },
  { sdk: 'openai-chat', upstream: 'openai-chat' },
]
const modes = [{ stream: false }, { stream: true }]
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const question: Turn = { by: 'person', text: 'What is there to see?' }

/** How each vendor calls the same end. */
const ends = {
  natural: { anthropic: 'end_turn', 'openai-chat': 'stop' },
  tools: { anthropic: 'tool_use', 'openai-chat': 'tool_calls' },
  length: { anthropic: 'max_tokens', 'openai-chat': 'length' },
  refusal: { anthropic: 'refusal', 'openai-chat': 'content_filter' },
} as const

describe.each(pairings.flatMap((pairing) => modes.map((mode) => ({ ...pairing, ...mode }))))(
  'the $sdk SDK in front of an $upstream worker, stream $stream',
  ({ sdk, upstream: wire, stream }) => {
    let gateway: Gateway
    let upstream: Upstream

    async function start(...script: readonly Behaviour[]): Promise<void> {
      await startWith({}, ...script)
    }

    async function startWith(config: ConfigInput, ...script: readonly Behaviour[]): Promise<void> {
      upstream = await upstreamOf({ wire, script })
      gateway = await startGateway({
        pools: { main: { workers: [workerOf(upstream)] } },
        routes: { tactical: ['main'] },
        ...config,
      })
    }

    const say = (talk: Omit<Talk, 'stream'>): Promise<Said> => sayBy[sdk](gateway, { ...talk, stream })
    const heard = () => hearBy[wire](upstream.requests.at(-1)?.body)

    it('carries system prompt, turns and answer', async () => {
      await start({ kind: 'answer', text: 'A hill, “a river” and\n\n七 clouds 🌥.' })
      const turns: readonly Turn[] = [
        { by: 'person', text: 'Hello there' },
        { by: 'model', text: 'Hello.' },
        question,
      ]
      const said = await say({ system: 'You are a guide.', turns })
      expect(said).toMatchObject({
        text: 'A hill, “a river” and\n\n七 clouds 🌥.',
        stop: ends.natural[sdk],
        calls: [],
      })
      expect(heard()).toMatchObject({ system: 'You are a guide.', turns, stream })
    })

    it('asks the worker for its own model and answers with the name that was asked', async () => {
      await start()
      const said = await say({ model: 'main', turns: [question] })
      expect(said.model).toBe('main')
      expect(heard().model).toBe(wire === 'anthropic' ? 'claude-sonnet-5-5' : 'gpt-6-luna')
    })

    it('tells in headers what was decided', async () => {
      await startWith(understanding)
      const { headers } = await say({ turns: [{ by: 'person', text: 'Thank you!' }] })
      expect(headers.get('x-signalbox-trace')).toMatch(/^[0-9a-f]{32}$/)
      expect(headers.get('x-signalbox-class')).toBe('simple')
      expect(headers.get('x-signalbox-source')).toBe('pattern')
      expect(headers.get('x-signalbox-pool')).toBe('main')
      expect(headers.get('x-signalbox-worker')).toBe('main-1')
      expect(headers.get('x-signalbox-model')).toBe(wire === 'anthropic' ? 'claude-sonnet-5-5' : 'gpt-6-luna')
      for (const part of ['classify', 'queue', 'upstream'])
        expect(headers.get('server-timing')).toMatch(new RegExp(`\\b${part};dur=\\d+(\\.\\d+)?`))
    })

    it('carries an image', async () => {
      await start()
      const turns: readonly Turn[] = [{ by: 'person', text: 'What is this?', imageBase64: PIXEL }]
      await say({ turns })
      expect(heard().turns).toEqual(turns)
    })

    it('carries parallel tool calls to the caller and their results back', async () => {
      const tools = [
        { id: 'call_1', name: 'look', input: { at: 'the "sky"' } },
        { id: 'call_2', name: 'listen', input: {} },
      ]
      await start({ kind: 'answer', text: 'Let me see.', tools }, { kind: 'answer', text: 'Done.' })
      const said = await say({ turns: [question], tools: ['look', 'listen'] })
      expect(said).toMatchObject({ text: 'Let me see.', stop: ends.tools[sdk] })
      expect(said.calls).toEqual(tools)
      expect(heard().tools).toEqual(['look', 'listen'])

      const turns: readonly Turn[] = [
        question,
        { by: 'model', text: said.text, calls: said.calls },
        {
          by: 'tools',
          results: [
            { id: 'call_1', text: 'blue' },
            { id: 'call_2', text: 'birds' },
          ],
        },
      ]
      expect(await say({ turns, tools: ['look', 'listen'] })).toMatchObject({
        text: 'Done.',
        stop: ends.natural[sdk],
      })
      expect(heard().turns).toEqual(turns)
    })

    it('carries calls that come without a word', async () => {
      const tools = [{ id: 'call_1', name: 'look', input: { at: 'it', deep: { list: [1, null, 'x'] } } }]
      await start({ kind: 'answer', tools })
      expect(await say({ turns: [question], tools: ['look'] })).toMatchObject({ text: '', calls: tools })
    })

    it.each(['length', 'refusal'] as const)('says so when the answer ends by %s', async (end) => {
      await start({ kind: 'answer', text: 'As far as', stopReason: ends[end][wire] })
      expect((await say({ turns: [question] })).stop).toBe(ends[end][sdk])
    })

    it('counts tokens as the caller’s vendor counts them', async () => {
      await start({ kind: 'answer', usage: { input: 30, output: 7, cacheRead: 20 } })
      // Anthropic leaves what was read from the cache out of the input, OpenAI counts it in.
      const whole = wire === 'anthropic' ? 50 : 30
      const { usage } = await say({ turns: [question] })
      expect(usage).toEqual({ input: sdk === 'anthropic' ? whole - 20 : whole, output: 7, cached: 20 })
      const [decision] = gateway.records
      expect(decision?.usage).toMatchObject({ outputTokens: 7 })
      expect(decision?.costUsd).toBeGreaterThan(0)
    })

    it('cancels the worker’s call and frees its slot when the caller goes away', async () => {
      await start({ kind: 'stall', ...(stream && { afterEvents: 4 }) })
      const leave = new AbortController()
      const said = Promise.allSettled([sayBy[sdk](gateway, { turns: [question], stream }, leave.signal)])
      await upstream.until(() => upstream.requests.length === 1)
      expect(gateway.worker('main-1').inFlight).toBe(1)
      leave.abort()
      await said
      await upstream.until(() => upstream.aborted === 1)
      await eventually(() => expect(gateway.worker('main-1').inFlight).toBe(0))
      const [decision] = gateway.records
      expect(decision).toMatchObject({ outcome: 'cancelled', attempts: [{ outcome: 'cancelled' }] })
      expect(gateway.worker('main-1').breaker).toBe('closed')
    })
  },
)

describe('what is offered', () => {
  it('is listed for both SDKs: auto, routes, pools and models', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      pools: { main: { workers: [workerOf(upstream)] } },
      routes: { tactical: ['main'] },
    })
    const offered = ['auto', 'tactical', 'main', 'claude-sonnet-5-5']
    const listed: string[] = []
    for await (const model of gateway.anthropic().models.list({ limit: 1000 })) listed.push(model.id)
    expect(listed).toEqual(offered)
    listed.length = 0
    for await (const model of gateway.openai().models.list()) listed.push(model.id)
    expect(listed).toEqual(offered)
    expect(await gateway.anthropic().models.retrieve('auto')).toMatchObject({ type: 'model', id: 'auto' })
    expect(await gateway.openai().models.retrieve('main')).toMatchObject({ object: 'model', id: 'main' })
    expect(await refusalOf(gateway.openai().models.retrieve('nobody'))).toMatchObject({ status: 404 })
  })

  it('greets a client that only knocks', async () => {
    const { url } = await startGateway({
      pools: { main: { workers: [{ kind: 'simulated' }] } },
      routes: { tactical: ['main'] },
    })
    for (const path of ['/', '/api/hello'])
      expect((await fetch(url + path, { method: 'HEAD' })).status).toBe(200)
  })
})

describe('what could not travel to a worker of the other protocol', () => {
  it('is listed in the reply’s headers and in the record', async () => {
    for (const [path, wire, odd] of [
      ['/v1/messages', 'openai-chat', { top_k: 5, brand_new: 1 }],
      ['/v1/chat/completions', 'anthropic', { store: true, brand_new: 1 }],
    ] as const) {
      const upstream = await upstreamOf({ wire })
      const gateway = await startGateway({
        pools: { main: { workers: [workerOf(upstream)] } },
        routes: { tactical: ['main'] },
      })
      const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }], ...odd }
      const reply = await gateway.post(path, ask)
      const [known = ''] = Object.keys(odd)
      const losses = [`removed:${known}`, 'removed:brand_new']
      expect(reply.headers.get('x-signalbox-losses')?.split(', ').toSorted()).toEqual(losses.toSorted())
      expect(gateway.records[0]?.losses.toSorted()).toEqual(losses.toSorted())
      expect(Object.keys(upstream.requests[0]?.body ?? {})).not.toContain('brand_new')
    }
  })
})

describe('a name that nobody offers', () => {
  it.each(['anthropic', 'openai-chat'] as const)(
    'goes unchanged to a worker of its vendor (%s)',
    async (wire) => {
      const upstream = await upstreamOf({ wire })
      const gateway = await startGateway({
        pools: { main: { workers: [workerOf(upstream)] } },
        routes: { tactical: ['main'] },
      })
      const names = wire === 'anthropic' ? ['claude-fable-9', 'claude-寓言'] : ['gpt-9-sol', 'gpt-9-☀']
      for (const [index, sdk] of (['anthropic', 'openai-chat'] as const).entries()) {
        const model = names[index] ?? ''
        const said = await sayBy[sdk](gateway, { model, turns: [question], stream: true })
        expect(said.model).toBe(model)
        expect(said.headers.get('x-signalbox-model')).toBe(encodeURIComponent(model))
        expect(hearBy[wire](upstream.requests.at(-1)?.body).model).toBe(model)
      }
    },
  )
})

describe('a stream between client and worker of one protocol', () => {
  it.each(['anthropic', 'openai-chat'] as const)(
    'passes byte for byte but for the model’s name (%s)',
    async (wire) => {
      const upstream = await upstreamOf({ wire })
      const gateway = await startGateway({
        pools: { main: { workers: [workerOf(upstream)] } },
        routes: { tactical: ['main'] },
      })
      const path = wire === 'anthropic' ? '/v1/messages' : '/v1/chat/completions'
      const body = { model: 'main', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'x' }] }
      const headers = { 'anthropic-version': '2023-06-01' }
      const through = await gateway.post(path, body, headers)
      const direct = await fetch(upstream.baseUrl.replace('/v1', '') + path, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, model: 'main' }),
      })
      expect(through.headers.get('content-type')).toBe(direct.headers.get('content-type'))
      expect(await through.text()).toBe(await direct.text())
    },
  )
})
