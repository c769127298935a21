/** The checks of Claude Code's auto mode: passed both ways where the provider makes them, else told as unsupported. */
import { describe, expect, it } from 'vitest'
import type { Wire } from '../../src/core/wire.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { fleetOf, type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'

const TYPE = 'dangerous_tool_use'
const asked = [{ type: TYPE, classifier_context: { note: 'the person allowed ls', depth: [1.0, null] } }]
const verdict = {
  type: TYPE,
  status: { type: 'available', tool_uses: { toolu_1: { type: 'evaluated', outcome: 'not_flagged' } } },
}
const unsupported = [{ type: TYPE, status: { type: 'unsupported' } }]

const headers = {
  'anthropic-version': '2023-06-01',
  'anthropic-beta': 'dangerous-tool-use-2026-09-03,afk-mode-2026-01-31',
  'user-agent': 'claude-cli/2.1.331 (external, cli)',
}

const bodyOf = (stream: boolean): object => ({
  model: 'auto',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'List the files' }],
  safeguards: asked,
  stream,
})

async function gatewayOf(wire: Wire): Promise<{ gateway: Gateway; upstream: Upstream }> {
  const upstream = await upstreamOf({ wire, lenient: true })
  return { upstream, gateway: await startGateway(fleetOf([workerOf(upstream)])) }
}

/** The fields of the reply, or of `message_delta`'s delta. */
async function ask(
  gateway: Gateway,
  stream: boolean,
  more: object = {},
): Promise<Readonly<Record<string, unknown>>> {
  const reply = await gateway.post('/v1/messages?beta=true', { ...bodyOf(stream), ...more }, headers)
  expect(reply.status).toBe(200)
  const text = await reply.text()
  if (!stream) return JSON.parse(text)
  const deltas = text.split('\n\n').filter((event) => event.startsWith('event: message_delta'))
  expect(deltas).toHaveLength(1)
  return JSON.parse(deltas[0]?.replace(/^event: .*\ndata: /, '') ?? '').delta
}

const whole = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5-5',
  content: [{ type: 'text', text: 'Done.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}
const sse = (events: readonly Readonly<Record<string, unknown>>[]): string =>
  events.map((event) => `event: ${event['type']}\ndata: ${JSON.stringify(event)}\n\n`).join('')

describe('safeguards at a provider that makes them', () => {
  it('reach it untouched with their betas, and its verdict comes back', async () => {
    const { gateway, upstream } = await gatewayOf('anthropic')
    upstream.enqueue({ kind: 'reply', status: 200, body: { ...whole, safeguard_results: [verdict] } })
    expect(await ask(gateway, false)).toMatchObject({ safeguard_results: [verdict] })
    expect(upstream.requests[0]?.body).toMatchObject({ safeguards: asked })
    expect(upstream.requests[0]?.headers['anthropic-beta']).toBe(headers['anthropic-beta'])
  })

  it('and the same in a stream', async () => {
    const { gateway, upstream } = await gatewayOf('anthropic')
    const delta = { stop_reason: 'end_turn', stop_sequence: null, safeguard_results: [verdict] }
    const body = sse([
      { type: 'message_start', message: { ...whole, content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Done.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta, usage: { output_tokens: 2 } },
      { type: 'message_stop' },
    ])
    const type = { 'content-type': 'text/event-stream' }
    upstream.enqueue({ kind: 'reply', status: 200, headers: type, body })
    expect(await ask(gateway, true)).toEqual(delta)
    expect(upstream.requests[0]?.body).toMatchObject({ safeguards: asked })
  })
})

describe('safeguards at another vendor’s worker', () => {
  it.each([false, true])('are told as unsupported, never as a verdict; streamed: %s', async (stream) => {
    const { gateway, upstream } = await gatewayOf('openai-chat')
    const reply = await ask(gateway, stream)
    expect(reply['safeguard_results']).toEqual(unsupported)
    expect(reply['stop_reason']).toBe('end_turn')
    expect(upstream.requests[0]?.body).not.toHaveProperty('safeguards')
    expect(gateway.records[0]?.losses).toContain('removed:safeguards')
  })

  it.each([false, true])('are told so by Responses too; streamed: %s', async (stream) => {
    const { gateway, upstream } = await gatewayOf('openai-responses')
    const tools = [{ name: 'Bash', input_schema: { type: 'object', properties: {} } }]
    const reply = await ask(gateway, stream, { tools })
    expect(reply['safeguard_results']).toEqual(unsupported)
    expect(upstream.requests[0]?.path).toBe('/v1/responses')
    expect(upstream.requests[0]?.body).not.toHaveProperty('safeguards')
  })

  it('that nobody asked for are not spoken of', async () => {
    const { gateway } = await gatewayOf('openai-chat')
    const body = {
      model: 'auto',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    }
    const reply = await gateway.post('/v1/messages', body, headers)
    expect(await reply.text()).not.toContain('safeguard')
  })
})
