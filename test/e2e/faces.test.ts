/** What each endpoint looks like from outside, whatever answers behind it. */
import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import { systemClock } from '../../src/core/clock.ts'
import { fleetOf, type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'
import { rawExchange } from './raw.ts'

const input = 'Say hello'

async function responsesAt(wire: 'anthropic' | 'openai-chat'): Promise<Gateway> {
  const upstream = await upstreamOf({ wire })
  return startGateway(fleetOf([workerOf(upstream)]))
}

describe('/v1/responses', () => {
  it.each(['anthropic', 'openai-chat'] as const)('is answered by a worker of %s', async (wire) => {
    const gateway = await responsesAt(wire)
    const reply = await gateway.openai().responses.create({ model: 'auto', input, store: false })
    expect(reply).toMatchObject({
      object: 'response',
      status: 'completed',
      model: 'auto',
      output_text: 'Hello from the stub.',
    })
    expect(gateway.records[0]).toMatchObject({ kind: 'openai-responses', outcome: 'ok' })
  })

  it.each(['anthropic', 'openai-chat'] as const)('is streamed by a worker of %s', async (wire) => {
    const gateway = await responsesAt(wire)
    const stream = await gateway
      .openai()
      .responses.create({ model: 'auto', input, store: false, stream: true })
    let text = ''
    let last = ''
    for await (const event of stream) {
      last = event.type
      if (event.type === 'response.output_text.delta') text += event.delta
    }
    expect([text, last]).toEqual(['Hello from the stub.', 'response.completed'])
  })

  it('keeps a silent stream alive by comments', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    upstream.enqueue({ kind: 'answer', delayMs: 120 })
    const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), queue: { silenceMs: 30 } })
    const reply = await gateway.post('/v1/responses', { model: 'auto', input, store: false, stream: true })
    const text = await reply.text()
    expect(text.startsWith(': ping\n\n')).toBe(true)
    expect(text).toContain('event: response.completed')
  })

  it('refuses in OpenAI’s envelope', async () => {
    const gateway = await responsesAt('anthropic')
    const reply = await gateway.post('/v1/responses', { model: 'auto', input, background: true })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'untranslatable', param: 'background' },
    })
  })
})

describe('a WebSocket', () => {
  const offer = (path: string, upgrade: string): string =>
    [
      `GET ${path} HTTP/1.1`,
      'host: 127.0.0.1',
      'connection: upgrade',
      `upgrade: ${upgrade}`,
      'sec-websocket-version: 13',
      'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
      '',
      '',
    ].join('\r\n')

  it.each(['/v1/responses', '/v1/messages', '/', '/api/events'])(
    'at %s is refused with 426',
    async (path) => {
      const gateway = await startGateway(fleetOf([{ kind: 'simulated' }]))
      const { status, head, body } = await rawExchange(gateway.port, (socket) => {
        socket.write(offer(path, 'websocket'))
      })
      expect(status).toBe(426)
      expect(head.toLowerCase()).toContain('upgrade: http/1.1')
      expect(JSON.parse(body).error.message).toMatch(/is not served over a WebSocket\. Send it as a POST/)
      expect((await fetch(`${gateway.url}/api/hello`)).status).toBe(200)
    },
  )

  it('is refused in the envelope of the path’s protocol', async () => {
    const gateway = await startGateway(fleetOf([{ kind: 'simulated' }]))
    const { body } = await rawExchange(gateway.port, (socket) => {
      socket.write(offer('/v1/responses', 'WebSocket'))
    })
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'upgrade_refused' } })
  })

  it('is no other protocol: those are passed over', async () => {
    const gateway = await startGateway(fleetOf([{ kind: 'simulated' }]))
    const { status } = await rawExchange(gateway.port, (socket) => {
      socket.end(offer('/api/hello', 'h2c').replace('connection: upgrade', 'connection: upgrade, close'))
    })
    expect(status).toBe(200)
  })
})

describe('the list of models', () => {
  const many: ConfigInput = {
    pools: Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [
        `pool-${index}`,
        { workers: [{ kind: 'simulated' as const, model: `model-${index}` }] },
      ]),
    ),
    routes: { tactical: ['pool-0'] },
  }

  it('of a thousand comes within 50 ms, in both shapes', async () => {
    const gateway = await startGateway(many)
    const url = `${gateway.url}/v1/models?limit=1000`
    await (await fetch(url)).text()
    for (const headers of [{}, { 'anthropic-version': '2023-06-01' }]) {
      const times: number[] = []
      for (let turn = 0; turn < 5; turn++) {
        const startMs = systemClock.now()
        const reply = await fetch(url, { headers })
        const { data } = (await reply.json()) as { readonly data: readonly { readonly id: string }[] }
        times.push(systemClock.now() - startMs)
        expect(data.length).toBeGreaterThan(800)
      }
      expect(Math.min(...times)).toBeLessThan(50)
    }
  })

  it('names what the configuration offers, and makes up no name that a client might like', async () => {
    const gateway = await startGateway(fleetOf([{ kind: 'simulated', model: 'my-model' }]))
    const reply = await fetch(`${gateway.url}/v1/models?limit=1000`, {
      headers: { 'anthropic-version': '2023-06-01' },
    })
    const { data } = (await reply.json()) as { readonly data: readonly { readonly id: string }[] }
    expect(data.map(({ id }) => id).toSorted()).toEqual(['a', 'auto', 'my-model', 'tactical'])
  })
})

describe('the probes of clients', () => {
  it.each([
    ['HEAD', '/'],
    ['HEAD', '/api/hello'],
    ['GET', '/api/hello'],
  ])('%s %s is answered without a key', async (method, path) => {
    const gateway = await startGateway({
      ...fleetOf([{ kind: 'simulated' }]),
      auth: { keys: [{ name: 'a', key: 'sb-key-0123456789', scopes: ['data'] }] },
    })
    expect((await fetch(gateway.url + path, { method })).status).toBe(200)
  })
})
