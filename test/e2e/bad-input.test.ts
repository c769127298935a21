import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import {
  fleetOf,
  type Gateway,
  refusalOf,
  startGateway,
  understanding,
  upstreamOf,
  workerOf,
} from './harness.ts'
import { rawExchange, rawPost } from './raw.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const messages = [{ role: 'user', content: 'Hello' }]
const good = { model: 'auto', max_tokens: 9, messages }
const MIB = 1024 * 1024

/** Nothing may come of bad input but a refusal: a simulated worker would answer whatever reaches it. */
function start(more: ConfigInput = {}): Promise<Gateway> {
  return startGateway({ ...fleetOf([{ kind: 'simulated', latencyMs: 0 }]), ...more })
}

/** The protocol's own error envelope, with a sentence in it. */
function expectEnvelope(wire: Wire, body: string, message: string | RegExp): void {
  const told = { type: expect.any(String), message: expect.stringMatching(message) }
  if (wire === 'anthropic')
    expect(JSON.parse(body)).toEqual({ type: 'error', error: told, request_id: expect.any(String) })
  else
    expect(JSON.parse(body)).toEqual({
      error: { ...told, param: expect.anything(), code: expect.any(String) },
    })
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe.each(wires)('a body for %s', (wire) => {
  it.each<readonly [what: string, body: string | Buffer, message: RegExp]>([
    ['nothing', '', /empty/],
    ['blanks', ' \n ', /empty/],
    ['no JSON', 'model=auto', /JSON/],
    ['half a JSON', JSON.stringify(good).slice(0, -3), /JSON/],
    ['two JSONs', JSON.stringify(good).repeat(2), /JSON/],
    ['a comma too many', '{"model":"auto","messages":[],}', /JSON/],
    ['single quotes', "{'model':'auto'}", /JSON/],
    ['NaN', '{"model":"auto","temperature":NaN,"messages":[{"role":"user","content":"x"}]}', /JSON/],
    ['a list', '[]', /object/],
    ['a text', '"hello"', /object/],
    ['a number', '7', /object/],
    ['null', 'null', /object/],
    ['a byte order mark', `\ufeff${JSON.stringify(good)}`, /byte order mark/],
    ['bad UTF-8', Buffer.from('{"model":"auto","x":"\xff\xfe"}', 'latin1'), /UTF-8/],
    ['UTF-16', Buffer.from(JSON.stringify(good), 'utf16le'), /UTF-8|JSON/],
    ['a raw NUL', '{"model":"auto","x":"\0"}', /JSON/],
    ['a raw line feed in a text', '{"model":"auto","x":"\n"}', /JSON/],
    ['a doubled key', '{"model":"auto","model":"b","messages":[{"role":"user","content":"x"}]}', /duplicate/],
    ['a doubled key in disguise', '{"model":"auto","m\\u006fdel":"b","messages":[]}', /duplicate/],
    ['10,000 brackets', `{"model":"auto","x":${nested(10_000)},"messages":[]}`, /deep|nest/],
    ['a million brackets, unclosed', `{"model":"auto","x":${'['.repeat(1_000_000)}`, /deep|nest/],
    [
      '10,000 brackets in a message',
      `{"model":"auto","messages":[{"role":"user","content":${nested(10_000)}}]}`,
      /deep|nest/,
    ],
    ['no model', JSON.stringify({ messages }), /model/],
    ['a model that is a number', JSON.stringify({ ...good, model: 7 }), /model/],
    ['a model that is null', JSON.stringify({ ...good, model: null }), /model/],
    ['an empty model', JSON.stringify({ ...good, model: '' }), /model/],
    ['a model of 10,000 characters', JSON.stringify({ ...good, model: 'x'.repeat(10_000) }), /model/],
    ['a model with a NUL', JSON.stringify({ ...good, model: 'a\0b' }), /model/],
    ['a model with a line break', JSON.stringify({ ...good, model: 'a\r\nx: b' }), /model/],
    [
      'a model with half a character',
      '{"model":"\\ud800","messages":[{"role":"user","content":"x"}]}',
      /model/,
    ],
    ['no messages', JSON.stringify({ model: 'auto' }), /messages/],
    ['messages that are a text', JSON.stringify({ ...good, messages: 'hello' }), /messages/],
    ['messages that are an object', JSON.stringify({ ...good, messages: {} }), /messages/],
    ['no message', JSON.stringify({ ...good, messages: [] }), /messages/],
    ['a message that is a text', JSON.stringify({ ...good, messages: ['hello'] }), /messages\.0/],
    [
      'a message without a role',
      JSON.stringify({ ...good, messages: [{ content: 'x' }] }),
      /messages\.0\.role/,
    ],
    ['stream: "yes"', JSON.stringify({ ...good, stream: 'yes' }), /stream/],
  ])('that is %s is refused in the protocol’s envelope, with what is wrong', async (_what, body, message) => {
    const gateway = await start()
    const reply = await gateway.post(pathOf[wire], body)
    expect(reply.status).toBe(400)
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(reply.headers.get('x-should-retry')).toBe('false')
    expect(reply.headers.get('x-signalbox-trace')).toMatch(/^[0-9a-f]{32}$/)
    const text = await reply.text()
    expect(text.length).toBeLessThan(2_000)
    if (wire === 'anthropic') expectEnvelope(wire, text, message)
    else expect(JSON.parse(text)).toMatchObject({ error: { message: expect.stringMatching(message) } })
  })

  it('that was compressed is refused with 415', async () => {
    const gateway = await start()
    for (const encoding of ['gzip', 'br', 'deflate, gzip']) {
      const reply = await gateway.post(pathOf[wire], good, { 'content-encoding': encoding })
      expect(reply.status).toBe(415)
      expect(await reply.text()).toContain('content-encoding')
    }
    expect((await gateway.post(pathOf[wire], good, { 'content-encoding': 'identity' })).status).toBe(200)
  })

  it('that is one byte too long is refused with 413, announced or not; the longest is taken', async () => {
    const bytes = 64 * 1024
    const gateway = await startGateway({
      ...fleetOf([{ kind: 'simulated', latencyMs: 0 }]),
      server: { bodyBytes: bytes },
    })
    const sized = (length: number): string => JSON.stringify(good).padEnd(length)
    expect((await gateway.post(pathOf[wire], sized(bytes))).status).toBe(200)
    const announced = await gateway.post(pathOf[wire], sized(bytes + 1))
    expect(announced.status).toBe(413)
    expect(await announced.text()).toMatch(/larger than 65536 bytes/)
    const chunked = await fetch(gateway.url + pathOf[wire], {
      method: 'POST',
      body: new Blob([sized(bytes + 1)]).stream(),
      duplex: 'half',
    })
    expect(chunked.status).toBe(413)
  })

  it('that asks for an unknown model is refused with 404 and all that is offered', async () => {
    // Not a fleet of simulated workers: those answer to any name.
    const upstream = await upstreamOf({ wire: wire === 'anthropic' ? 'openai-chat' : 'anthropic' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    for (const model of ['nobody', '__proto__', 'constructor', 'toString', 'AUTO', ' auto', '模型']) {
      const reply = await gateway.post(pathOf[wire], { ...good, model })
      expect(reply.status).toBe(404)
      const { message } = JSON.parse(await reply.text()).error
      for (const name of [
        'auto',
        'tactical',
        'a',
        upstream.baseUrl.endsWith('/v1') ? 'gpt-6-luna' : 'claude-sonnet-5-5',
      ])
        expect(message).toContain(name)
    }
    expect(upstream.requests).toHaveLength(0)
  })

  it('may hold anything that is JSON: it passes unchanged', async () => {
    const upstream = await upstreamOf({ wire, lenient: true })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const odd =
      '{ "__proto__":{"stream":true}, "constructor":null,"x":[1e400,-0,12345678901234567890,"\\ud800\\u0000\\/"],' +
      '"messages":[{"role":"user","content":"half \\udfff of it\\u0000","__proto__":[]},{"role":"odd"}],"":{"a":1,"a":2},' +
      '"model" : "a" }\n\t '
    const reply = await gateway.post(pathOf[wire], odd)
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toBe('application/json')
    const model = wire === 'anthropic' ? 'claude-sonnet-5-5' : 'gpt-6-luna'
    expect(upstream.requests[0]?.bytes.toString()).toBe(odd.replace('"model" : "a"', `"model" : "${model}"`))
  })

  it('keeps odd names and half characters when it is translated', async () => {
    const other = wire === 'anthropic' ? 'openai-chat' : 'anthropic'
    const upstream = await upstreamOf({ wire: other })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const input = '{"__proto__":{"a":1},"constructor":[],"half":"\\ud800"}'
    const call =
      wire === 'anthropic'
        ? `{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]},` +
          '{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}'
        : `{"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":${JSON.stringify(input)}}}]},` +
          '{"role":"tool","tool_call_id":"t","content":"ok"}'
    const body = `{"model":"auto","max_tokens":9,"__proto__":{},"messages":[{"role":"user","content":"x \\ud83d"},${call}]}`
    const reply = await gateway.post(pathOf[wire], body)
    expect([reply.status, await reply.text()]).toEqual([200, expect.any(String)])
    const sent = upstream.requests[0]?.bytes.toString() ?? ''
    expect(sent).toContain('"x \\ud83d"')
    const inner = other === 'anthropic' ? sent : sent.replaceAll('\\"', '"').replaceAll('\\\\', '\\')
    expect(inner).toContain(input)
  })
})

describe('headers', () => {
  const long = 'x'.repeat(300)
  it.each<readonly [name: string, value: string]>([
    ['priority', 'urgent'],
    ['priority', 'HIGH'],
    ['priority', ''],
    ['deadline-ms', '-1'],
    ['deadline-ms', '0'],
    ['deadline-ms', '1.5'],
    ['deadline-ms', 'NaN'],
    ['deadline-ms', 'Infinity'],
    ['deadline-ms', '1e308'],
    ['deadline-ms', '0x10'],
    ['deadline-ms', '99999999999999999999'],
    ['deadline-ms', '2147483648'],
    ['deadline-ms', ''],
    ['class', 'no-such-class'],
    ['class', '__proto__'],
    ['class', long],
    ['session', long],
    ['session', 'with blank'],
    ['tenant', long],
    ['tenant', 'caf\u00e9'],
    ['context', 'urgent'],
    ['context', '{"urgent":true'],
    ['context', '[]'],
    ['context', 'null'],
    ['context', '7'],
    [
      'context',
      JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [index, index]))),
    ],
  ])('x-signalbox-%s: %s is refused and named', async (name, value) => {
    const gateway = await start()
    for (const wire of wires) {
      const reply = await gateway.post(pathOf[wire], good, { [`x-signalbox-${name}`]: value })
      const text = await reply.text()
      expect([reply.status, text]).toEqual([400, expect.stringContaining(`x-signalbox-${name}`)])
      expect(text.length).toBeLessThan(1_000)
    }
  })

  it('that are good are obeyed', async () => {
    const gateway = await start(understanding)
    const reply = await gateway.post('/v1/messages', good, {
      'x-signalbox-class': 'strategic',
      'x-signalbox-priority': 'high',
      'x-signalbox-deadline-ms': '5000',
      'x-signalbox-session': 's-1',
      'x-signalbox-tenant': 'acme',
      'x-signalbox-context': '{"__proto__":{"urgent":true},"urgent":true}',
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-signalbox-class')).toBe('strategic')
    expect(reply.headers.get('x-signalbox-source')).toBe('forced')
    expect(gateway.records[0]?.session).toContain('s-1')
  })

  it('that are too long are refused with 431', async () => {
    const { port } = await start()
    const reply = await rawPost(port, '/v1/messages', JSON.stringify(good), [
      `x-long: ${'x'.repeat(100_000)}`,
    ])
    expect(reply.status).toBe(431)
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'error', error: { message: expect.any(String) } })
  })

  it('that are too many are refused, or read to the last', async () => {
    const { port } = await start()
    const many = Array.from({ length: 1_500 }, (_, index) => `x-${index}: y`)
    const reply = await rawPost(port, '/v1/messages', JSON.stringify(good), [
      ...many,
      'x-signalbox-priority: urgent',
    ])
    expect([400, 431]).toContain(reply.status)
    expect(JSON.parse(reply.body)).toMatchObject({ type: 'error' })
  })

  it('of what is not HTTP are answered with a sentence', async () => {
    const { port } = await start()
    for (const line of [
      'hello',
      'GET / HTTP/9.9\r\n\r\n',
      '\x16\x03\x01\x02\x00\x01',
      'POST /v1/messages HTTP/1.1\r\ncontent-length: x\r\n\r\n',
    ]) {
      const reply = await rawExchange(port, (socket) => socket.end(`${line}\r\n\r\n`))
      expect(reply.status).toBe(400)
      expect(JSON.parse(reply.body)).toMatchObject({
        type: 'error',
        error: { type: 'invalid_request_error' },
      })
    }
  })

  it('that would let a request be read in two ways are refused', async () => {
    const { port } = await start()
    const body = JSON.stringify(good)
    const both = await rawPost(port, '/v1/messages', body, ['transfer-encoding: chunked'])
    expect(both.status).toBe(400)
    const twice = await rawPost(port, '/v1/messages', body, [`content-length: ${body.length + 1}`])
    expect(twice.status).toBe(400)
  })
})

describe('a caller from elsewhere', () => {
  it('is refused: a page of another origin, a name that is not this machine’s', async () => {
    const { port } = await start()
    const body = JSON.stringify(good)
    for (const path of [...Object.values(pathOf), '/api/classify'])
      for (const header of [
        'origin: https://evil.example',
        'origin: null',
        'host: evil.example',
        'host: 127.0.0.1.evil.example',
      ]) {
        const reply = await rawPost(port, path, body, [header])
        expect([path, header, reply.status]).toEqual([path, header, 403])
        expect(reply.body).toContain(header.startsWith('host') ? 'host' : 'origin')
      }
    for (const header of ['origin: http://localhost:3000', 'host: localhost:8787', 'host: [::1]:8787'])
      expect((await rawPost(port, '/v1/messages', body, [header])).status).toBe(200)
  })

  it('cannot use a form: the control plane takes JSON only', async () => {
    const gateway = await start()
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])
      for (const path of ['/api/classify', '/api/workers/a-1/drain']) {
        const reply = await gateway.post(path, '{"text":"x"}', { 'content-type': type })
        expect([type, path, reply.status]).toEqual([type, path, 415])
        expect(reply.headers.get('content-type')).toContain('application/problem+json')
      }
    expect(gateway.worker('a-1').draining).toBe(false)
  })

  it('gets no leave to ask from a browser', async () => {
    const { url } = await start()
    const preflight = await fetch(`${url}/v1/messages`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBeGreaterThanOrEqual(400)
    expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })
})

describe('a wrong door', () => {
  it.each([
    ['GET', '/v1/messages', 405, 'POST'],
    ['PUT', '/v1/chat/completions', 405, 'POST'],
    ['DELETE', '/v1/messages', 405, 'POST'],
    ['POST', '/v1/models', 405, 'GET'],
    ['POST', '/api/workers', 405, 'GET'],
    ['GET', '/api/classify', 405, 'POST'],
    ['GET', '/v1/nothing', 404, null],
    ['POST', '/v1/messages/', 404, null],
    ['POST', '/v1/embeddings', 404, null],
    ['GET', '/api/nothing', 404, null],
    ['GET', '/nothing', 404, null],
    ['GET', '/../../etc/passwd', 404, null],
    ['GET', '/%00', 404, null],
  ])('%s %s is a %i', async (method, path, status, allow) => {
    const { url } = await start()
    const reply = await fetch(url + path, { method, headers: { 'content-type': 'application/json' } })
    expect(reply.status).toBe(status)
    expect(reply.headers.get('allow')?.includes(allow ?? '') ?? null).toBe(allow === null ? null : true)
    expect(await reply.json()).toEqual(expect.anything())
  })
})

describe('the SDKs', () => {
  it('read our refusals as errors of the right class', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(upstream)]),
      server: { bodyBytes: 4_096 },
    })
    const content = 'Hello'
    const cases = [
      [400, { 'x-signalbox-priority': 'x' }, { model: 'auto', content }],
      [403, { origin: 'https://evil.example' }, { model: 'auto', content }],
      [404, {}, { model: 'gpt-nobody', content }],
      [413, {}, { model: 'auto', content: 'x'.repeat(5_000) }],
      [415, { 'content-encoding': 'gzip' }, { model: 'auto', content }],
    ] as const
    for (const [status, headers, asked] of cases) {
      const said = [{ role: 'user' as const, content: asked.content }]
      const { model } = asked
      const anthropic = gateway.anthropic({ defaultHeaders: headers })
      const openai = gateway.openai({ defaultHeaders: headers })
      const [one, two, ...others] = await Promise.all([
        refusalOf(anthropic.messages.create({ model, max_tokens: 9, messages: said })),
        refusalOf(openai.chat.completions.create({ model, messages: said })),
        refusalOf(anthropic.messages.countTokens({ model, messages: said })),
        refusalOf(openai.responses.create({ model, input: asked.content })),
      ])
      expect([one, two, ...others]).toMatchObject(Array.from({ length: 4 }, () => ({ status })))
      expect(one).toBeInstanceOf(Anthropic.APIError)
      expect(two).toBeInstanceOf(OpenAI.APIError)
      const named = { 400: 'BadRequestError', 403: 'PermissionDeniedError', 404: 'NotFoundError' } as const
      if (status in named) {
        const name = named[status as keyof typeof named]
        expect(one).toBeInstanceOf(Anthropic[name])
        expect(two).toBeInstanceOf(OpenAI[name])
      }
      // The sentence reaches whoever reads the exception.
      for (const refusal of [one, two]) expect(refusal?.message).toMatch(/[a-z]{3,} [a-z]{2,}/)
    }
    expect(upstream.requests).toHaveLength(0)
  })
})

describe('a configuration without a worker', () => {
  it.each([
    ['no pool', { pools: {}, routes: { tactical: [] } }],
    ['an empty pool', { pools: { a: { workers: [] } }, routes: { tactical: ['a'] } }],
    [
      'a route to nowhere',
      { pools: { a: { workers: [{ kind: 'simulated' }] } }, routes: { tactical: ['b'] } },
    ],
  ])('is refused: %s', (_what, config) => {
    expect(() => parseConfig(config)).toThrow(/pool|worker/)
  })
})

describe('whatever a caller sends', () => {
  const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
  const tool = { name: 'look', input_schema: { type: 'object', properties: { at: { type: 'string' } } } }
  const seeds: Readonly<Record<Wire, object>> = {
    anthropic: {
      model: 'auto',
      max_tokens: 9,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [tool],
      tool_choice: { type: 'auto' },
      thinking: { type: 'enabled', budget_tokens: 1024 },
      metadata: { user_id: '{"session_id":"s"}' },
      stop_sequences: ['x'],
      messages: [
        { role: 'user', content: [image, { type: 'text', text: 'Look' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'look', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
      ],
    },
    'openai-chat': {
      model: 'auto',
      max_completion_tokens: 9,
      tools: [{ type: 'function', function: { name: 'look', parameters: tool.input_schema } }],
      tool_choice: 'auto',
      response_format: { type: 'json_object' },
      stop: 'x',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] },
        {
          role: 'assistant',
          tool_calls: [{ id: 't', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 't', content: 'ok' },
      ],
    },
  }

  const junk = fc.oneof(
    fc.constantFrom(null, true, 0, -1, 1e308, '', 'x', [], {}, [null], [[]], { type: 7 }, { type: 'text' }, [
      {},
    ]),
    fc.constantFrom('\u0000', '\ud800', '__proto__', 'data:,', '9'.repeat(400)),
    fc.jsonValue({ maxDepth: 2 }),
  )

  /** The seed with one of its values, wherever it lies, replaced, taken away, or with a strange neighbour. */
  const mutated = (seed: object): fc.Arbitrary<unknown> =>
    fc.tuple(fc.nat(), junk, fc.constantFrom('replace', 'remove', 'add')).map(([at, value, how]) => {
      const copy: unknown = structuredClone(seed)
      const places: [holder: object, key: string][] = []
      const walk = (holder: unknown): void => {
        if (typeof holder !== 'object' || holder === null) return
        for (const key of Object.keys(holder)) {
          // Names of models have tests of their own.
          if (key !== 'model') places.push([holder, key])
          walk(Reflect.get(holder, key))
        }
      }
      walk(copy)
      const [holder, key] = places[at % places.length] ?? [{}, '']
      if (how === 'replace') Reflect.set(holder, key, value)
      else if (how === 'remove') Reflect.deleteProperty(holder, key)
      else Reflect.set(holder, `${key}_new`, value)
      return copy
    })

  it('nothing crashes: it is answered or refused in the protocol’s words, and all slots are free again', async () => {
    const [one, two] = [
      await upstreamOf({ wire: 'anthropic', lenient: true }),
      await upstreamOf({ wire: 'openai-chat', lenient: true }),
    ]
    const simulated = { kind: 'simulated' as const, model: 'pretended', latencyMs: 0 }
    const gateway = await startGateway(fleetOf([workerOf(one)], [workerOf(two)], [simulated]))
    const request = fc
      .tuple(fc.constantFrom(...wires), fc.constantFrom('a', 'b', 'c', undefined), fc.boolean())
      .chain(([wire, model, stream]) =>
        mutated({ ...seeds[wire], ...(model !== undefined && { model }), ...(stream && { stream }) }).map(
          (body) => ({ wire, body }),
        ),
      )
    await fc.assert(
      fc.asyncProperty(request, async ({ wire, body }) => {
        const reply = await gateway.post(pathOf[wire], body)
        const text = await reply.text()
        expect([200, 400, 404]).toContain(reply.status)
        if (reply.headers.get('content-type')?.startsWith('application/json')) {
          const told = JSON.parse(text)
          if (reply.status !== 200)
            expect(told).toMatchObject({ error: { type: expect.any(String), message: expect.any(String) } })
        } else expect(text).toMatch(/message_stop|\[DONE\]/)
      }),
      { numRuns: 250 },
    )
    for (const wire of wires) expect((await gateway.post(pathOf[wire], good)).status).toBe(200)
    expect(gateway.engine.queue().depth).toBe(0)
    expect(
      gateway.engine.workers().map(({ inFlight, breaker, state }) => [inFlight, breaker, state]),
    ).toEqual(gateway.engine.workers().map(() => [0, 'closed', 'healthy']))
  })

  it('a caller that goes away in the middle of its body leaves nothing behind', async () => {
    const gateway = await start()
    const half = `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${MIB}\r\n\r\n{"model":"auto",`
    await Promise.all(
      Array.from({ length: 20 }, () =>
        rawExchange(gateway.port, (socket) => {
          socket.write(half)
          setImmediate(() => socket.destroy())
        }),
      ),
    )
    expect((await gateway.post('/v1/messages', good)).status).toBe(200)
    expect(gateway.records).toHaveLength(1)
  })
})
