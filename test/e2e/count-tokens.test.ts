/** `POST /v1/messages/count_tokens`: counted by the worker that would answer where it can, else an estimate that says so. */
import { describe, expect, it } from 'vitest'
import { fleetOf, type Gateway, startGateway, understanding, upstreamOf, workerOf } from './harness.ts'

const PATH = '/v1/messages/count_tokens'
const messages = [{ role: 'user', content: 'What is the capital of France?' }]
const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'token-counting-2024-11-01' }

interface Counted {
  readonly status: number
  readonly tokens: number
  readonly estimated: boolean
}

async function count(gateway: Gateway, body: object = { model: 'auto', messages }): Promise<Counted> {
  const reply = await gateway.post(`${PATH}?beta=true`, body, headers)
  const { input_tokens: tokens } = (await reply.json()) as { readonly input_tokens: number }
  expect(reply.headers.get('x-signalbox-trace')).toMatch(/^[0-9a-f]{32}$/)
  const estimated = reply.headers.get('x-signalbox-estimated') === 'true'
  return { status: reply.status, tokens, estimated }
}

describe('counting tokens', () => {
  it('is done by the worker that would answer, in the name of its model', async () => {
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: () => ({ kind: 'reply', status: 200, body: { input_tokens: 4_711 } }),
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    expect(await count(gateway)).toEqual({ status: 200, tokens: 4_711, estimated: false })
    const [asked] = upstream.requests
    expect(asked?.path).toBe(`${PATH}?beta=true`)
    expect(asked?.body).toEqual({ model: 'claude-sonnet-5-5', messages })
    expect(asked?.headers).toMatchObject({ ...headers, 'x-api-key': 'workers-own' })
  })

  it('follows the choice of model that the message would have, and leaves no trace of a message', async () => {
    const counting = (tokens: number) => () =>
      ({ kind: 'reply', status: 200, body: { input_tokens: tokens } }) as const
    const opus = await upstreamOf({ wire: 'anthropic', script: counting(1) })
    const haiku = await upstreamOf({ wire: 'anthropic', script: counting(2) })
    const gateway = await startGateway({
      ...understanding,
      pools: {
        opus: { workers: [workerOf(opus, { model: 'claude-opus-5-5' })] },
        haiku: { workers: [workerOf(haiku, { model: 'claude-haiku-5-5' })] },
      },
      routes: { tactical: ['opus'], simple: ['haiku'] },
    })
    expect(await count(gateway)).toMatchObject({ tokens: 2 })
    expect(await count(gateway, { model: 'claude-opus-5-5', messages })).toMatchObject({ tokens: 1 })
    expect(gateway.records).toEqual([])
    expect(gateway.worker('haiku-1').inFlight).toBe(0)
  })

  it('does not wait for a slot', async () => {
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: ({ path }) =>
        path.startsWith(PATH) ? { kind: 'reply', status: 200, body: { input_tokens: 9 } } : { kind: 'stall' },
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { capacity: 1 })]))
    const gone = new AbortController()
    const body = JSON.stringify({ model: 'auto', max_tokens: 9, messages })
    const stuck = fetch(`${gateway.url}/v1/messages`, { method: 'POST', body, signal: gone.signal })
    await upstream.until(() => upstream.requests.length === 1)
    expect(await count(gateway)).toEqual({ status: 200, tokens: 9, estimated: false })
    gone.abort()
    await expect(stuck).rejects.toThrow()
  })

  it('passes what the provider has against the request', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', lenient: true })
    upstream.enqueue({ kind: 'error', status: 400, message: 'messages.0: nothing is right' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const reply = await gateway.post(PATH, { model: 'auto', messages }, headers)
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ error: { message: 'messages.0: nothing is right' } })
    expect(reply.headers.get('x-signalbox-estimated')).toBeNull()
  })

  it.each([404, 429, 500, 529, 401])('is an estimate where the provider cannot: %i', async (status) => {
    const upstream = await upstreamOf({ wire: 'anthropic', lenient: true })
    upstream.enqueue({ kind: 'error', status })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const { tokens, ...rest } = await count(gateway)
    expect(rest).toEqual({ status: 200, estimated: true })
    expect(tokens).toBeGreaterThan(0)
    expect(gateway.worker('a-1').breaker).toBe('closed')
  })

  it.each(['reset', 'html', 'garbage'] as const)('is an estimate after a failure: %s', async (kind) => {
    const upstream = await upstreamOf({ wire: 'anthropic', lenient: true })
    upstream.enqueue({ kind })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    expect(await count(gateway)).toMatchObject({ status: 200, estimated: true })
  })

  it('is an estimate when the caller’s time is up before the provider’s', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', lenient: true })
    upstream.enqueue({ kind: 'stall' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const hurry = { ...headers, 'x-signalbox-deadline-ms': '50' }
    const reply = await gateway.post(PATH, { model: 'auto', messages }, hurry)
    expect([reply.status, reply.headers.get('x-signalbox-estimated')]).toEqual([200, 'true'])
  })

  // Long before the provider's own time is up.
  it('is given up at the provider when the caller goes away', { timeout: 5_000 }, async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', lenient: true })
    upstream.enqueue({ kind: 'stall' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const gone = new AbortController()
    const body = JSON.stringify({ model: 'auto', messages })
    const asked = fetch(gateway.url + PATH, { method: 'POST', body, signal: gone.signal })
    await upstream.until(() => upstream.requests.length === 1)
    gone.abort()
    await expect(asked).rejects.toThrow()
    await upstream.until(() => upstream.aborted === 1)
    expect(gateway.logged).toEqual([])
  })

  it('is done by OpenAI where that answers, of the request as it would be sent there', async () => {
    const upstream = await upstreamOf({ wire: 'openai-responses' })
    const worker = { ...workerOf(upstream, { model: 'gpt-6.1-terra' }), dialect: 'openai' as const }
    const gateway = await startGateway(fleetOf([worker]))
    const tools = [{ name: 'Bash', input_schema: { type: 'object', properties: {} } }]
    const body = { model: 'auto', messages, tools, system: 'Be brief.' }
    expect(await count(gateway, body)).toEqual({ status: 200, tokens: 42, estimated: false })
    expect(upstream.requests[0]).toMatchObject({
      path: '/v1/responses/input_tokens',
      body: { model: 'gpt-6.1-terra', input: expect.any(Array), tools: expect.any(Array) },
    })
    expect(Object.keys(upstream.requests[0]?.body as object).toSorted()).toEqual(['input', 'model', 'tools'])
    expect(upstream.requests[0]?.headers.authorization).toBe('Bearer workers-own')
  })

  it('is an estimate where the worker is simulated, or speaks another protocol', async () => {
    const chat = await upstreamOf({ wire: 'openai-chat' })
    const long = { model: 'auto', messages: [{ role: 'user', content: 'word '.repeat(4_000) }] }
    for (const worker of [{ ...workerOf(chat), dialect: 'vllm' as const }, { kind: 'simulated' as const }]) {
      const gateway = await startGateway(fleetOf([worker]))
      const { tokens, estimated } = await count(gateway, long)
      expect(estimated).toBe(true)
      expect(tokens).toBeGreaterThan(3_000)
      expect(tokens).toBeLessThan(8_000)
    }
    expect(chat.requests).toEqual([])
  })

  it('refuses what is no request in the protocol’s own envelope', async () => {
    const gateway = await startGateway(fleetOf([{ kind: 'simulated' }]))
    const reply = await gateway.post(PATH, { model: 'auto' }, headers)
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('messages is missing') },
    })
  })
})
