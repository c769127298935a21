import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { Behaviour, Upstream } from '../upstream/upstream.ts'
import {
  eventually,
  fleetOf,
  type Gateway,
  refusalOf,
  startGateway,
  upstreamOf,
  workerOf,
} from './harness.ts'
import { sayBy, type Turn } from './talk.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const turns: readonly Turn[] = [{ by: 'person', text: 'What is there to see?' }]

interface Crowd {
  readonly gateway: Gateway
  readonly upstream: Upstream
  /** Lets the message that holds the only slot end. */
  release(): void
}

/** One worker with one slot, which a first message holds. */
async function crowd(queue: ConfigInput['queue'], script: readonly Behaviour[] = []): Promise<Crowd> {
  const leave = new AbortController()
  const upstream = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'stall' }, ...script] })
  const worker = workerOf(upstream, { capacity: 1 })
  const gateway = await startGateway({ ...fleetOf([worker]), ...(queue && { queue }) })
  const first = sayBy.anthropic(gateway, { turns, stream: false }, leave.signal)
  first.catch(() => undefined)
  await upstream.until(() => upstream.requests.length === 1)
  return { gateway, upstream, release: () => leave.abort() }
}

function ask(content: string, stream = false): object {
  return { model: 'auto', max_tokens: 9, stream, messages: [{ role: 'user', content }] }
}

describe('a full queue', () => {
  it.each(wires)('refuses with 503 and the time to come back (%s)', async (wire) => {
    const { gateway, release } = await crowd({ capacity: 1 })
    const waiting = gateway.post('/v1/messages', ask('waits'))
    await eventually(() => expect(gateway.engine.queue().depth).toBe(1))
    for (const stream of [false, true]) {
      const reply = await gateway.post(pathOf[wire], ask('too many', stream))
      expect(reply.status).toBe(503)
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(60)
      expect(Number(reply.headers.get('retry-after-ms'))).toBeLessThanOrEqual(60_000)
      expect(reply.headers.get('x-should-retry')).toBe('true')
      expect(await reply.json()).toMatchObject(
        wire === 'anthropic'
          ? {
              type: 'error',
              error: { type: 'overloaded_error', message: expect.stringContaining('queue is full') },
            }
          : { error: { code: 'queue_full', message: expect.stringContaining('queue is full') } },
      )
    }
    release()
    expect((await waiting).status).toBe(200)
  })

  it('gives the place of a lower priority to a higher one, never the other way round', async () => {
    const { gateway, upstream, release } = await crowd({ capacity: 1 })
    const low = gateway.post('/v1/messages', ask('low'), { 'x-signalbox-priority': 'low' })
    await eventually(() => expect(gateway.engine.queue().byPriority.low).toBe(1))
    const high = gateway.post('/v1/messages', ask('high'), { 'x-signalbox-priority': 'high' })
    const displaced = await low
    expect(displaced.status).toBe(503)
    expect(displaced.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await displaced.json()).toMatchObject({
      error: { message: expect.stringContaining('higher priority') },
    })
    const equal = await gateway.post('/v1/messages', ask('equal'), { 'x-signalbox-priority': 'high' })
    expect(equal.status).toBe(503)
    release()
    expect((await high).status).toBe(200)
    expect(upstream.requests.map(({ body }) => JSON.stringify(body)).join()).not.toMatch(/"low"|"equal"/)
    expect(gateway.records.map(({ outcome }) => outcome)).toEqual([
      'ok',
      'cancelled',
      'queue-full',
      'displaced',
    ])
  })
})

describe('those who wait', () => {
  it('are served by priority, and in the order of their coming within one', async () => {
    const { gateway, upstream, release } = await crowd({})
    const replies: Promise<Response>[] = []
    for (const [content, priority] of [
      ['low 1', 'low'],
      ['normal 1', 'normal'],
      ['high 1', 'high'],
      ['normal 2', ''],
      ['critical 1', 'critical'],
      ['high 2', 'high'],
      ['low 2', 'low'],
    ] as const) {
      const waiting = gateway.engine.queue().depth
      replies.push(
        gateway.post(
          '/v1/messages',
          ask(content),
          priority === '' ? {} : { 'x-signalbox-priority': priority },
        ),
      )
      await eventually(() => expect(gateway.engine.queue().depth).toBe(waiting + 1))
    }
    expect(await gateway.api('/api/queue')).toMatchObject({
      depth: 7,
      byPriority: { critical: 1, high: 2, normal: 2, low: 2 },
      oldestMs: expect.any(Number),
    })
    release()
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual(replies.map(() => 200))
    // What the stub was asked, in its order.
    const served = upstream.requests
      .slice(1)
      .map(({ bytes }) => /"content":"(.+?)"/.exec(bytes.toString())?.[1])
    expect(served).toEqual(['critical 1', 'high 1', 'high 2', 'normal 1', 'normal 2', 'low 1', 'low 2'])
    const [last] = gateway.records
    expect(last?.waitMs).toBeGreaterThan(0)
    expect(last?.spans.map(({ name }) => name)).toContain('queue')
  })

  it('are sent home when their time is over', async () => {
    const { gateway, release } = await crowd({ ttlMs: { normal: 150 } })
    const reply = await gateway.post('/v1/messages', ask('waits too long'))
    expect(reply.status).toBe(503)
    expect(reply.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await reply.json()).toMatchObject({ error: { message: expect.stringContaining('queue.ttlMs') } })
    expect(gateway.records).toMatchObject([{ outcome: 'expired' }])
    release()
  })

  it('leave the queue when their callers leave', async () => {
    const { gateway, upstream, release } = await crowd({})
    const leave = new AbortController()
    const gone = sayBy.anthropic(gateway, { turns, stream: true }, leave.signal)
    gone.catch(() => undefined)
    await eventually(() => expect(gateway.engine.queue().depth).toBe(1))
    leave.abort()
    await eventually(() => expect(gateway.engine.queue().depth).toBe(0))
    release()
    await eventually(() => expect(gateway.records).toHaveLength(2))
    expect(upstream.requests).toHaveLength(1)
  })

  it('go to the next pool of their route when the first stays busy', async () => {
    const busy = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'stall' }] })
    const next = await upstreamOf({ wire: 'openai-chat' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(busy, { capacity: 1 })], [workerOf(next)]),
      queue: { spillMs: 100 },
    })
    const leave = new AbortController()
    const first = sayBy.anthropic(gateway, { turns, stream: false }, leave.signal)
    first.catch(() => undefined)
    await busy.until(() => busy.requests.length === 1)
    const { headers } = await sayBy.anthropic(gateway, { turns, stream: true })
    expect(headers.get('x-signalbox-worker')).toBe('b-1')
    expect(gateway.records[0]?.reasons).toContainEqual(expect.objectContaining({ signal: 'spill' }))
    expect(gateway.records[0]?.waitMs).toBeGreaterThanOrEqual(50)
    leave.abort()
  })
})

describe.each(wires)('a stream that waits longer than the silence (%s)', (wire) => {
  const ping = wire === 'anthropic' ? /^event: ping\ndata: \{"type": "ping"\}\n\n/ : /^:.*\n\n/

  it('gets a 200 and a ping, and the answer when there is one', async () => {
    const { gateway, release } = await crowd({ silenceMs: 100 })
    const reply = await gateway.post(pathOf[wire], ask('waits', true), { 'anthropic-version': '2023-06-01' })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toContain('text/event-stream')
    expect(reply.headers.get('x-signalbox-trace')).toMatch(/^[0-9a-f]{32}$/)
    expect(reply.headers.get('x-signalbox-class')).toBe('tactical')
    expect(reply.headers.get('x-signalbox-source')).toBe('fallback')
    release()
    const bytes = await reply.text()
    expect(bytes).toMatch(ping)
    expect(bytes).toContain('Hello')
    expect(bytes).toMatch(wire === 'anthropic' ? /"message_stop"\}\n\n$/ : /data: \[DONE\]\n\n$/)
    const id = reply.headers.get('x-signalbox-trace')
    expect(await gateway.api(`/api/traces/${id}`)).toMatchObject({
      decision: { worker: 'a-1', outcome: 'ok' },
    })
  })

  it('is understood by the SDK', async () => {
    const { gateway, release } = await crowd({ silenceMs: 50 })
    const said = sayBy[wire](gateway, { turns, stream: true })
    await eventually(() => expect(gateway.engine.queue().depth).toBe(1))
    await eventually(() => expect(gateway.engine.queue().oldestMs).toBeGreaterThan(120))
    release()
    expect(await said).toMatchObject({ text: 'Hello from the stub.', model: 'auto' })
  })

  it('hears an error event when it is shed', async () => {
    const { gateway, release } = await crowd({ silenceMs: 50, ttlMs: { normal: 200 } })
    const refusal = await refusalOf(sayBy[wire](gateway, { turns, stream: true }))
    expect(refusal).toBeInstanceOf(wire === 'anthropic' ? Anthropic.APIError : OpenAI.APIError)
    expect(refusal.message).toMatch(/no worker came free/)
    release()
  })

  it('hears the worker’s refusal in its own words', async () => {
    const message = 'prompt is too long: 200001 tokens > 200000 maximum'
    const { gateway, release } = await crowd({ silenceMs: 50 }, [{ kind: 'error', status: 400, message }])
    const refusal = refusalOf(sayBy[wire](gateway, { turns, stream: true }))
    await eventually(() => expect(gateway.engine.queue().oldestMs).toBeGreaterThan(120))
    release()
    expect((await refusal).message).toContain(message)
  })

  it('frees all when its caller leaves', async () => {
    const { gateway, release } = await crowd({ silenceMs: 50 })
    const leave = new AbortController()
    const gone = Promise.allSettled([sayBy[wire](gateway, { turns, stream: true }, leave.signal)])
    await eventually(() => expect(gateway.engine.queue().oldestMs).toBeGreaterThan(120))
    leave.abort()
    await gone
    await eventually(() => expect(gateway.engine.queue().depth).toBe(0))
    release()
  })
})
