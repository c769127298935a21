/** That the stub refuses what the real APIs refuse for the model that is addressed, and in their words. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { startUpstream, type Upstream } from './upstream.ts'

let upstream: Upstream
afterEach(() => upstream.close())

type Words = readonly [what: string, request: object, words: string | RegExp]

const person = { role: 'user', content: 'Hello' }
const tool = (name: string): object => ({ name, input_schema: { type: 'object' } })

async function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const fields = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...headers }
  return fetch(`${upstream.baseUrl}${path}`, { method: 'POST', headers: fields, body: JSON.stringify(body) })
}

/** @returns the message of the error, or undefined when there is none. */
async function refusal(path: string, body: object, headers?: Readonly<Record<string, string>>) {
  const reply = await post(path, body, headers)
  const answer: unknown = await reply.json()
  return reply.status === 200 ? undefined : answer
}

describe('the stub of Anthropic’s API, by model', () => {
  const ask = { max_tokens: 2000, messages: [person] }
  const refused: readonly Words[] = [
    [
      'thinking by budget',
      { model: 'claude-opus-5-5', thinking: { type: 'enabled', budget_tokens: 1024 } },
      /^"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive"/,
    ],
    [
      'thinking off where it is always on',
      { model: 'claude-opus-5-5', thinking: { type: 'disabled' } },
      /^"thinking.type.disabled" is not supported/,
    ],
    [
      'thinking off by the word of others',
      { model: 'claude-sonnet-5-5', thinking: { type: 'disabled' } },
      /^To turn thinking off on this model, send "thinking": {"type": "between_tools"}/,
    ],
    [
      'thinking off by the word of Sonnet',
      { model: 'claude-haiku-5-5', thinking: { type: 'between_tools' } },
      '"thinking.type.between_tools" is not supported for this model.',
    ],
    [
      'adaptive thinking on old models',
      { model: 'claude-sonnet-4-5-20250929', thinking: { type: 'adaptive' } },
      'adaptive thinking is not supported on this model',
    ],
    [
      'an effort without thinking',
      { model: 'claude-haiku-5-5', thinking: { type: 'disabled' }, output_config: { effort: 'xhigh' } },
      /^output_config.effort 'xhigh' is not supported when thinking is disabled/,
    ],
    [
      'an effort that it does not know',
      { model: 'claude-opus-4-6', output_config: { effort: 'xhigh' } },
      "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
    ],
    [
      'temperature',
      { model: 'claude-haiku-5-5', temperature: 0.5 },
      '`temperature` is deprecated for this model.',
    ],
    [
      'both samplers',
      { model: 'claude-haiku-4-5', temperature: 0.5, top_p: 0.5 },
      /cannot both be specified/,
    ],
    [
      'a forced tool',
      { model: 'claude-sonnet-5-5', tools: [tool('a')], tool_choice: { type: 'any' } },
      'tool_choice: type "tool" and "any" are not supported for this model.',
    ],
    [
      'a prefill',
      { model: 'claude-haiku-5-5', messages: [person, { role: 'assistant', content: 'So' }] },
      /^This model does not support assistant message prefill/,
    ],
    [
      'system text among messages',
      { model: 'claude-sonnet-5', messages: [person, { role: 'system', content: 'x' }] },
      "role 'system' is not supported on this model",
    ],
    [
      'an effort of one message without its beta',
      { model: 'claude-opus-5-5', messages: [{ ...person, output_config: { effort: 'low' } }] },
      'messages.0.output_config: Extra inputs are not permitted',
    ],
    [
      'a computer tool of another generation',
      { model: 'claude-opus-5-5', tools: [{ type: 'computer_20251124', name: 'computer' }] },
      /^'claude-opus-5-5' does not support tool types: computer_20251124/,
    ],
    [
      'a limit above its own',
      { model: 'claude-haiku-4-5', max_tokens: 128_000 },
      'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for claude-haiku-4-5',
    ],
    [
      'a field that nobody knows',
      { model: 'claude-haiku-5-5', brand_new: 1 },
      'brand_new: Extra inputs are not permitted',
    ],
  ]

  it.each(refused)('refuses %s', async (_what, request, words) => {
    upstream = await startUpstream({ wire: 'anthropic' })
    const message = typeof words === 'string' ? words : expect.stringMatching(words)
    expect(await refusal('/v1/messages', { ...ask, ...request })).toMatchObject({ error: { message } })
    expect(upstream.requests[0]?.refusal).toEqual(message)
  })

  it('takes no sampling at all in the version of October 2026', async () => {
    upstream = await startUpstream({ wire: 'anthropic' })
    const body = { ...ask, model: 'some-model', temperature: 1 }
    expect(await refusal('/v1/messages', body, { 'anthropic-version': '2026-10-21' })).toMatchObject({
      error: { message: 'temperature: Extra inputs are not permitted' },
    })
    expect(await refusal('/v1/messages', body)).toBeUndefined()
  })

  it('takes back what a model thought, loses it on a step down, and refuses what was altered', async () => {
    upstream = await startUpstream({ wire: 'anthropic', script: [{ kind: 'answer', thinking: 'Hm.' }] })
    const client = new Anthropic({ apiKey: 'k', baseURL: upstream.baseUrl, maxRetries: 0 })
    const first = {
      model: 'claude-opus-5-5',
      max_tokens: 99,
      messages: [{ role: 'user' as const, content: 'A' }],
    }
    const { content } = await client.messages.create(first)
    const turns = (said: unknown, opening = 'A'): object[] => [
      { role: 'user', content: opening },
      { role: 'assistant', content: said },
      { role: 'user', content: 'B' },
    ]
    const again = (model: string, messages: object[]): Promise<unknown> =>
      refusal('/v1/messages', { model, max_tokens: 99, messages })
    expect(await again('claude-opus-5-5', turns(content))).toBeUndefined()
    expect(upstream.requests.at(-1)?.reasoningLost).toEqual([])
    expect(await again('claude-sonnet-5-5', turns(content))).toBeUndefined()
    expect(upstream.requests.at(-1)?.reasoningLost).toEqual(['messages.1.content.0'])
    expect(await again('claude-opus-5-5', turns(content, 'C'))).toMatchObject({
      error: { message: expect.stringContaining('bound to a different conversation') },
    })
    const forged = [{ type: 'thinking', thinking: 'Oh.', signature: 'EqQBCgIYAhIM' }]
    expect(await again('claude-opus-5-5', turns(forged))).toMatchObject({
      error: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
    })
  })
})

describe('the stub of OpenAI’s APIs, by model', () => {
  const functions = (count: number, name = 'f'): object[] =>
    Array.from({ length: count }, (_, index) => ({ type: 'function', function: { name: `${name}${index}` } }))
  const chat: readonly Words[] = [
    ['the old limit', { model: 'gpt-6-luna', max_tokens: 9 }, 'unsupported_parameter'],
    ['a temperature beside an effort', { model: 'gpt-6-luna', temperature: 0.5 }, 'unsupported_value'],
    ['no effort where it must be', { model: 'gpt-6.2-sol', reasoning_effort: 'none' }, 'unsupported_value'],
    ['129 tools', { model: 'm', tools: functions(129) }, 'array_above_max_length'],
    ['long names of tools', { model: 'm', tools: functions(1, 'f'.repeat(64)) }, 'string_above_max_length'],
    [
      'an open schema that is to be strict',
      {
        model: 'm',
        tools: [{ type: 'function', function: { name: 'f', strict: true, parameters: { type: 'object' } } }],
      },
      'invalid_function_parameters',
    ],
  ]
  it.each(chat)('refuses %s in Chat Completions', async (_what, request, code) => {
    upstream = await startUpstream({ wire: 'openai-chat' })
    const body = { messages: [person], ...request }
    expect(await refusal('/chat/completions', body)).toMatchObject({ error: { code } })
  })

  it('refuses functions of a model that thinks in Chat Completions, without a code', async () => {
    upstream = await startUpstream({ wire: 'openai-chat' })
    const body = { model: 'gpt-6-luna', messages: [person], tools: functions(1) }
    expect(await refusal('/chat/completions', body)).toMatchObject({
      error: {
        message: expect.stringMatching(/^Function tools with reasoning_effort/),
        code: null,
        param: 'reasoning_effort',
      },
    })
    expect(await refusal('/chat/completions', { ...body, reasoning_effort: 'none' })).toBeUndefined()
  })

  const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }
  const responses: readonly Words[] = [
    ['stop sequences', { stop: ['x'] }, /Unknown parameter: 'stop'/],
    ['a very low limit', { max_output_tokens: 1 }, /Expected a value >= 16, but got 1/],
    ['a response that it has not stored', { previous_response_id: 'resp_x' }, /'resp_x' not found/],
    ['ids without the sign of their type', { input: [{ ...call, id: 'call_1' }] }, /begins with 'fc'/],
    ['a call that nobody answered', { input: [person, call] }, 'No tool output found for function call c1.'],
    [
      'a result that nobody asked for',
      { input: [{ type: 'function_call_output', call_id: 'c2', output: 'x' }] },
      'No tool call found for function call output with call_id c2.',
    ],
    [
      'tools as Chat Completions has them',
      { tools: functions(1) },
      "Missing required parameter: 'tools[0].name'.",
    ],
    [
      'reasoning without what it led to',
      { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }] },
      /required following item/,
    ],
  ]
  it.each(responses)('refuses %s in Responses', async (_what, request, words) => {
    upstream = await startUpstream({ wire: 'openai-responses' })
    const message = typeof words === 'string' ? words : expect.stringMatching(words)
    const body = { model: 'gpt-6.2-sol', input: 'Hello', ...request }
    expect(await refusal('/responses', body)).toMatchObject({ error: { message } })
  })

  it('is understood by the vendor’s SDK in Responses, whole, streamed, continued and counted', async () => {
    const answer = {
      kind: 'answer',
      thinking: 'Hm.',
      text: 'Yes.',
      tools: [{ name: 'f', input: { a: 1 } }],
    } as const
    upstream = await startUpstream({ wire: 'openai-responses', script: [answer, answer] })
    const { responses: api } = new OpenAI({ apiKey: 'k', baseURL: upstream.baseUrl, maxRetries: 0 })
    const first = await api.create({ model: 'gpt-6.2-sol', input: 'Hello' })
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'message', 'function_call'])
    const streamed = api.stream({ model: 'gpt-6.2-sol', input: 'Hello', stream: true })
    const numbers: number[] = []
    for await (const { sequence_number } of streamed) numbers.push(sequence_number)
    expect(numbers).toEqual(numbers.map((_, index) => index))
    expect((await streamed.finalResponse()).output).toMatchObject(first.output)
    const [item] = first.output.filter(({ type }) => type === 'function_call')
    const output = {
      type: 'function_call_output' as const,
      call_id: String(item && 'call_id' in item ? item.call_id : ''),
      output: 'x',
    }
    const next = await api.create({ model: 'gpt-6.2-sol', previous_response_id: first.id, input: [output] })
    expect(next.output_text).toBe('Hello from the stub.')
    expect((await api.inputTokens.count({ model: 'gpt-6.2-sol', input: 'Hello' })).input_tokens).toBe(42)
  })
})
