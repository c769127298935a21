/** Whoever goes away wants no answer any more: the worker is told so, in every protocol, and its slot is free again. */
import { describe, expect, it } from 'vitest'
import { eventually, fleetOf, type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'

const said = [{ role: 'user', content: 'hi' }]
const faces = [
  ['anthropic', '/v1/messages', { max_tokens: 9, messages: said }],
  ['openai-chat', '/v1/chat/completions', { messages: said }],
  ['openai-responses', '/v1/responses', { input: said, store: false }],
] as const
const cases = faces.flatMap(([wire, path, body]) =>
  [true, false].map((stream) => ({ wire, path, stream, body: { model: 'auto', ...body, stream } })),
)

/** Sends a request, and gives what hangs it up. */
function asked(gateway: Gateway, path: string, body: unknown) {
  const gone = new AbortController()
  const reply = fetch(gateway.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: gone.signal,
  })
  return { reply, leave: () => gone.abort() }
}

async function expectLetGo(gateway: Gateway): Promise<void> {
  await eventually(() => expect(gateway.records[0]?.outcome).toBe('cancelled'))
  expect(gateway.worker('a-1')).toMatchObject({ inFlight: 0, breaker: 'closed' })
  expect(gateway.logged).toEqual([])
}

describe('a client that goes away', () => {
  it.each(cases)('before the answer ends the worker’s call: $wire, stream $stream', async (given) => {
    const upstream = await upstreamOf({ wire: given.wire, script: () => ({ kind: 'stall' }) })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const { reply, leave } = asked(gateway, given.path, given.body)
    await upstream.until(() => upstream.requests.length === 1)
    leave()
    await expect(reply).rejects.toThrow()
    await upstream.until(() => upstream.aborted === 1)
    await expectLetGo(gateway)
  })

  it.each(cases.filter(({ stream }) => stream))('in the middle of a stream ends it: $wire', async (given) => {
    const upstream = await upstreamOf({
      wire: given.wire,
      script: () => ({ kind: 'stall', afterEvents: 6 }),
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const { reply, leave } = asked(gateway, given.path, given.body)
    expect((await reply).status).toBe(200)
    leave()
    await upstream.until(() => upstream.aborted === 1)
    await expectLetGo(gateway)
  })
})
