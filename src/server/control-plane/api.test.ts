import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SignalboxError } from '../../core/errors.ts'
import { jsonOf, type RunningControlPlane, runControlPlane } from './harness.ts'
import * as schemas from './response-schemas.ts'

/** What the tests look at in answers of many kinds. */
interface Answer {
  readonly code: string
  readonly detail: string
  readonly path?: string
  readonly traceId?: string
  readonly class: string
  readonly decision: unknown
  readonly alternatives: readonly unknown[]
  readonly trace: { readonly id: string }
  readonly workers: readonly unknown[]
  readonly decisions: readonly { readonly id: string }[]
}

let plane: RunningControlPlane
beforeAll(async () => {
  plane = await runControlPlane({
    fake: {
      answer(message) {
        if (message.content === 'too much') {
          throw new SignalboxError('queue-full', 'the queue is full', { retryAfterMs: 2_400 })
        }
        if (message.content === 'a bug') throw new TypeError('a secret of ours')
        throw new SignalboxError('no-worker', 'nobody can answer')
      },
    },
  })
})
afterAll(() => plane.close())

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(plane.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, json: await jsonOf<Answer>(response) }
}

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(plane.url + path, init)
  return { status: response.status, headers: response.headers, json: await jsonOf<Answer>(response) }
}

/** fetch sets Host itself. */
function statusWith(headers: Record<string, string>, path = '/api/workers'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest({ port: plane.port, path, headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

/** The schema as a promise: no field that the document does not name. */
function strictly(schema: z.ZodType, value: unknown): void {
  const document = JSON.stringify(z.toJSONSchema(schema, { io: 'output' }))
  const closed = z.fromJSONSchema(JSON.parse(document))
  expect(closed.safeParse(value).error).toBeUndefined()
}

describe('messages', () => {
  it('classifies a text', async () => {
    const { status, json } = await post('/api/classify', { text: 'plan it', context: { urgent: true } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ class: 'strategic', source: 'pattern' })
    strictly(schemas.classification, json)
  })

  it('classifies by the packs that are named, and refuses packs that do not exist', async () => {
    expect((await post('/api/classify', { text: 'fix it', packs: ['general'] })).json.class).toBe('tactical')
    expect((await post('/api/classify', { text: 'fix it', packs: ['nope'] })).json.path).toBe('packs')
    const path = await post('/api/classify', { text: 'fix it', packs: ['../../etc/passwd'] })
    expect(path).toMatchObject({ status: 400, json: { path: 'packs[0]' } })
  })

  it('explains where a text or a message would go', async () => {
    for (const body of [
      { text: 'plan it' },
      { content: 'plan it' },
      { content: [{ type: 'text', text: 'plan it' }] },
    ]) {
      const { status, json } = await post('/api/route', body)
      expect(status).toBe(200)
      expect(json.decision).toMatchObject({ class: 'strategic', worker: 'opus-1' })
      expect(json.alternatives).toHaveLength(1)
      strictly(schemas.choice, json)
    }
    expect(plane.engine.sent).toHaveLength(0)
  })

  it('wants either text or content to route', async () => {
    expect((await post('/api/route', {})).status).toBe(400)
    expect((await post('/api/route', { text: 'a', content: 'b' })).status).toBe(400)
  })

  it('sends a message and gives the reply', async () => {
    await using other = await runControlPlane()
    const response = await fetch(`${other.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'plan it', priority: 'high', deadlineMs: 5_000 }),
    })
    const json = await jsonOf<Answer>(response)
    expect(json).toMatchObject({ text: 'You said: plan it', stopReason: 'end_turn' })
    expect(response.headers.get('x-signalbox-trace')).toBe(json.trace.id)
    expect(other.engine.sent[0]).toMatchObject({ content: 'plan it', priority: 'high', deadlineMs: 5_000 })
    strictly(schemas.reply, json)
  })

  it('cancels a message whose client goes away', async () => {
    const leaving = new AbortController()
    const { promise: cancelled, resolve } = Promise.withResolvers<unknown>()
    await using other = await runControlPlane({
      fake: {
        answer: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              resolve(signal.reason)
              reject(signal.reason)
            })
            leaving.abort()
          }),
      },
    })
    const request = fetch(`${other.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'wait' }),
      signal: leaving.signal,
    })
    await expect(request).rejects.toThrow()
    expect(await cancelled).toMatchObject({ code: 'cancelled' })
  })
})

describe('fleet and records', () => {
  it('lists workers and the queue', async () => {
    const workers = await get('/api/workers')
    expect(workers.json.workers).toHaveLength(2)
    strictly(schemas.workers, workers.json)
    strictly(schemas.queue, (await get('/api/queue')).json)
  })

  it('drains a worker and takes it back', async () => {
    expect((await post('/api/workers/haiku-1/drain', '')).json).toMatchObject({
      id: 'haiku-1',
      draining: true,
    })
    expect((await post('/api/workers/haiku-1/undrain', {})).json).toMatchObject({ draining: false })
    expect(await post('/api/workers/nobody/drain', {})).toMatchObject({
      status: 404,
      json: { code: 'not-found' },
    })
  })

  it('pages through the decisions', async () => {
    const ids = Array.from({ length: 5 }, () => plane.engine.finish().id).toReversed()
    const first = await get('/api/decisions?limit=2')
    expect(first.json.decisions.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const second = await get(`/api/decisions?limit=2&before=${ids[1]}`)
    expect(second.json.decisions.map(({ id }) => id)).toEqual(ids.slice(2, 4))
    strictly(schemas.decisions, first.json)
  })

  it.each([
    'limit=0',
    'limit=1001',
    'limit=ten',
    'limit=1.5',
    'limit=',
    'limit=1&limit=2',
    'since=now',
    'before=nope',
    'before=',
  ])('refuses ?%s', async (query) => {
    const { status, json } = await get(`/api/decisions?${query}`)
    expect(status).toBe(400)
    expect(json.path).toBe(query.split('=')[0])
    const predicate = query.startsWith('limit')
      ? 'limit must be a whole number from 1 to 1000'
      : query.startsWith('before')
        ? 'before must be the id of a trace: 32 hexadecimal digits'
        : 'since is no key that is known here; there are: limit, before'
    expect(json.detail).toBe(predicate)
  })

  it('finds a trace that is remembered', async () => {
    const { id } = plane.engine.finish()
    const { json } = await get(`/api/traces/${id}`)
    expect(json).toMatchObject({ id, decision: { id } })
    strictly(schemas.traceRecord, json)
    expect((await get('/api/traces/nope')).json).toMatchObject({ code: 'not-found', path: 'id' })
  })

  it('shows the configuration that it was given', async () => {
    expect((await get('/api/config')).json).toEqual({ auth: { adminToken: '***' }, learned: [] })
  })
})

describe('health', () => {
  it('tells alive from ready', async () => {
    await using other = await runControlPlane()
    const readyz = () => fetch(`${other.url}/readyz`)
    expect(await (await fetch(`${other.url}/healthz`)).json()).toEqual({ ok: true })
    expect(await (await readyz()).json()).toEqual({ ready: true, mode: 'normal' })
    other.engine.facts.ready = false
    other.engine.facts.mode = 'emergency'
    const response = await readyz()
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await response.json()).toEqual({ ready: false, mode: 'emergency' })
  })

  it('is not ready while it drains', async () => {
    await using other = await runControlPlane({ draining: () => true })
    const response = await fetch(`${other.url}/readyz`)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ ready: false, mode: 'normal', draining: true })
  })

  it('gives the metrics as they are', async () => {
    const response = await fetch(`${plane.url}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await response.text()).toBe('signalbox_up 1\n')
  })
})

describe('refusals', () => {
  it('are problem documents', async () => {
    const { status, headers, json } = await post('/api/classify', { text: 5 })
    expect(status).toBe(400)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(json).toEqual({
      type: 'urn:signalbox:error:invalid-message',
      title: 'Invalid message',
      status: 400,
      detail: 'text must be text',
      hint: 'Correct the field that is named and send again.',
      code: 'invalid-message',
      path: 'text',
    })
  })

  it.each([
    ['/api/classify', [], 'body', 'must be an object'],
    ['/api/classify', '', 'body', 'is missing'],
    ['/api/classify', {}, 'text', 'is missing'],
    [
      '/api/classify',
      { text: 'a', pack: ['x'] },
      'pack',
      'is no key that is known here; did you mean "packs"?',
    ],
    ['/api/classify', { text: 'a', packs: ['a/b'] }, 'packs[0]', 'must be the name of a pack'],
    ['/api/classify', { text: 'a', packs: [] }, 'packs', 'must have at least 1 entry'],
    ['/api/classify', { text: 'a', context: [] }, 'context', 'must be an object'],
    ['/api/route', {}, 'text', 'or content must be given, and only one of them'],
    ['/api/messages', {}, 'content', 'is missing'],
    ['/api/messages', { content: 5 }, 'content', 'must be text, or a list of blocks of the Messages API'],
    ['/api/messages', { content: [] }, 'content', 'must have at least 1 entry'],
    ['/api/messages', { content: [{ type: 'text' }, { type: 7 }] }, 'content[1].type', 'must be text'],
    [
      '/api/messages',
      { content: 'a', priority: 'urgent' },
      'priority',
      'must be one of critical, high, normal, low',
    ],
    ['/api/messages', { content: 'a', session: '' }, 'session', 'must have at least 1 character'],
    ['/api/messages', { content: 'a', deadlineMs: -1 }, 'deadlineMs', 'must be above 0'],
    ['/api/messages', { content: 'a', deadlineMs: 2 ** 40 }, 'deadlineMs', 'must be at most 2147483647'],
    ['/api/messages', '{"content":"a","deadlineMs":1e999}', 'deadlineMs', 'must be a number'],
    ['/api/messages', { content: 'a', maxTokens: 0.5 }, 'maxTokens', 'must be a whole number'],
    ['/api/messages', { content: 'a', tools: [1] }, 'tools[0]', 'must be an object'],
    ['/api/workers/opus-1/drain', { now: true }, 'now', 'is no key that is known here'],
  ])('name the path in %s %j, in plain words', async (path, body, at, predicate) => {
    const { status, json } = await post(path, body)
    expect(status).toBe(400)
    expect(json).toMatchObject({ path: at, detail: `${at} ${predicate}` })
  })

  it.each([
    ['{"text":', 400, 'malformed-json'],
    [new Uint8Array([0x7b, 0xff, 0x7d]), 400, 'malformed-json'],
    ['['.repeat(10_000), 400, 'invalid-message'],
    ['{"text":"a","context":{"__proto__":{"admin":true}}}', 400, 'invalid-message'],
    [`{"text":"${'a'.repeat(1024 * 1024)}"}`, 413, 'message-too-large'],
  ])('meet bad bodies (%#)', async (body, expected, code) => {
    const { status, json } = await post('/api/classify', body)
    expect({ status, code: json.code }).toEqual({ status: expected, code })
  })

  it('allow longer messages than other bodies, up to the limit of the server', async () => {
    const content = (bytes: number) => ({ content: 'a'.repeat(bytes) })
    expect((await post('/api/messages', content(2 * 1024 * 1024))).json.code).toBe('no-worker')
    expect((await post('/api/messages', content(4 * 1024 * 1024))).status).toBe(413)
  })

  it('want JSON, even where no body is needed', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await post('/api/classify', '{"text":"a"}', form)).status).toBe(415)
    expect((await post('/api/classify', '{"text":"a"}', { 'content-type': 'text/plain' })).status).toBe(415)
    expect(
      (await post('/api/classify', '{"text":"a"}', { 'content-type': 'application/jsonx' })).status,
    ).toBe(415)
    expect((await post('/api/classify', '{"text":"a"}', { 'content-encoding': 'gzip' })).status).toBe(415)
    expect((await fetch(`${plane.url}/api/workers/opus-1/drain`, { method: 'POST' })).status).toBe(415)
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' }
    expect((await post('/api/classify', { text: 'a' }, charset)).status).toBe(200)
  })

  it('tell when to come back', async () => {
    const full = await post('/api/messages', { content: 'too much' })
    expect(full.status).toBe(503)
    expect(full.headers.get('retry-after')).toBe('3')
    expect(full.headers.get('retry-after-ms')).toBe('2400')
    expect((await post('/api/messages', { content: 'a' })).headers.get('retry-after')).toBe('1')
  })

  it('tell nothing of a bug of ours but its trace id', async () => {
    const { status, json } = await post('/api/messages', { content: 'a bug' })
    expect(status).toBe(500)
    expect(json.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(JSON.stringify(json)).not.toContain('secret')
  })

  it('say what there is instead of a wrong method', async () => {
    const wrong = await fetch(`${plane.url}/api/classify`)
    expect(wrong.status).toBe(405)
    expect(wrong.headers.get('allow')).toBe('POST')
    const drained = await fetch(`${plane.url}/api/workers/opus-1/drain`, { method: 'PUT' })
    expect(drained.headers.get('allow')).toBe('POST')
    const listed = await fetch(`${plane.url}/api/workers?x=1`, { method: 'DELETE' })
    expect(listed.headers.get('allow')).toBe('GET, HEAD')
    expect((await jsonOf<Answer>(listed)).code).toBe('method-not-allowed')
  })

  it.each([
    '/api',
    '/api/',
    '/nothing',
    '//api/workers',
    '/api/workers/',
    '/api/traces/a/b',
    '/page/../api.ts',
    '/%00',
  ])('find nothing at %s', async (path) => {
    const { status, json } = await get(path)
    expect({ status, code: json.code }).toEqual({ status: 404, code: 'not-found' })
  })

  it('meet broken and endless paths', async () => {
    expect((await get('/api/traces/%zz')).status).toBe(400)
    expect((await get(`/api/traces/${'a'.repeat(5_000)}`)).status).toBe(404)
  })

  it.each([
    '/api/jobs',
    '/api/jobs/7',
    '/api/feedback',
    '/api/analytics',
    '/api/rollout',
    '/api/rollout/start',
  ])('name what is not in this version: %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const response = await fetch(plane.url + path, { method })
      expect(response.status).toBe(501)
      expect((await jsonOf<Answer>(response)).code).toBe('not-in-this-version')
    }
  })
})

describe('who may ask', () => {
  const denied = new SignalboxError('unauthorized', 'no key')
  const open = ['/healthz', '/readyz', '/', '/page/page.js']
  const control = [
    '/api/workers',
    '/api/config',
    '/api/events',
    '/api/decisions',
    '/openapi.json',
    '/docs',
    '/docs/',
  ]

  it('asks the key of the control scope, or of the metrics scope', async () => {
    await using other = await runControlPlane({
      access: { control: () => denied, metrics: () => undefined },
      loopback: false,
    })
    const statusOf = async (path: string) => (await fetch(other.url + path)).status
    for (const path of open) expect([path, await statusOf(path)]).toEqual([path, 200])
    for (const path of control) expect([path, await statusOf(path)]).toEqual([path, 401])
    expect(await statusOf('/metrics')).toBe(200)
    const posted = await fetch(`${other.url}/api/messages`, { method: 'POST', body: '{' })
    expect(posted.status).toBe(401)
    expect(posted.headers.get('www-authenticate')).toMatch(/^Bearer/)
  })

  it('asks it for the path that is meant, however it is spelled', async () => {
    await using other = await runControlPlane({
      access: { control: () => denied, metrics: () => denied },
      loopback: false,
    })
    for (const path of ['/%61pi/config', '/api/%63onfig', '/%6detrics', '/d%6fcs', '/docs/%6ason']) {
      expect([path, (await fetch(other.url + path)).status]).toEqual([path, 401])
    }
  })

  it('gives the headers to the check', async () => {
    await using other = await runControlPlane({
      access: {
        control: ({ authorization }) => (authorization === 'Bearer t' ? undefined : denied),
        metrics: () => denied,
      },
      loopback: false,
    })
    const withKey = { headers: { authorization: 'Bearer t' } }
    expect((await fetch(`${other.url}/api/workers`, withKey)).status).toBe(200)
    expect((await fetch(`${other.url}/metrics`, withKey)).status).toBe(401)
  })

  it('guards a loopback server against pages of others', async () => {
    expect(await statusWith({ host: 'rebound.example' })).toBe(403)
    expect(await statusWith({ host: 'rebound.example' }, '/')).toBe(403)
    expect(await statusWith({ host: 'localhost', origin: 'https://example.com' })).toBe(403)
    expect(await statusWith({ host: 'localhost', origin: 'http://localhost:1234' })).toBe(200)
  })

  it('leaves the host to the keys on other addresses', async () => {
    await using other = await runControlPlane({ loopback: false })
    const response = await fetch(`${other.url}/api/workers`, { headers: { origin: 'https://example.com' } })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })
})
