import { describe, expect, it } from 'vitest'
import { refusalOf } from '../requests.suite.ts'
import { type Json, responsesReply } from '../responses-to-chat/pair.suite.ts'
import { naming } from '../streams.suite.ts'

const usage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
  completion_tokens_details: { reasoning_tokens: 5 },
}
const completion = (message: object, finish: unknown = 'stop', more: object = {}): object => ({
  id: 'c',
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage,
  ...more,
})
const read = (message: object, finish?: unknown, more?: object): Json =>
  responsesReply(completion(message, finish, more))

describe('a Chat reply for a Responses client', () => {
  it('is a response under the asked model’s name, with the figures and the tier that was billed', () => {
    expect(read({ content: 'Hello' }, 'stop', { service_tier: 'flex' })).toEqual({
      id: `resp_${naming.traceId}`,
      object: 'response',
      created_at: naming.createdS,
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      metadata: {},
      model: 'auto',
      output: [
        {
          id: `msg_${naming.traceId}_0`,
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: 'flex',
      store: false,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_p: null,
      truncation: 'disabled',
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 120,
      },
    })
  })

  it('holds reasoning, text and calls in this order', () => {
    const { output } = read(
      {
        content: 'Text',
        reasoning_content: 'hm',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } },
          { type: 'function', function: { name: 'g', arguments: { b: 2 } } },
          { id: 'c3', type: 'custom', custom: { name: 'h', input: 'free' } },
          { id: 'c4', type: 'function', function: { name: '', arguments: '{}' } },
        ],
      },
      'stop',
    )
    expect(output).toMatchObject([
      { id: `rs_${naming.traceId}_0`, type: 'reasoning', content: [{ type: 'reasoning_text', text: 'hm' }] },
      { id: `msg_${naming.traceId}_1`, type: 'message' },
      {
        id: `fc_${naming.traceId}_2`,
        type: 'function_call',
        call_id: 'c1',
        name: 'f',
        arguments: '{"a": 1}',
      },
      { type: 'function_call', call_id: `call_${naming.traceId}_1`, name: 'g', arguments: '{"b":2}' },
      { id: `ctc_${naming.traceId}_4`, type: 'custom_tool_call', call_id: 'c3', name: 'h', input: 'free' },
    ])
    expect(output).toHaveLength(5)
  })

  it('gives back as custom tools those that went as functions', () => {
    const tool_calls = [
      { id: 'c1', type: 'function', function: { name: 'g', arguments: '{"input":"a\\nb"}' } },
      { id: 'c2', type: 'function', function: { name: 'g', arguments: '{"other":1}' } },
    ]
    const { output } = responsesReply(completion({ content: null, tool_calls }, 'tool_calls'), new Set(['g']))
    expect(output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'c1', input: 'a\nb' },
      { type: 'custom_tool_call', call_id: 'c2', input: '{"other":1}' },
    ])
  })

  it('keeps a refusal and citations', () => {
    const citation = { start_index: 0, end_index: 2, title: 'T', url: 'https://e.x' }
    const annotations = [{ type: 'url_citation', url_citation: citation }, { type: 'strange' }]
    expect(read({ content: 'abc', annotations, refusal: 'No.' })['output']).toMatchObject([
      {
        content: [
          { type: 'output_text', text: 'abc', annotations: [{ type: 'url_citation', ...citation }] },
          { type: 'refusal', refusal: 'No.' },
        ],
      },
    ])
  })

  it.each([
    ['length', 'max_output_tokens'],
    ['content_filter', 'content_filter'],
  ])('that ended by %s is incomplete, and so is the last of its items', (finish, reason) => {
    const { status, incomplete_details, output } = read({ content: 'Hel', reasoning: 'hm' }, finish)
    expect({ status, incomplete_details }).toEqual({ status: 'incomplete', incomplete_details: { reason } })
    expect((output as Json[]).map((item) => item['status'])).toEqual(['completed', 'incomplete'])
  })

  it('is completed with calls, whatever the server calls that', () => {
    const tool_calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }]
    for (const finish of ['stop', 'tool_calls', 'function_call', '', null]) {
      expect(read({ content: null, tool_calls }, finish)['status']).toBe('completed')
    }
  })

  it('without figures is estimated, never free', () => {
    expect(read({ content: 'Hello, you' }, 'stop', { usage: undefined })['usage']).toMatchObject({
      input_tokens: 0,
      output_tokens: 3,
    })
  })

  it('with an error in it is that error, and never an empty response', () => {
    const body = { error: { message: 'busy', code: 'server_is_overloaded' } }
    expect(refusalOf(() => responsesReply(body)).code).toBe('worker-overloaded')
    expect(refusalOf(() => read({ content: '' }, 'error')).code).toBe('worker-failed')
    expect(refusalOf(() => read({ content: null }, null)).code).toBe('worker-protocol')
  })

  it.each(['', 'no JSON', '[]', '{}', '{"choices":[]}', '<html>'])('is none when the body is %j', (body) => {
    expect(refusalOf(() => responsesReply(body)).code).toBe('worker-protocol')
  })
})
