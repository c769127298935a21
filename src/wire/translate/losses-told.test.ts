import { describe, expect, it } from 'vitest'
import type { Wire } from '../../core/wire.ts'
import { request, type TargetOptions, toAnthropicRequest, toChatRequest } from './requests.suite.ts'

/** What one protocol says and the other cannot: nothing of it goes silently. */

const schema = { type: 'object', properties: {} }
const userItem = { role: 'user', content: 'Hi' }
const callItem = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
const outputItem = { type: 'function_call_output', call_id: 'c', output: 'x' }
const responses = (body: object, options?: TargetOptions) =>
  request('openai-responses', 'anthropic', { model: 'auto', input: 'Hi', ...body }, options)

describe('what goes to Anthropic from Responses', () => {
  it.each<[string, object, readonly string[]]>([
    [
      'a phase',
      { input: [userItem, { role: 'assistant', content: 'B', phase: 'commentary' }, userItem] },
      ['phase'],
    ],
    ['a new member of a message', { input: [{ ...userItem, extra: 1 }] }, ['extra']],
    ['a new member of a call', { input: [userItem, { ...callItem, extra: 1 }, outputItem] }, ['extra']],
    ['a new member of an output', { input: [userItem, callItem, { ...outputItem, extra: 1 }] }, ['extra']],
    [
      'a new member of a part',
      { input: [{ role: 'user', content: [{ type: 'input_text', text: 'A', extra: 1 }] }] },
      ['extra'],
    ],
    [
      'what a schema is for',
      { text: { format: { type: 'json_schema', name: 'r', schema, strict: true, description: 'D' } } },
      ['description'],
    ],
    [
      'a filter of a search',
      { tools: [{ type: 'web_search', filters: { allowed_domains: ['a'], blocked_domains: ['b'] } }] },
      ['blocked_domains'],
    ],
    ['a temperature above the scale', { temperature: 1.5 }, []],
  ])('%s', (_what, body, fields) => {
    const expected = fields.length > 0 ? fields.map((field) => `removed:${field}`) : ['sampling-dropped']
    expect(responses(body).losses).toEqual(expected)
  })

  it('what a reply says of its own items is none of it', () => {
    const said = { type: 'output_text', text: 'B', annotations: [], logprobs: [] }
    const item = { type: 'message', id: 'msg_1', status: 'completed', role: 'assistant', content: [said] }
    expect(responses({ input: [userItem, item, userItem] }).losses).toEqual([])
  })

  it('a summary of the reasoning, where the model can only be given a budget', () => {
    const asked = { reasoning: { effort: 'low', summary: 'auto' } }
    const takes = { efforts: ['low'], thinkingModes: ['enabled', 'disabled'] }
    expect(responses(asked, { takes }).losses).toEqual(['removed:reasoning.summary'])
    const off = { reasoning: { effort: 'none', summary: 'auto' } }
    expect(responses(off, { takes })).toMatchObject({ body: { thinking: { type: 'disabled' } }, losses: [] })
  })

  it('a search that the vendor made, which is told in words', () => {
    const action = { type: 'open_page', url: 'https://x.test' }
    const call = { type: 'web_search_call', id: 'ws_1', status: 'completed', action }
    const { body, losses } = responses({ input: [userItem, call, userItem] })
    expect(body['messages']).toMatchObject([
      {},
      { role: 'assistant', content: [{ text: '[web_search: {"type":"open_page","url":"https://x.test"}]' }] },
      {},
    ])
    expect(losses).toEqual(['removed:web_search_call'])
  })

  it('ends of cached prefixes beyond four, also in what a tool gave back', () => {
    const part = { type: 'input_text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit' } }
    const parts = [part, part, part]
    const { body, losses } = responses({
      input: [userItem, callItem, { ...outputItem, output: parts }, { role: 'user', content: parts }],
    })
    expect(JSON.stringify(body).split('cache_control')).toHaveLength(5)
    expect(losses).toEqual(['removed:prompt_cache_breakpoint'])
  })
})

describe('what goes to Anthropic from Chat', () => {
  it('what a schema is for', () => {
    const format = { type: 'json_schema', json_schema: { name: 'r', schema, strict: true, description: 'D' } }
    expect(toAnthropicRequest({ response_format: format }).losses).toEqual(['removed:description'])
  })

  it.each([{ temperature: 1.5 }, { top_p: 2 }])('sampling above the scale: %j', (body) => {
    expect(toAnthropicRequest(body)).toMatchObject({ losses: ['sampling-dropped'] })
    expect(Object.values(toAnthropicRequest(body).body)).toContain(1)
  })

  it.each([
    ['none', ['adaptive', 'disabled'], { thinking: { type: 'disabled' } }, []],
    ['none', ['adaptive', 'between_tools'], { thinking: { type: 'between_tools' } }, []],
    ['none', ['adaptive'], { output_config: { effort: 'low' } }, ['thinking-forced-on']],
    ['low', ['adaptive', 'disabled'], { output_config: { effort: 'low' } }, []],
  ])('effort %s, where it may think %j', (effort, thinkingModes, body, losses) => {
    const takes = { efforts: ['low', 'high'], thinkingModes }
    expect(toAnthropicRequest({ reasoning_effort: effort }, { takes })).toMatchObject({ body, losses })
  })

  it('an end of a cached prefix, which stays one', () => {
    const mark = { prompt_cache_breakpoint: { mode: 'explicit' } }
    const { body, losses } = toAnthropicRequest({
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'S', ...mark }] },
        { role: 'user', content: [{ type: 'text', text: 'A', ...mark }] },
      ],
    })
    const cached = { cache_control: { type: 'ephemeral' } }
    expect(body).toMatchObject({
      system: [{ type: 'text', text: 'S', ...cached }],
      messages: [{ content: [{ type: 'text', text: 'A', ...cached }] }],
    })
    expect(losses).toEqual([])
  })

  it('a key of the cache, which nothing there needs', () => {
    expect(toAnthropicRequest({ prompt_cache_key: 'k' }).losses).toEqual([])
  })
})

describe('what a server adds to its calls', () => {
  it.each<Wire>(['anthropic', 'openai-responses'])('is told when it does not go to %s', (wire) => {
    const called = {
      id: 'c',
      index: 0,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
      extra_content: { google: { thought_signature: 's' } },
    }
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, tool_calls: [called] },
      { role: 'tool', tool_call_id: 'c', content: 'x' },
    ]
    expect(request('openai-chat', wire, { model: 'auto', messages }).losses).toEqual([
      'removed:extra_content',
    ])
  })
})

describe('what goes to Chat from Anthropic', () => {
  it('what a PDF is about, which stands before it', () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }
    const content = [{ type: 'document', source, title: 'a.pdf', context: 'old' }]
    expect(toChatRequest({ messages: [{ role: 'user', content }] })).toMatchObject({
      body: {
        messages: [
          {
            content: [
              { type: 'text', text: 'Context: old' },
              { type: 'file', file: { filename: 'a.pdf' } },
            ],
          },
        ],
      },
      losses: [],
    })
  })

  it('an effort beside thinking that is off, unless it is the one that is sent', () => {
    const asked = (effort: string) => ({ thinking: { type: 'disabled' }, output_config: { effort } })
    expect(toChatRequest(asked('high')).losses).toEqual(['removed:output_config.effort'])
    expect(toChatRequest(asked('low'), { dialect: 'vllm' }).losses).toEqual(['thinking-forced-on'])
  })

  it('a search for tools, and more tools than the model takes', () => {
    const search = { type: 'tool_search_tool_regex_20251119', name: 'tool_search_tool_regex' }
    const tools = [1, 2].map((number) => ({ name: `f${number}`, input_schema: schema }))
    const takes = { toolsMax: 2 }
    expect(toChatRequest({ tools: [search, ...tools] }, { takes })).toMatchObject({
      body: { tools: [{ function: { name: 'f1' } }, { function: { name: 'f2' } }] },
      losses: ['removed:tool_search'],
    })
    expect(() => toChatRequest({ tools }, { takes: { toolsMax: 1 } })).toThrow(/^tools: .*at most 1/)
  })
})

describe('what goes to Responses from Chat', () => {
  it('is refused where the assistant is to go on', () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'The' },
    ]
    expect(() => request('openai-chat', 'openai-responses', { model: 'auto', messages })).toThrow(
      /^messages\.1: /,
    )
  })
})

describe('the least of reasoning', () => {
  it('is some of it', () => {
    const options = { takes: { efforts: ['none', 'low'] } }
    const asked = { model: 'auto', input: 'Hi', reasoning: { effort: 'minimal' } }
    expect(request('openai-responses', 'openai-chat', asked, options)).toMatchObject({
      body: { reasoning_effort: 'low' },
      losses: ['effort-clamped'],
    })
  })
})
