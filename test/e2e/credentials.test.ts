import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { fleetOf, refusalOf, startGateway, upstreamOf, workerOf } from './harness.ts'
import { sayBy, type Turn } from './talk.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pairs = wires.flatMap((sdk) => wires.map((wire) => ({ sdk, wire })))
const turns: readonly Turn[] = [{ by: 'person', text: 'What is there to see?' }]
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }

/** The key that a vendor's server finds; Anthropic's looks in two places. */
function keySent(wire: Wire, headers: IncomingHttpHeaders = {}): string | undefined {
  const bearer = headers.authorization?.replace(/^Bearer /, '')
  return wire === 'anthropic' ? (headers['x-api-key']?.toString() ?? bearer) : bearer
}

function keylessWorker(upstream: Upstream): ReturnType<typeof workerOf> {
  return workerOf(upstream, { apiKey: undefined })
}

describe.each(pairs)('from the $sdk SDK to an $wire worker', ({ sdk, wire }) => {
  it('a worker’s own key is all that it is sent', async () => {
    const upstream = await upstreamOf({ wire, key: 'workers-own' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    await sayBy[sdk](gateway, { turns, stream: false })
    const sent = upstream.requests[0]?.headers
    expect(keySent(wire, sent)).toBe('workers-own')
    expect(JSON.stringify(sent)).not.toContain('callers-own')
  })

  it('a worker without a key gets the caller’s, under the name that it reads', async () => {
    const upstream = await upstreamOf({ wire, key: 'callers-own' })
    const gateway = await startGateway(fleetOf([keylessWorker(upstream)]))
    await sayBy[sdk](gateway, { turns, stream: true })
    expect(keySent(wire, upstream.requests[0]?.headers)).toBe('callers-own')
  })

  it('a caller whose own key is refused hears it as a refused key, and the worker stays well', async () => {
    const upstream = await upstreamOf({ wire, key: 'another' })
    const sound = await upstreamOf({ wire })
    const gateway = await startGateway({
      ...fleetOf([keylessWorker(upstream)], [keylessWorker(sound)]),
      breaker: { failures: 1 },
    })
    const refusal = await refusalOf(sayBy[sdk](gateway, { turns, stream: true }))
    expect(refusal).toMatchObject({ status: 401 })
    expect(gateway.worker('a-1')).toMatchObject({ state: 'healthy', breaker: 'closed' })
    expect(sound.requests).toHaveLength(0)
  })

  it('a refused key of a worker’s own is ours to hide', async () => {
    const upstream = await upstreamOf({ wire, key: 'another' })
    const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), retry: { maxAttempts: 1 } })
    const reply = await gateway.post(pathOf[sdk], ask)
    expect(reply.status).toBe(502)
    const told = (await reply.text()) + JSON.stringify([...reply.headers])
    expect(told).not.toMatch(/workers-own|invalid x-api-key|Incorrect API key/)
    expect(gateway.records).toMatchObject([{ outcome: 'worker-credentials' }])
  })
})

describe('a 401 for a key that the caller brought', () => {
  it.each(wires)('passes byte for byte (%s)', async (wire) => {
    const body = '{ "error" :{"type":"authentication_error","message":"this key is spent"}}'
    const upstream = await upstreamOf({ wire, script: () => ({ kind: 'reply', status: 401, body }) })
    const gateway = await startGateway(fleetOf([keylessWorker(upstream)]))
    const reply = await gateway.post(pathOf[wire], ask, { authorization: 'Bearer mine' })
    expect(reply.status).toBe(401)
    expect(await reply.text()).toBe(body)
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('our own keys', () => {
  const auth = {
    keys: [{ name: 'team', key: 'sb-team-canary', priorityMax: 'normal' as const }],
    adminToken: 'sb-admin-canary',
  }

  it.each([
    ['x-api-key', 'sb-team-canary'],
    ['authorization', 'Bearer sb-team-canary'],
    ['x-api-key', 'sb-admin-canary'],
    ['authorization', 'Bearer sb-admin-canary'],
  ])('are never sent on (%s: %s)', async (name, value) => {
    for (const wire of wires) {
      const upstream = await upstreamOf({ wire, key: 'vendors' })
      const gateway = await startGateway({ ...fleetOf([keylessWorker(upstream)]), auth })
      for (const path of Object.values(pathOf)) {
        const reply = await gateway.post(path, ask, { [name]: value })
        expect(reply.status).toBe(401)
      }
      expect(JSON.stringify(upstream.requests.map(({ headers }) => headers))).not.toContain('canary')
    }
  })

  it('are never sent on beside a vendor’s key', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({ ...fleetOf([keylessWorker(upstream)]), auth })
    for (const headers of [
      { 'x-api-key': 'vendors', authorization: 'Bearer sb-team-canary' },
      { 'x-api-key': 'sb-team-canary', authorization: 'Bearer vendors' },
    ]) {
      await gateway.post('/v1/messages', ask, headers)
    }
    expect(JSON.stringify(upstream.requests.map(({ headers }) => headers))).not.toContain('canary')
  })

  it('name the caller in the record, and bound its priority', async () => {
    const gateway = await startGateway({ ...fleetOf([{ kind: 'simulated', latencyMs: 0 }]), auth })
    const headers = { 'x-api-key': 'sb-team-canary', 'x-signalbox-priority': 'critical' }
    const seen: string[] = []
    gateway.engine.events.subscribe('message-received', ({ priority }) => seen.push(priority))
    expect((await gateway.post('/v1/messages', ask, headers)).status).toBe(200)
    expect(seen).toEqual(['normal'])
  })
})

describe('headers', () => {
  it('of the caller pass to a worker of the same protocol, but for ours, its identity and the hop’s', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    await gateway.post('/v1/messages?beta=true', ask, {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'one-2025-01-01,two-2026-01-01',
      'x-brand-new': 'yes',
      'user-agent': 'claude-cli/9',
      cookie: 'secret=1',
      'x-forwarded-for': '10.0.0.1',
      forwarded: 'for=10.0.0.1',
      'x-signalbox-tenant': 'acme',
      'x-signalbox-priority': 'high',
    })
    const [{ headers, path } = { headers: {}, path: '' }] = upstream.requests
    expect(path).toBe('/v1/messages?beta=true')
    expect(headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'one-2025-01-01,two-2026-01-01',
      'x-brand-new': 'yes',
      'user-agent': 'claude-cli/9',
      host: `127.0.0.1:${upstream.port}`,
    })
    const names = Object.keys(headers)
    for (const name of ['cookie', 'forwarded']) expect(names).not.toContain(name)
    expect(names.filter((name) => /^x-(signalbox|forwarded)-/.test(name))).toEqual([])
  })
})
