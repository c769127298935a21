/** What the caller gets when nobody is left to ask. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Behaviour, Upstream } from '../upstream/upstream.ts'
import { fleetOf, type Gateway, refusalOf, startGateway, upstreamOf, workerOf } from './harness.ts'
import { sayBy, type Turn } from './talk.ts'

const turns: readonly Turn[] = [{ by: 'person', text: 'What is there to see?' }]
const wires = ['anthropic', 'openai-chat'] as const
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }

interface Setting {
  readonly gateway: Gateway
  readonly upstream: Upstream
}

async function start(wire: Wire, behaviour: Behaviour): Promise<Setting> {
  const upstream = await upstreamOf({ wire, script: () => behaviour })
  const limits = behaviour.kind === 'stall' ? { timeoutMs: 150, idleMs: 150 } : {}
  const worker = workerOf(upstream, limits)
  return { upstream, gateway: await startGateway({ ...fleetOf([worker]), retry: { maxAttempts: 1 } }) }
}

describe.each(wires)('an error of the only %s worker, for a caller of the same protocol', (wire) => {
  /** Spaced and spelled as no serializer of ours would. */
  const body = `{ "type":"error",\n "error" : {"message":"Caf\\u00e9 — too much", "type":"some_new_error", "x":[1.0] } ,"more":null}\n`

  it.each([
    [400, 400, false],
    [402, 402, true],
    [404, 404, true],
    [413, 413, false],
    [422, 422, false],
    [429, 429, false],
    [500, 500, true],
    [503, 503, false],
    [504, 504, true],
    [529, 503, false],
    [529, 503, true],
  ])('passes byte for byte: %i as %i (stream %s)', async (status, passed, stream) => {
    const headers = { 'request-id': 'req_1', server: 'cloud', 'set-cookie': 'a=b', 'cf-ray': '1' }
    const { gateway } = await start(wire, { kind: 'reply', status, headers, body })
    const reply = await gateway.post(pathOf[wire], { ...ask, stream })
    expect(reply.status).toBe(passed)
    expect(await reply.text()).toBe(body)
    expect(reply.headers.get('request-id')).toBe('req_1')
    expect(reply.headers.get('x-signalbox-worker')).toBe('a-1')
    for (const name of ['server', 'set-cookie', 'cf-ray', 'via']) expect(reply.headers.get(name)).toBe(null)
  })

  it('says when to come back, never later than in a minute', async () => {
    for (const [status, asked, told] of [
      [429, '7', '7'],
      [429, '86400', '60'],
      [529, '7', '7'],
      [503, '86400', '60'],
      [503, undefined, '1'],
    ] as const) {
      const headers: Record<string, string> = asked === undefined ? {} : { 'retry-after': asked }
      const { gateway } = await start(wire, { kind: 'error', status, headers })
      const reply = await gateway.post(pathOf[wire], ask)
      expect(reply.headers.get('retry-after')).toBe(told)
      expect(Number(reply.headers.get('retry-after-ms'))).toBe(Number(told) * 1_000)
      expect(reply.headers.get('x-should-retry')).toBe('true')
    }
  })
})

describe('the vendors’ SDKs', () => {
  it.each(wires)('come back by themselves when told to, and are answered then (%s)', async (wire) => {
    const headers = { 'retry-after-ms': '20' }
    const upstream = await upstreamOf({ wire, script: [{ kind: 'error', status: 429, headers }] })
    const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), retry: { maxAttempts: 1 } })
    if (wire === 'anthropic') {
      const client = gateway.anthropic({ maxRetries: 1 })
      const reply = await client.messages.create({ ...ask, messages: [{ role: 'user', content: 'x' }] })
      expect(reply.stop_reason).toBe('end_turn')
    } else {
      const client = gateway.openai({ maxRetries: 1 })
      const reply = await client.chat.completions.create({
        model: 'auto',
        messages: [{ role: 'user', content: 'x' }],
      })
      expect(reply.choices[0]?.finish_reason).toBe('stop')
    }
    expect(gateway.records).toMatchObject([{ outcome: 'ok' }, { outcome: 'worker-rate-limited' }])
  })
})

const classes = {
  anthropic: {
    400: Anthropic.BadRequestError,
    429: Anthropic.RateLimitError,
    502: Anthropic.InternalServerError,
    503: Anthropic.InternalServerError,
    504: Anthropic.InternalServerError,
  },
  'openai-chat': {
    400: OpenAI.BadRequestError,
    429: OpenAI.RateLimitError,
    502: OpenAI.InternalServerError,
    503: OpenAI.InternalServerError,
    504: OpenAI.InternalServerError,
  },
} as const

const failures: readonly (readonly [
  what: string,
  behaviour: Behaviour,
  status: keyof (typeof classes)[Wire],
  streams: boolean,
])[] = [
  ['a reset', { kind: 'reset' }, 502, false],
  ['silence', { kind: 'stall' }, 504, false],
  ['HTML', { kind: 'html' }, 502, false],
  ['broken JSON', { kind: 'malformed' }, 502, false],
  ['no HTTP', { kind: 'garbage' }, 502, false],
  [
    'a redirect',
    { kind: 'reply', status: 302, headers: { location: 'http://x.invalid/' }, body: '' },
    502,
    false,
  ],
  ['a refused key', { kind: 'error', status: 401, message: 'sk-ant-very-secret is wrong' }, 502, false],
  ['a rate limit', { kind: 'error', status: 429 }, 429, false],
  ['an overload', { kind: 'error', status: 529 }, 503, false],
  ['a refused request', { kind: 'error', status: 400, message: 'temperature: too hot' }, 400, false],
  ['an error as first event', { kind: 'error-event', type: 'overloaded_error' }, 503, true],
  ['a stream cut off early', { kind: 'truncate', afterEvents: 1 }, 502, true],
  ['a stream reset early', { kind: 'reset', afterEvents: 1 }, 502, true],
  ['a stream stalled early', { kind: 'stall', afterEvents: 1 }, 502, true],
]

describe.each(wires.flatMap((sdk) => wires.map((wire) => ({ sdk, wire }))))(
  'a failure of the only $wire worker, for the $sdk SDK',
  ({ sdk, wire }) => {
    it.each(failures)('%s is an error of the right class', async (_what, behaviour, status, streams) => {
      for (const stream of streams ? [true] : [false, true]) {
        const { gateway } = await start(wire, behaviour)
        const refusal = await refusalOf(sayBy[sdk](gateway, { turns, stream }))
        expect(refusal).toMatchObject({ status })
        expect(refusal).toBeInstanceOf(classes[sdk][status])
        expect(refusal.message).not.toMatch(/sk-ant|x\.invalid|login|127\.0\.0\.1|undefined/)
        if (status === 400) expect(refusal.message).toContain('temperature: too hot')
        const [decision] = gateway.records
        expect(decision?.outcome).toMatch(/^worker-/)
        expect(decision?.attempts).toHaveLength(1)
      }
    })
  },
)
