/** A canary for a key, a name for a host: neither may come out anywhere, whatever goes wrong. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { realSystem } from '../../src/core/system.ts'
import { parseConfig } from '../../src/config/load.ts'
import { startServer } from '../../src/server/server.ts'
import type { Behaviour } from '../upstream/upstream.ts'
import { fleetOf, refusalOf, startGateway, upstreamOf, workerOf } from './harness.ts'
import { rawPost } from './raw.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const CANARY = 'sk-ant-canary-0123456789'
const TEXT = 'My password is swordfish'
const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: TEXT }] }

describe('whatever a worker does', () => {
  it.each<readonly [what: string, behaviour: Behaviour]>([
    ['answers', { kind: 'answer' }],
    ['refuses its key', { kind: 'error', status: 401, message: `invalid x-api-key ${CANARY}` }],
    ['fails', { kind: 'error', status: 500 }],
    [
      'is rate limited',
      { kind: 'error', status: 429, headers: { 'set-cookie': 'a=1', via: '1.1 host', server: 'x' } },
    ],
    ['resets', { kind: 'reset' }],
    ['stalls', { kind: 'stall' }],
    ['sends a page', { kind: 'html' }],
    ['sends no HTTP', { kind: 'garbage' }],
    ['breaks its stream', { kind: 'truncate', afterEvents: 4 }],
    ['resets its stream', { kind: 'reset', afterEvents: 4 }],
    ['ends its stream in an error', { kind: 'error-event', afterEvents: 4, message: `bad key ${CANARY}` }],
  ])(
    'and %s, no answer, log line, metric or record tells its key, its place or the text',
    async (_what, behaviour) => {
      for (const wire of wires) {
        const upstream = await upstreamOf({ wire, script: () => behaviour })
        const gateway = await startGateway({
          ...fleetOf([workerOf(upstream, { apiKey: CANARY, timeoutMs: 100, idleMs: 100 })]),
          retry: { maxAttempts: 1 },
          breaker: { failures: 1 },
        })
        const told: string[] = []
        for (const path of Object.values(pathOf)) {
          const reply = await gateway.post(
            path,
            { ...ask, stream: true },
            { 'x-signalbox-deadline-ms': '250' },
          )
          told.push(JSON.stringify([...reply.headers]), await reply.text())
        }
        for (const path of ['/metrics', '/api/decisions', '/api/workers', '/api/queue', '/readyz'])
          told.push(await (await fetch(gateway.url + path)).text())
        told.push(...gateway.logged)
        const all = told.join('\n')
        expect(all).not.toContain(CANARY)
        expect(all).not.toContain('swordfish')
        expect(all).not.toContain(String(upstream.port))
        expect(all).not.toMatch(/set-cookie|\b1\.1 host|at \S+ \(|node_modules|\.ts:\d/)
      }
    },
  )

  it('and cannot be found, nothing tells where it was sought', async () => {
    for (const kind of ['anthropic', 'openai'] as const) {
      const worker = { kind, model: 'm', apiKey: CANARY, baseUrl: 'http://canary-host.invalid:4321/base' }
      const gateway = await startGateway({ ...fleetOf([worker]), retry: { maxAttempts: 1 } })
      const reply = await gateway.post('/v1/messages', ask)
      expect(reply.status).toBe(502)
      const all = [await reply.text(), JSON.stringify([...reply.headers]), ...gateway.logged].join('\n')
      expect(all).not.toMatch(/canary|4321/)
    }
  })
})

describe('the configuration that the control plane shows', () => {
  it('has no secret in it', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(upstream, { apiKey: CANARY })]),
      auth: { keys: [{ name: 'team', key: 'sb-canary-team' }], adminToken: 'sb-canary-admin' },
    })
    const shown = JSON.stringify(await gateway.api('/api/config'))
    expect(shown).toContain('claude-sonnet-5-5')
    expect(shown).not.toContain('canary')
  })
})

describe('an address that other machines can reach', () => {
  const host = '0.0.0.0'
  const auth = {
    keys: [
      { name: 'team', key: 'sb-team' },
      { name: 'watch', key: 'sb-watch', scopes: ['metrics' as const] },
    ],
    adminToken: 'sb-admin',
  }
  const fleet = { ...fleetOf([{ kind: 'simulated', latencyMs: 0 }]), store: { memory: true as const } }

  it('is refused without keys', async () => {
    const refusal = await refusalOf(startServer(parseConfig(fleet), realSystem(), { host, port: 0 }))
    expect(refusal).toMatchObject({ code: 'invalid-config', message: expect.stringContaining('auth.keys') })
  })

  it('opens each door only to its own keys, and says nothing to others', async () => {
    const server = await startServer(parseConfig({ ...fleet, auth }), realSystem(), { host, port: 0 })
    try {
      const url = `http://127.0.0.1:${server.port}`
      const status = async (path: string, key?: string): Promise<number> => {
        const post = path in { '/v1/messages': 1, '/api/classify': 1 }
        const reply = await fetch(url + path, {
          method: post ? 'POST' : 'GET',
          headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
          ...(post && { body: JSON.stringify(path === '/v1/messages' ? ask : { text: 'x' }) }),
        })
        await reply.text()
        return reply.status
      }
      const doors = ['/v1/messages', '/v1/models', '/api/classify', '/api/workers', '/api/config', '/metrics']
      const tried = async (key?: string): Promise<readonly number[]> =>
        Promise.all(doors.map((door) => status(door, key)))
      expect(await tried()).toEqual([401, 401, 401, 401, 401, 401])
      expect(await tried('sb-tea')).toEqual([401, 401, 401, 401, 401, 401])
      expect(await tried('sb-team')).toEqual([200, 200, 403, 403, 403, 403])
      expect(await tried('sb-watch')).toEqual([403, 403, 403, 403, 403, 200])
      expect(await tried('sb-admin')).toEqual([403, 403, 200, 200, 200, 200])
      expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200])
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200)
      const messages = [{ role: 'user' as const, content: 'x' }]
      const anthropic = new Anthropic({ apiKey: 'wrong', baseURL: url, maxRetries: 0 })
      const openai = new OpenAI({ apiKey: 'wrong', baseURL: `${url}/v1`, maxRetries: 0 })
      expect(
        await refusalOf(anthropic.messages.create({ model: 'auto', max_tokens: 9, messages })),
      ).toBeInstanceOf(Anthropic.AuthenticationError)
      expect(await refusalOf(openai.chat.completions.create({ model: 'auto', messages }))).toBeInstanceOf(
        OpenAI.AuthenticationError,
      )
      const refused = await rawPost(server.port, '/v1/messages', JSON.stringify(ask), [
        'host: gateway.example',
      ])
      expect(refused.body).not.toMatch(/sb-|tactical|simulated/)
    } finally {
      await server.close()
    }
  })
})
