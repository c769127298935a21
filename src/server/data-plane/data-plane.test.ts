import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Config } from '../../config/schema.ts'
import type { Ask, Engine } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import { fakeEngine } from '../../testing/fake-engine.ts'
import { fakeSystem } from '../../testing/fake-system.ts'
import { createAccess } from '../access.ts'
import { createDataPlane } from './data-plane.ts'

const auth: Config['auth'] = {
  keys: [
    { name: 'team', key: 'sb-team', scopes: ['data'], priorityMax: 'normal' },
    { name: 'ops', key: 'sb-ops', scopes: ['control'], priorityMax: 'critical' },
  ],
}

type Headers = Readonly<Record<string, string>>

/** The data plane on a socket, before an engine that keeps what it is asked and has no worker. */
async function listen(loopback: boolean, refusal = new SignalboxError('no-worker', 'nobody is here.')) {
  const asks: Ask[] = []
  const engine: Engine = {
    ...fakeEngine(),
    start(ask) {
      asks.push(ask)
      throw refusal
    },
  }
  const plane = createDataPlane({
    engine,
    system: fakeSystem(),
    access: createAccess(auth, loopback),
    bodyBytes: 1_000,
    silenceMs: 10_000,
  })
  const server = createServer((req, res) => {
    const [path = '', query] = (req.url ?? '').split('?')
    if (!plane.handle(req, res, path, query === undefined ? '' : `?${query}`)) res.writeHead(418).end()
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const post = (headers: Headers = {}, path = '/v1/messages'): Promise<Response> =>
    fetch(url + path, { method: 'POST', headers, body: '{"x":1}' })
  return { asks, url, post }
}

describe('the data plane', () => {
  it('takes a key’s name for the tenant, and a wished tenant for one below it', async () => {
    const { asks, post } = await listen(false)
    await post({ 'x-api-key': 'sb-team' })
    await post({ 'x-api-key': 'sb-team', 'x-signalbox-tenant': 'ops' })
    expect(asks.map(({ tenant }) => tenant)).toEqual(['team', 'team/ops'])
  })

  it('takes the word of a caller without a key of ours for its tenant', async () => {
    const { asks, post } = await listen(true)
    await post({ 'x-signalbox-tenant': 'mine' })
    await post()
    expect(asks.map(({ tenant }) => tenant)).toEqual(['mine', undefined])
  })

  it('tells the engine whether a key of ours was shown, and hands it only credentials that are none', async () => {
    const { asks, post } = await listen(true)
    await post({ 'x-api-key': 'sb-team' })
    await post({ 'x-api-key': 'sb-ops' })
    await post({ 'x-api-key': 'sb-team', authorization: 'Bearer sk-vendor' })
    await post({ authorization: 'Bearer sk-vendor' })
    await post()
    expect(asks.map(({ ourKey, credentials }) => [ourKey, credentials])).toEqual([
      [true, undefined],
      [true, undefined],
      [true, { authorization: 'Bearer sk-vendor' }],
      [false, { authorization: 'Bearer sk-vendor' }],
      [false, undefined],
    ])
    expect(JSON.stringify(asks.map(({ headers }) => headers))).not.toMatch(/sb-|sk-/)
  })

  it('hands the engine the request as it came, with what the headers wish', async () => {
    const { asks, post } = await listen(false)
    const wished = { 'x-signalbox-priority': 'critical', 'x-signalbox-class': 'simple' }
    await post(
      { 'x-api-key': 'sb-team', 'anthropic-version': '2023-06-01', ...wished },
      '/v1/messages?beta=true',
    )
    await post({ authorization: 'Bearer sb-team' }, '/v1/chat/completions')
    expect(asks[0]).toMatchObject({
      wire: 'anthropic',
      query: '?beta=true',
      class: 'simple',
      priority: 'normal',
      headers: { 'anthropic-version': '2023-06-01' },
    })
    expect(asks[0]?.body.toString()).toBe('{"x":1}')
    expect(asks[1]).toMatchObject({ wire: 'openai-chat', query: '', priority: 'normal' })
  })

  it('refuses keys that do not open it before it reads on', async () => {
    const { asks, post } = await listen(false)
    expect((await post()).status).toBe(401)
    expect((await post({ 'x-api-key': 'sk-vendor' })).status).toBe(401)
    expect((await post({ 'x-api-key': 'sb-ops' })).status).toBe(403)
    expect((await post({ 'x-api-key': 'sb-ops' }, '/v1/models')).status).toBe(403)
    expect(asks).toEqual([])
  })

  it('says of our header what the engine says of the class', async () => {
    const unknown = new SignalboxError('invalid-message', 'there is no class "x".', { path: 'class' })
    const { post } = await listen(true, unknown)
    const reply = await post({ 'x-signalbox-class': 'x' })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('header x-signalbox-class: there is no class')
  })

  it('leaves other paths to others, but answers for all of its own', async () => {
    const { url, post, asks } = await listen(true)
    expect((await post({}, '/api/messages')).status).toBe(418)
    expect((await post({}, '/v1/unheard-of')).status).toBe(404)
    const got = await fetch(`${url}/v1/messages`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await fetch(`${url}/api/hello`)).status).toBe(200)
    expect(asks).toEqual([])
  })
})
