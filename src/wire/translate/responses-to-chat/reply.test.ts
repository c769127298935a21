import { describe, expect, it } from 'vitest'
import { protocols } from '../../catalog.ts'
import { refusalOf } from '../requests.suite.ts'
import { naming } from '../streams.suite.ts'
import { bytesOf, chatReply, type Json } from './pair.suite.ts'
import { responsesReplyToChat } from './reply.ts'

const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 120,
}
const message = (...content: readonly object[]): object => ({
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content,
})
const text = (text: string, annotations: readonly object[] = []): object => ({
  type: 'output_text',
  text,
  annotations,
})
const call = {
  id: 'fc_1',
  type: 'function_call',
  call_id: 'c1',
  name: 'f',
  arguments: '{"a": 1}',
  status: 'completed',
}
const response = (output: readonly object[], more: object = {}): object => ({
  id: 'resp_1',
  object: 'response',
  status: 'completed',
  error: null,
  model: 'm',
  output,
  usage,
  ...more,
})
const choiceOf = (reply: Json): Json => (reply['choices'] as Json[])[0] ?? {}
const read = (output: readonly object[], more?: object): Json => choiceOf(chatReply(response(output, more)))

describe('a response for a Chat client', () => {
  it('is a completion under the asked model’s name, with the figures and the tier that was billed', () => {
    expect(chatReply(response([message(text('Hello'))], { service_tier: 'priority' }))).toEqual({
      id: `chatcmpl-${naming.traceId}`,
      object: 'chat.completion',
      created: naming.createdS,
      model: 'auto',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
      service_tier: 'priority',
    })
  })

  it('holds calls in order, also of custom tools, and says that it ended with them', () => {
    const custom = { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'free' }
    const bare = { type: 'function_call', call_id: 'c3', name: 'h', arguments: '' }
    expect(read([{ type: 'reasoning', id: 'rs_1', summary: [] }, call, custom, bare])).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: null,
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } },
          { id: 'c2', type: 'custom', custom: { name: 'g', input: 'free' } },
          { id: 'c3', type: 'function', function: { name: 'h', arguments: '{}' } },
        ],
      },
    })
  })

  it('gives a call without an id one that is derived', () => {
    const { call_id: _, ...bare } = call
    expect(read([bare])).toMatchObject({ message: { tool_calls: [{ id: `call_${naming.traceId}_0` }] } })
  })

  it('joins its messages, moves citations to where they are, and leaves behind what the worker’s tools did', () => {
    const citation = { type: 'url_citation', start_index: 1, end_index: 3, title: 'T', url: 'https://e.x' }
    const { message: said } = read([
      message(text('One')),
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      message(text('Two', [citation]), text('Three', [citation, { type: 'file_citation' }])),
    ])
    expect(said).toMatchObject({
      content: 'One\n\nTwoThree',
      annotations: [
        { url_citation: { start_index: 6, end_index: 8, title: 'T', url: 'https://e.x' } },
        { url_citation: { start_index: 9, end_index: 11, title: 'T', url: 'https://e.x' } },
      ],
    })
  })

  it('tells of a refusal in the words of the model', () => {
    expect(read([message({ type: 'refusal', refusal: 'No.' })])).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: 'No.' },
    })
  })

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['steered', 'length'],
  ])('that is incomplete for %s ends as %s, with calls or without', (reason, finish) => {
    const cut = { status: 'incomplete', incomplete_details: { reason } }
    expect(read([message(text('Hel'))], cut)['finish_reason']).toBe(finish)
    expect(read([call], cut)['finish_reason']).toBe(finish)
  })

  it('without figures is estimated, never free', () => {
    const reply = chatReply(response([message(text('Hello, you'))], { usage: undefined }))
    expect(reply['usage']).toMatchObject({ completion_tokens: 3, total_tokens: 3 })
  })

  it('ends before a stop text, and nothing comes after it', () => {
    const naming2 = { ...naming, stopSequences: ['END'] }
    const body = bytesOf(response([message(text('one END two')), call]))
    const worker = protocols['openai-responses']
    const reply = JSON.parse(responsesReplyToChat(body, naming2, worker).toString('utf8'))
    expect(choiceOf(reply)).toMatchObject({ finish_reason: 'stop', message: { content: 'one ' } })
    expect(choiceOf(reply)['message']).not.toHaveProperty('tool_calls')
  })

  it('that failed is an error, and never an empty answer', () => {
    const overloaded = { status: 'failed', error: { code: 'server_is_overloaded', message: 'busy' } }
    expect(refusalOf(() => read([], overloaded)).code).toBe('worker-overloaded')
    expect(refusalOf(() => read([], { status: 'failed' })).code).toMatch(/^worker-/)
  })

  it.each(['queued', 'in_progress', 'cancelled'])('that is %s is no answer', (status) => {
    expect(refusalOf(() => read([], { status })).code).toBe('worker-protocol')
  })

  it.each(['', 'no JSON', '[]', '{}', '{"choices":[]}', '<html>', '{"output":[],"status":""}'])(
    'is none when the body is %j',
    (body) => {
      expect(refusalOf(() => chatReply(body)).code).toBe('worker-protocol')
    },
  )

  it('is whole with nothing but reasoning in it, when the worker says so', () => {
    expect(read([{ type: 'reasoning', summary: [] }])).toMatchObject({
      finish_reason: 'stop',
      message: { content: '' },
    })
  })

  it('survives items of strangers', () => {
    expect(read([{ type: 'new_thing' }, message({ type: 'new_part' }, text('Hi'))])).toMatchObject({
      message: { content: 'Hi' },
    })
  })
})
