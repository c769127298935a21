import { describe, expect, it } from 'vitest'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Behaviour } from '../upstream/upstream.ts'
import { fleetOf, startGateway, upstreamOf, workerOf } from './harness.ts'
import { sayBy, type Turn } from './talk.ts'

const other = { anthropic: 'openai-chat', 'openai-chat': 'anthropic' } as const
const turns: readonly Turn[] = [{ by: 'person', text: 'What is there to see?' }]
const text = 'All is well here.'

/** What goes wrong before anything of the answer is there, and what it is called in the record. */
const faults: readonly (readonly [what: string, fault: Behaviour, outcome: string, streams?: boolean])[] = [
  ['a rate limit', { kind: 'error', status: 429, headers: { 'retry-after': '30' } }, 'worker-rate-limited'],
  ['an overloaded provider', { kind: 'error', status: 529 }, 'worker-overloaded'],
  ['a provider out of service', { kind: 'error', status: 503 }, 'worker-overloaded'],
  ['an internal error', { kind: 'error', status: 500 }, 'worker-failed'],
  [
    'an internal error that is no JSON',
    { kind: 'reply', status: 502, body: '<h1>Bad Gateway' },
    'worker-failed',
  ],
  ['a refused key', { kind: 'error', status: 401 }, 'worker-credentials'],
  ['a key without the right', { kind: 'error', status: 403 }, 'worker-credentials'],
  ['a connection reset before the head', { kind: 'reset' }, 'worker-failed'],
  ['silence', { kind: 'stall' }, 'worker-timeout'],
  ['a page of HTML with status 200', { kind: 'html' }, 'worker-protocol'],
  ['JSON that breaks off', { kind: 'malformed' }, 'worker-protocol'],
  ['JSON of something else', { kind: 'reply', status: 200, body: { ok: true } }, 'worker-protocol'],
  ['an empty 200', { kind: 'reply', status: 200, body: '' }, 'worker-protocol'],
  [
    'a redirect',
    { kind: 'reply', status: 302, headers: { location: '/login' }, body: '' },
    'worker-protocol',
  ],
  ['bytes that are not HTTP', { kind: 'garbage' }, 'worker-protocol'],
  ['an error as the first event', { kind: 'error-event' }, '', true],
  ['an error event after the stream has opened', { kind: 'error-event', afterEvents: 1 }, '', true],
  ['a stream that ends at once', { kind: 'truncate', afterEvents: 0 }, 'worker-stalled', true],
  ['a stream that ends before its first word', { kind: 'truncate', afterEvents: 1 }, 'worker-stalled', true],
  ['a reset before the first word', { kind: 'reset', afterEvents: 1 }, 'worker-stalled', true],
  ['silence before the first word', { kind: 'stall', afterEvents: 1 }, 'worker-stalled', true],
]

const arrangements = (['anthropic', 'openai-chat'] as const).flatMap((sdk) => [
  { sdk, first: sdk, second: other[sdk] },
  { sdk, first: other[sdk], second: sdk },
])

describe.each(arrangements)(
  'with $sdk in front, when the $first worker fails by',
  ({ sdk, first, second }) => {
    const cases = faults.flatMap(([what, fault, outcome, streams]) =>
      [true, ...(streams || first !== sdk ? [] : [false])].map((stream) => ({
        what,
        second,
        fault,
        outcome,
        stream,
      })),
    )

    it.each(cases)(
      '$what, the $second one answers and the caller sees nothing (stream $stream)',
      async (one) => {
        const { fault, outcome, stream } = one
        const failing = await upstreamOf({ wire: first, script: [fault] })
        const sound = await upstreamOf({ wire: second, script: [{ kind: 'answer', text }] })
        const limits = fault.kind === 'stall' ? { timeoutMs: 150, idleMs: 150 } : {}
        const gateway = await startGateway(fleetOf([workerOf(failing, limits)], [workerOf(sound)]))

        const said = await sayBy[sdk](gateway, { turns, stream })
        expect(said).toMatchObject({ text, model: 'auto' })
        expect(said.headers.get('x-signalbox-worker')).toBe('b-1')
        expect([failing.requests.length, sound.requests.length]).toEqual([1, 1])

        const [decision] = gateway.records
        expect(decision).toMatchObject({
          id: said.headers.get('x-signalbox-trace'),
          worker: 'b-1',
          outcome: 'ok',
          attempts: [
            { worker: 'a-1', outcome: outcome === '' ? expect.stringMatching(/^worker-/) : outcome },
            { worker: 'b-1', outcome: 'ok' },
          ],
        })
        expect(decision?.reasons).toContainEqual(expect.objectContaining({ signal: 'failover' }))
        expect(decision?.spans.filter(({ name }) => name === 'upstream')).toHaveLength(2)
      },
    )
  },
)

describe('failover', () => {
  it('is told by the control plane, attempt by attempt', async () => {
    const failing = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'error', status: 529 }] })
    const sound = await upstreamOf({ wire: 'openai-chat' })
    const gateway = await startGateway(fleetOf([workerOf(failing)], [workerOf(sound)]))
    const { headers } = await sayBy.anthropic(gateway, { turns, stream: true })
    const id = headers.get('x-signalbox-trace')
    const attempts = [
      { worker: 'a-1', outcome: 'worker-overloaded', ms: expect.any(Number) },
      { worker: 'b-1', outcome: 'ok', ms: expect.any(Number) },
    ]
    const decision = { id, kind: 'anthropic', asked: 'auto', pool: 'b', model: 'gpt-6-luna', attempts }
    expect(await gateway.api('/api/decisions?limit=1')).toMatchObject({ decisions: [decision] })
    expect(await gateway.api(`/api/traces/${id}`)).toMatchObject({
      id,
      decision,
      spans: expect.arrayContaining([
        expect.objectContaining({ name: 'upstream', note: 'a-1: worker-overloaded' }),
        expect.objectContaining({ name: 'upstream', note: 'b-1: ok' }),
      ]),
    })
    expect(await gateway.api('/api/workers')).toMatchObject({
      workers: [
        { id: 'a-1', pool: 'a', kind: 'anthropic', model: 'claude-sonnet-5-5', slots: 8, inFlight: 0 },
        { id: 'b-1', pool: 'b', kind: 'openai', model: 'gpt-6-luna', slots: 8, inFlight: 0 },
      ],
    })
    expect(await gateway.api('/api/queue')).toMatchObject({ depth: 0, capacity: 10_000, oldestMs: 0 })
  })

  it('asks another worker of the same pool before another pool', async () => {
    const wire: Wire = 'anthropic'
    const failing = await upstreamOf({ wire, script: () => ({ kind: 'error', status: 500 }) })
    const [sound, spare] = [await upstreamOf({ wire }), await upstreamOf({ wire })]
    const gateway = await startGateway({
      pools: {
        a: { strategy: 'round-robin', workers: [workerOf(failing), workerOf(sound)] },
        b: { workers: [workerOf(spare)] },
      },
      routes: { tactical: ['a', 'b'] },
    })
    for (let message = 0; message < 4; message++) await sayBy.anthropic(gateway, { turns, stream: false })
    expect(failing.requests.length).toBeGreaterThan(0)
    expect(sound.requests).toHaveLength(4)
    expect(spare.requests).toHaveLength(0)
  })

  it('never tries a request again that a worker refused', async () => {
    const wire: Wire = 'anthropic'
    const refusing = await upstreamOf({ wire, script: () => ({ kind: 'error', status: 400 }) })
    const sound = await upstreamOf({ wire })
    const gateway = await startGateway(fleetOf([workerOf(refusing)], [workerOf(sound)]))
    await expect(sayBy.anthropic(gateway, { turns, stream: true })).rejects.toMatchObject({ status: 400 })
    expect([refusing.requests.length, sound.requests.length]).toEqual([1, 0])
    expect(gateway.worker('a-1')).toMatchObject({ state: 'healthy', breaker: 'closed' })
  })

  it('passes by workers whose protocol has no word for what is asked', async () => {
    const first = await upstreamOf({ wire: 'anthropic' })
    const second = await upstreamOf({ wire: 'openai-chat' })
    const messages = [{ role: 'user', content: 'x' }]
    const gateway = await startGateway(fleetOf([workerOf(first)], [workerOf(second)]))
    const reply = await gateway.post('/v1/chat/completions', { model: 'auto', n: 2, messages })
    expect([reply.status, reply.headers.get('x-signalbox-worker')]).toEqual([200, 'b-1'])
    expect(first.requests).toHaveLength(0)
    const alone = await gateway.post('/v1/chat/completions', { model: 'a', n: 2, messages })
    expect(alone.status).toBe(400)
    expect(await alone.json()).toMatchObject({
      error: { code: 'untranslatable', message: expect.stringMatching(/^n\b/) },
    })
  })

  it('stays with a model that was asked for by name', async () => {
    const wire: Wire = 'anthropic'
    const failing = await upstreamOf({ wire, script: () => ({ kind: 'error', status: 500 }) })
    const sound = await upstreamOf({ wire })
    const gateway = await startGateway({
      ...fleetOf([workerOf(failing, { model: 'claude-opus-5-5' })], [workerOf(sound)]),
      retry: { maxAttempts: 2 },
    })
    const talk = { model: 'claude-opus-5-5', turns, stream: false }
    await expect(sayBy.anthropic(gateway, talk)).rejects.toMatchObject({ status: 500 })
    expect([failing.requests.length, sound.requests.length]).toEqual([2, 0])
  })

  it('tries the only worker again after a pause', async () => {
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [{ kind: 'error', status: 529 }, { kind: 'reset' }],
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    expect(await sayBy.anthropic(gateway, { turns, stream: true })).toMatchObject({ stop: 'end_turn' })
    expect(upstream.requests).toHaveLength(3)
    const [decision] = gateway.records
    expect(decision?.spans.filter(({ name }) => name === 'retry')).toHaveLength(2)
  })

  it('waits as long as the only worker asks', async () => {
    const headers = { 'retry-after-ms': '300' }
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [{ kind: 'error', status: 429, headers }],
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    await sayBy.anthropic(gateway, { turns, stream: false })
    const [decision] = gateway.records
    expect(decision?.totalMs).toBeGreaterThanOrEqual(300)
    expect(decision?.totalMs).toBeLessThan(10_000)
  })

  it('lets other messages wait, too, while the only account rests', async () => {
    const headers = { 'retry-after-ms': '1000' }
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [{ kind: 'error', status: 429, headers }],
    })
    const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), retry: { maxAttempts: 1 } })
    await expect(sayBy.anthropic(gateway, { turns, stream: false })).rejects.toMatchObject({ status: 429 })
    await sayBy.anthropic(gateway, { turns, stream: false })
    const [decision] = gateway.records
    expect(decision).toMatchObject({ outcome: 'ok', attempts: [{ outcome: 'ok' }] })
    expect(decision?.waitMs).toBeGreaterThan(0)
  })

  it('goes to a pool outside the route when the route has nobody left who is well, and says so', async () => {
    const dead = await upstreamOf({ wire: 'anthropic', script: () => ({ kind: 'reset' }) })
    const sound = await upstreamOf({ wire: 'openai-chat' })
    const gateway = await startGateway({
      pools: { a: { workers: [workerOf(dead)] }, b: { workers: [workerOf(sound)] } },
      routes: { tactical: ['a'] },
      breaker: { failures: 1 },
    })
    const { headers } = await sayBy.anthropic(gateway, { turns, stream: true })
    expect(headers.get('x-signalbox-worker')).toBe('b-1')
    const [decision] = gateway.records
    expect(decision?.reasons).toContainEqual(expect.objectContaining({ signal: 'emergency' }))
    expect(gateway.engine.mode()).toBe('emergency')
  })

  it('makes no more retries than its budget allows', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: () => ({ kind: 'error', status: 500 }) })
    const gateway = await startGateway({
      ...fleetOf([workerOf(upstream)]),
      breaker: { failures: 1000 },
      retry: { maxAttempts: 10, budget: 0.1 },
    })
    const messages = 20
    await Promise.allSettled(
      Array.from({ length: messages }, () => sayBy.anthropic(gateway, { turns, stream: false })),
    )
    // A tenth of the messages, and the few that are always allowed.
    expect(upstream.requests.length - messages).toBeGreaterThanOrEqual(2)
    expect(upstream.requests.length - messages).toBeLessThanOrEqual(6)
  })

  it('makes none where one attempt is all that is configured', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: () => ({ kind: 'error', status: 500 }) })
    const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), retry: { maxAttempts: 1 } })
    await expect(sayBy.anthropic(gateway, { turns, stream: false })).rejects.toMatchObject({ status: 500 })
    expect(upstream.requests).toHaveLength(1)
  })
})
