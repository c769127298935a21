import { describe, expect, it } from 'vitest'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Behaviour, Upstream } from '../upstream/upstream.ts'
import { fleetOf, type Gateway, postOf, startGateway, upstreamOf, workerOf } from './harness.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pairs = wires.flatMap((client) => wires.map((wire) => ({ client, wire })))
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }
const soon = { 'x-signalbox-deadline-ms': '200' }

/** A gateway that has answered once: what is loaded with the first call is no part of the time that these tests give. */
async function warm(wire: Wire, behaviour: Behaviour): Promise<{ gateway: Gateway; upstream: Upstream }> {
  const upstream = await upstreamOf({
    wire,
    script: (_request, index) => (index === 0 ? undefined : behaviour),
  })
  const gateway = await startGateway(fleetOf([workerOf(upstream)]))
  expect((await gateway.post(pathOf[wire], ask)).status).toBe(200)
  return { gateway, upstream }
}

describe.each(pairs)('a deadline of an $client client with an $wire worker', ({ client, wire }) => {
  it('ends a call that takes longer, with a 504 in the client’s words, and cancels it upstream', async () => {
    for (const stream of [false, true]) {
      const { gateway, upstream } = await warm(wire, { kind: 'stall' })
      const reply = await gateway.post(pathOf[client], { ...ask, stream }, soon)
      expect(reply.status).toBe(504)
      expect(reply.headers.get('x-signalbox-trace')).toMatch(/^[0-9a-f]{32}$/)
      const error = { type: 'timeout_error', message: expect.stringContaining('200 ms') }
      expect(await reply.json()).toMatchObject(client === 'anthropic' ? { type: 'error', error } : { error })
      await upstream.until(() => upstream.aborted === 1)
      expect(gateway.records).toMatchObject([{ outcome: 'deadline-exceeded' }, {}])
      expect(gateway.worker('a-1').breaker).toBe('closed')
    }
  })

  it('ends a stream that has begun with an error event', async () => {
    const afterEvents = wire === 'anthropic' ? 4 : 2
    const { gateway, upstream } = await warm(wire, { kind: 'stall', afterEvents })
    const reply = await gateway.post(pathOf[client], { ...ask, stream: true }, soon)
    expect(reply.status).toBe(200)
    const bytes = await reply.text()
    expect(bytes).toContain('Hello')
    expect(bytes).toMatch(/"timeout_error"[^\n]+\n\n$/)
    expect(bytes).not.toMatch(/message_stop|\[DONE\]/)
    await upstream.until(() => upstream.aborted === 1)
  })
})

describe('a deadline', () => {
  it('ends the wait for a slot', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'stall' }] })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { capacity: 1 })]))
    const leave = new AbortController()
    const first = fetch(`${gateway.url}/v1/messages`, { ...postOf(ask), signal: leave.signal })
    await upstream.until(() => upstream.requests.length === 1)
    expect((await gateway.post('/v1/messages', ask, soon)).status).toBe(504)
    expect(gateway.records).toMatchObject([{ outcome: 'deadline-exceeded', attempts: [] }])
    leave.abort()
    await Promise.allSettled([first])
  })

  it('that nobody can keep is told at once: no retry, no wait for an account that rests longer', async () => {
    const limited = { kind: 'error', status: 429, headers: { 'retry-after': '20' } } as const
    const { gateway, upstream } = await warm('anthropic', limited)
    const patience = { 'x-signalbox-deadline-ms': '10000' }
    const refused = await gateway.post('/v1/messages', ask, patience)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20'])
    const next = await gateway.post('/v1/messages', ask, patience)
    expect([next.status, next.headers.get('retry-after')]).toEqual([503, '20'])
    expect(gateway.records.map(({ totalMs }) => totalMs < 5_000)).toEqual([true, true, true])
    expect(upstream.requests).toHaveLength(2)
  })

  it('that is kept changes nothing', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const reply = await gateway.post('/v1/messages', ask, { 'x-signalbox-deadline-ms': '2147483647' })
    expect(reply.status).toBe(200)
  })
})
