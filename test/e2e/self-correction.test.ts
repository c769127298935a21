/** A model takes what a card says, and no more than its server says: both are seen here, and the second is remembered. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Behaviour, Upstream } from '../upstream/upstream.ts'
import { fleetOf, startGateway, upstreamOf, workerOf } from './harness.ts'

const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }
const fine: Behaviour = { kind: 'answer', text: 'fine' }
const refusal: Behaviour = {
  kind: 'error',
  status: 400,
  type: 'invalid_request_error',
  message: 'speedy: Extra inputs are not permitted',
}
const holds = (body: unknown, field: string): boolean => Object.hasOwn(Object(body), field)
const bodies = (upstream: Upstream): readonly unknown[] => upstream.requests.map(({ body }) => body)

describe('a field that the worker’s model is known not to take', () => {
  it('is left out, and told as a loss', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: () => fine })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'claude-opus-5-5' })]))
    const reply = await gateway.post('/v1/messages', {
      ...ask,
      temperature: 0.2,
      thinking: { type: 'disabled' },
      tool_choice: { type: 'any' },
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-signalbox-losses')).toBe(
      'thinking-forced-on, sampling-dropped, tool-choice-relaxed',
    )
    expect(bodies(upstream)[0]).not.toHaveProperty('temperature')
    expect(bodies(upstream)[0]).toMatchObject({ model: 'claude-opus-5-5', tool_choice: { type: 'auto' } })
  })

  it('passes where the caller asked for the model itself', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: () => fine })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'claude-opus-4-6' })]))
    const body = { ...ask, model: 'claude-opus-4-6', temperature: 0.2, top_k: 3 }
    const reply = await gateway.post('/v1/messages', body)
    expect(reply.headers.get('x-signalbox-losses')).toBe(null)
    expect(bodies(upstream)).toEqual([body])
  })
})

describe('a field that the worker refuses by name', () => {
  it('is left out of a second try, streamed or not, and of every later message', async () => {
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: ({ body }) => (holds(body, 'speedy') ? refusal : fine),
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'some-model' })]))
    const reply = await gateway.post('/v1/messages', { ...ask, stream: true, speedy: true })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-signalbox-losses')).toBe('removed:speedy')
    expect(await reply.text()).toContain('fine')
    expect(upstream.requests).toHaveLength(2)
    await gateway.post('/v1/messages', { ...ask, speedy: true })
    expect(upstream.requests).toHaveLength(3)
    const { learned } = await gateway.api<{ learned: unknown }>('/api/config')
    expect(learned).toMatchObject([
      {
        host: expect.stringMatching(/^127/),
        model: 'some-model',
        lesson: { path: ['speedy'], mend: { kind: 'remove' } },
      },
    ])
  })

  it('is remembered by the next process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-lessons-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: ({ body }) => (holds(body, 'speedy') ? refusal : fine),
    })
    const config = {
      ...fleetOf([workerOf(upstream, { model: 'some-model' })]),
      store: { path: join(folder, 'state.db') },
    }
    const first = await startGateway(config)
    await first.post('/v1/messages', { ...ask, speedy: true })
    await first.close()
    const second = await startGateway(config)
    expect((await second.post('/v1/messages', { ...ask, speedy: true })).status).toBe(200)
    expect(upstream.requests).toHaveLength(3)
  })

  it('comes back to the caller, word for word, when a second try is refused too', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: () => refusal })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'some-model' })]))
    const reply = await gateway.post('/v1/messages', { ...ask, speedy: true })
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain('speedy: Extra inputs are not permitted')
    expect(upstream.requests).toHaveLength(2)
    expect(await gateway.api('/api/config')).toMatchObject({ learned: [] })
  })

  it('of a translated request is learned too', async () => {
    const upstream = await upstreamOf({
      wire: 'openai-chat',
      script: ({ body }) =>
        holds(body, 'temperature')
          ? {
              kind: 'error',
              status: 400,
              message:
                "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
              fault: { param: 'temperature', code: 'unsupported_value' },
            }
          : fine,
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'some-model' })]))
    const reply = await gateway.post('/v1/messages', { ...ask, temperature: 0.2 })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('x-signalbox-losses')).toBe('sampling-dropped')
  })

  it('is not left out of later messages for one value that was refused', async () => {
    const refusedEffort: Behaviour = {
      kind: 'error',
      status: 400,
      type: 'invalid_request_error',
      message: "This model does not support effort level 'xhigh'. Supported levels: high, low.",
    }
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: ({ body }) => (JSON.stringify(body).includes('xhigh') ? refusedEffort : fine),
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'some-model' })]))
    const send = (effort: string) => gateway.post('/v1/messages', { ...ask, output_config: { effort } })
    expect((await send('xhigh')).headers.get('x-signalbox-losses')).toBe('effort-clamped')
    expect((await send('low')).headers.get('x-signalbox-losses')).toBe(null)
    expect(bodies(upstream)[2]).toMatchObject({ output_config: { effort: 'low' } })
  })
})

describe('thinking that is bound to another conversation', () => {
  it('is between the caller and the vendor: the error passes, and nothing is tried', async () => {
    const message =
      'messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.'
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: () => ({ kind: 'error', status: 400, type: 'invalid_request_error', message }),
    })
    const gateway = await startGateway(fleetOf([workerOf(upstream, { model: 'claude-opus-5-5' })]))
    const reply = await gateway.post('/v1/messages', ask)
    expect(reply.status).toBe(400)
    expect(await reply.text()).toContain(message)
    expect(upstream.requests).toHaveLength(1)
  })
})
