import { describe, expect, it } from 'vitest'
import { eventually, fleetOf, type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'
import { sayBy, type Turn } from './talk.ts'

const turns: readonly Turn[] = [{ by: 'person', text: 'What is there to see?' }]
const say = (gateway: Gateway, stream = false) => sayBy.anthropic(gateway, { turns, stream })
/** The retry budget is not what these tests are about. */
const retry = { budget: 1 }

describe('a worker that fails five times in a row', () => {
  it('gets nothing until its time is over, then one message, and all again when that is answered', async () => {
    const failing = await upstreamOf({
      wire: 'anthropic',
      script: (_request, index) =>
        index < 5 ? { kind: 'error', status: 500 } : { kind: 'answer', delayMs: index === 5 ? 100 : 0 },
    })
    const sound = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(failing)], [workerOf(sound)]),
      breaker: { openMs: 1_000 },
      retry,
    })
    for (let message = 0; message < 4; message++) await say(gateway)
    expect(gateway.worker('a-1').breaker).toBe('closed')
    await say(gateway)
    expect(gateway.worker('a-1')).toMatchObject({ breaker: 'open', state: 'unhealthy' })

    for (let message = 0; message < 3; message++) await say(gateway)
    expect([failing.requests.length, sound.requests.length]).toEqual([5, 8])

    await eventually(() => expect(gateway.worker('a-1').breaker).toBe('half-open'))
    await Promise.all([say(gateway), say(gateway, true), say(gateway)])
    expect([failing.requests.length, sound.requests.length]).toEqual([6, 10])
    expect(gateway.worker('a-1').breaker).toBe('closed')
    await say(gateway)
    expect(failing.requests).toHaveLength(7)
    expect(gateway.logged.join('\n')).toMatch(
      /breaker of worker a-1 is open[^]*breaker of worker a-1 is closed/,
    )
  })

  it('stays out when the one message fails, too', async () => {
    const failing = await upstreamOf({ wire: 'anthropic', script: () => ({ kind: 'reset' }) })
    const sound = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(failing)], [workerOf(sound)]),
      breaker: { failures: 1, openMs: 500 },
      retry,
    })
    await say(gateway)
    await eventually(() => expect(gateway.worker('a-1').breaker).toBe('half-open'))
    await say(gateway)
    expect(failing.requests).toHaveLength(2)
    expect(gateway.worker('a-1').breaker).toBe('open')
  })

  it('is not taken out by refusals, limits, refused keys or callers who leave', async () => {
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [
        { kind: 'error', status: 400 },
        { kind: 'error', status: 404 },
        { kind: 'error', status: 429, headers: { 'retry-after-ms': '1' } },
        { kind: 'error', status: 401 },
      ],
    })
    const sound = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(upstream)], [workerOf(sound)]),
      breaker: { failures: 1 },
      retry,
    })
    await Promise.allSettled([say(gateway)])
    await Promise.allSettled([say(gateway)])
    await say(gateway)
    await say(gateway)
    expect(gateway.worker('a-1').breaker).toBe('closed')
  })

  it('counts streams that break off after their beginning', async () => {
    const failing = await upstreamOf({
      wire: 'anthropic',
      script: () => ({ kind: 'truncate', afterEvents: 4 }),
    })
    const gateway = await startGateway({ ...fleetOf([workerOf(failing)]), breaker: { failures: 2 } })
    await Promise.allSettled([say(gateway, true)])
    await Promise.allSettled([say(gateway, true)])
    expect(gateway.worker('a-1').breaker).toBe('open')
  })
})

describe('when nobody can answer', () => {
  it('a message is refused at once, with a sentence and the time to come back', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: () => ({ kind: 'error', status: 500 }) })
    const gateway = await startGateway({
      ...fleetOf([workerOf(upstream)]),
      breaker: { failures: 1, openMs: 20_000 },
      retry: { maxAttempts: 1 },
    })
    await Promise.allSettled([say(gateway)])
    const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }
    for (const stream of [false, true]) {
      const reply = await gateway.post('/v1/messages', { ...ask, stream })
      expect(reply.status).toBe(503)
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(15)
      expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(20)
      expect(reply.headers.get('x-should-retry')).toBe('true')
      expect(await reply.json()).toMatchObject({
        type: 'error',
        error: { type: 'overloaded_error', message: expect.stringContaining('/api/workers') },
      })
    }
    expect(upstream.requests).toHaveLength(1)
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  })

  it('the same is said when every worker is drained, until one is back', async () => {
    const upstream = await upstreamOf({ wire: 'openai-chat' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    expect((await gateway.post('/api/workers/a-1/drain', {})).status).toBe(200)
    const ask = { model: 'auto', messages: [{ role: 'user', content: 'x' }] }
    const refused = await gateway.post('/v1/chat/completions', ask)
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ error: { code: 'no_worker', message: expect.any(String) } })
    expect((await gateway.post('/api/workers/a-1/undrain', {})).status).toBe(200)
    expect((await gateway.post('/v1/chat/completions', ask)).status).toBe(200)
  })
})

describe('a worker whose endpoint answers its probes with an error', () => {
  it('gets nothing until the probes succeed again', async () => {
    const sick = await upstreamOf({ wire: 'anthropic' })
    const sound = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(sick)], [workerOf(sound)]),
      health: { intervalMs: 100 },
    })
    sick.setHealth(503)
    await eventually(() => expect(gateway.worker('a-1').state).toBe('unavailable'))
    await say(gateway)
    expect([sick.requests.length, sound.requests.length]).toEqual([0, 1])
    sick.setHealth(404)
    await eventually(() => expect(gateway.worker('a-1').state).toBe('healthy'))
    await say(gateway)
    expect(sick.requests).toHaveLength(1)
  })

  it('gets nothing once it is gone', async () => {
    const gone = await upstreamOf({ wire: 'anthropic' })
    const sound = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway({
      ...fleetOf([workerOf(gone)], [workerOf(sound)]),
      health: { intervalMs: 100 },
    })
    await gone.close()
    await say(gateway)
    await eventually(() => expect(gateway.worker('a-1').state).toBe('unavailable'))
    await say(gateway)
    expect(sound.requests).toHaveLength(2)
  })
})
