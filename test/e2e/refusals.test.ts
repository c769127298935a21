/** What Claude Code is told when a worker cannot take its request, and what other clients of the protocol are told. */
import { describe, expect, it } from 'vitest'
import { fleetOf, type Gateway, startGateway, upstreamOf, workerOf } from './harness.ts'

const cli = { 'anthropic-version': '2023-06-01', 'user-agent': 'claude-cli/2.1.331 (external, cli)' }
const other = { 'anthropic-version': '2023-06-01', 'user-agent': 'anthropic-sdk-typescript/1.0' }

interface Told {
  readonly status: number
  readonly retry: string | null
  readonly type: string
  readonly message: string
  readonly id: string
}

async function ask(gateway: Gateway, more: object, headers: Readonly<Record<string, string>>): Promise<Told> {
  const messages = [{ role: 'user', content: 'Hello' }]
  const body = { model: 'auto', max_tokens: 9, messages, ...more }
  const reply = await gateway.post('/v1/messages?beta=true', body, headers)
  const { error, request_id: id } = (await reply.json()) as {
    readonly error: { readonly type: string; readonly message: string }
    readonly request_id: string
  }
  return { status: reply.status, retry: reply.headers.get('x-should-retry'), ...error, id }
}

const picture = {
  messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'file_1' } }] }],
}
const midway = {
  messages: [
    { role: 'user', content: 'Hello' },
    { role: 'system', content: 'Be brief.' },
  ],
}
const format = { output_config: { format: { type: 'grammar' } } }

describe('a refusal of what the worker cannot take', () => {
  it.each([
    ['image_block', picture, /^messages\.0\.content\.0\.source: an image by "?file"? lies where/],
    ['structured_outputs_unsupported', format, /^output_config\.format: the worker has no format/],
  ])('is %s to Claude Code, and a sentence to others', async (word, more, sentence) => {
    const gateway = await startGateway(fleetOf([workerOf(await upstreamOf({ wire: 'openai-chat' }))]))
    const told = await ask(gateway, more, cli)
    expect(told).toMatchObject({
      status: 400,
      retry: 'false',
      type: 'invalid_request_error',
      message: `capability_rejected: ${word}`,
    })
    expect(told.id).toMatch(/^[0-9a-f]{32}$/)
    expect((await ask(gateway, more, other)).message).toMatch(sentence)
  })

  it('is mid_conv_system where only the model of the same protocol does not take it', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic' })
    const worker = workerOf(upstream, { model: 'claude-sonnet-5' })
    const gateway = await startGateway({ ...fleetOf([worker]), intercept: ['claude-opus-*'] })
    const asked = { ...midway, model: 'claude-opus-5-5' }
    expect((await ask(gateway, asked, cli)).message).toBe('capability_rejected: mid_conv_system')
    expect((await ask(gateway, asked, other)).message).toMatch(
      /^claude-sonnet-5 does not take messages of role/,
    )
    expect(upstream.requests).toEqual([])
  })
})

describe('a spent budget', () => {
  it('stops the client at once, with the reason', async () => {
    const upstream = await upstreamOf({ wire: 'openai-chat' })
    const message = 'You exceeded your current quota, please check your plan and billing details.'
    const spent = { message, type: 'insufficient_quota', param: null, code: 'insufficient_quota' }
    upstream.enqueue({ kind: 'reply', status: 429, body: { error: spent } })
    const gateway = await startGateway(fleetOf([workerOf(upstream)]))
    const told = await ask(gateway, {}, cli)
    expect(told).toMatchObject({ status: 429, retry: 'false', type: 'billing_error' })
    expect(told.message).toContain('quota')
  })
})

describe('a prompt that is too long for the worker’s model', () => {
  it('is said with its figures, as the client reads them', async () => {
    const upstream = await upstreamOf({ wire: 'openai-chat', lenient: true })
    const gateway = await startGateway({
      ...fleetOf([workerOf(upstream, { model: 'small' })]),
      models: {
        small: { contextTokens: 1_000, outputTokensMax: 100, priceUsdPerMTok: { input: 1, output: 1 } },
      },
    })
    const long = { messages: [{ role: 'user', content: 'word '.repeat(4_000) }] }
    expect((await ask(gateway, long, cli)).message).toMatch(/^prompt is too long: \d+ tokens > 1000 maximum$/)
    expect(upstream.requests).toEqual([])
  })
})
