import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream.ts'

const KEY = 'right'
let upstream: Upstream

async function start(options: UpstreamOptions): Promise<Upstream> {
  upstream = await startUpstream(options)
  return upstream
}

afterEach(() => upstream.close())

describe('the stub of Anthropic’s API', () => {
  const ask = { model: 'm', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hello' }] }
  const client = (apiKey = KEY): Anthropic =>
    new Anthropic({ apiKey, baseURL: upstream.baseUrl, maxRetries: 0 })

  it('is understood by the vendor’s SDK', async () => {
    await start({ wire: 'anthropic', key: KEY })
    const reply = await client().messages.create(ask)
    expect(reply.content).toEqual([{ type: 'text', text: 'Hello from the stub.' }])
    expect(reply.usage).toMatchObject({ input_tokens: 12, output_tokens: 6 })
    expect(upstream.requests[0]?.body).toEqual(ask)
  })

  it('streams text and tool calls as the SDK reads them', async () => {
    const tools = [{ name: 'look', input: { at: 'the sky', far: true } }]
    await start({ wire: 'anthropic', script: [{ kind: 'answer', text: 'Let me see.', tools }] })
    const final = await client().messages.stream(ask).finalMessage()
    expect(final.stop_reason).toBe('tool_use')
    expect(final.content).toMatchObject([
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_use', name: 'look', input: { at: 'the sky', far: true } },
    ])
  })

  it('refuses a wrong key, and scripted failures come in the vendor’s envelope', async () => {
    await start({ wire: 'anthropic', key: KEY })
    await expect(client('wrong').messages.create(ask)).rejects.toMatchObject({ status: 401 })
    upstream.enqueue({ kind: 'error', status: 429, headers: { 'retry-after': '3' } })
    await expect(client().messages.create(ask)).rejects.toMatchObject({ status: 429 })
    upstream.enqueue({ kind: 'error-event' })
    await expect(client().messages.stream(ask).finalMessage()).rejects.toThrow(/overloaded/i)
    expect((await client().messages.countTokens({ model: 'm', messages: ask.messages })).input_tokens).toBe(
      42,
    )
  })

  it.each([
    ['no max_tokens', { max_tokens: undefined }],
    ['a field of another protocol', { max_completion_tokens: 3 }],
    ['an unknown role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['a leading system message', { messages: [{ role: 'system', content: 'x' }] }],
    ['empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }],
    [
      'parts of another protocol',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
    ],
    [
      'a result without its call',
      { messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] }] },
    ],
    [
      'a call without its result',
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'look', input: {} }] },
          { role: 'user', content: 'y' },
        ],
      },
    ],
    ['a tool without a schema', { tools: [{ name: 'look' }] }],
  ])('refuses %s', async (_what, wrong) => {
    await start({ wire: 'anthropic' })
    const headers = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' }
    const body = JSON.stringify({ ...ask, ...wrong })
    const reply = await fetch(`${upstream.baseUrl}/v1/messages`, { method: 'POST', headers, body })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })
})

describe('the stub of OpenAI’s Chat Completions', () => {
  const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }
  const client = (apiKey = KEY): OpenAI => new OpenAI({ apiKey, baseURL: upstream.baseUrl, maxRetries: 0 })

  it('is understood by the vendor’s SDK', async () => {
    await start({ wire: 'openai-chat', key: KEY })
    const reply = await client().chat.completions.create(ask)
    expect(reply.choices[0]?.message.content).toBe('Hello from the stub.')
    expect(reply.choices[0]?.finish_reason).toBe('stop')
    expect(reply.usage?.total_tokens).toBe(18)
    await expect(client('wrong').chat.completions.create(ask)).rejects.toMatchObject({ status: 401 })
  })

  it('streams text, tool calls and usage as the SDK reads them', async () => {
    const tools = [{ name: 'look', input: { at: 'the sky' } }]
    await start({ wire: 'openai-chat', script: () => ({ kind: 'answer', text: 'Let me see.', tools }) })
    const stream = client().chat.completions.stream({ ...ask, stream_options: { include_usage: true } })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.finish_reason).toBe('tool_calls')
    expect(final.choices[0]?.message.content).toBe('Let me see.')
    expect(final.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      function: { name: 'look', arguments: '{"at":"the sky"}' },
    })
    expect(final.usage?.completion_tokens).toBe(6)
  })

  it.each([
    ['a field of another protocol', { stop_sequences: ['x'] }],
    ['both limits', { max_tokens: 1, max_completion_tokens: 1 }],
    ['stream_options without a stream', { stream_options: { include_usage: true } }],
    ['a tool message without its call', { messages: [{ role: 'tool', tool_call_id: 'a', content: 'x' }] }],
    [
      'a call without its tool message',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          { role: 'user', content: 'x' },
        ],
      },
    ],
    ['parts of another protocol', { messages: [{ role: 'user', content: [{ type: 'image', source: {} }] }] }],
    ['a tool of another protocol', { tools: [{ name: 'look', input_schema: {} }] }],
    ['a tool choice of another protocol', { tool_choice: { type: 'any' } }],
  ])('refuses %s', async (_what, wrong) => {
    await start({ wire: 'openai-chat' })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ ...ask, ...wrong })
    const reply = await fetch(`${upstream.baseUrl}/chat/completions`, { method: 'POST', headers, body })
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  })
})
