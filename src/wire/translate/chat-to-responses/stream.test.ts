import { describe, expect, it } from 'vitest'
import {
  type Json,
  readBySdk,
  readResponses,
  type ResponsesRead,
  responsesReply,
  responsesStreamOf,
  type StreamOptions,
} from '../responses-to-chat/pair.suite.ts'
import { chatStream, chunk, done, naming } from '../streams.suite.ts'

const stream = (parts: readonly (object | string)[], options?: StreamOptions): ResponsesRead =>
  readResponses(responsesStreamOf(chatStream(...parts), options))

const call = (index: number | undefined, id: string | null, name: string | null, args: unknown): object => ({
  ...(index !== undefined && { index }),
  ...(id !== null && { id }),
  type: 'function',
  function: { ...(name !== null && { name }), arguments: args },
})
const tools = (...calls: readonly object[]): object => chunk({ tool_calls: calls })
const finished = (finish = 'tool_calls'): (object | string)[] => [chunk({}, finish), done]
const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }

describe('a streamed text', () => {
  const parts = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({}, 'stop'),
    {
      choices: [],
      service_tier: 'flex',
      usage: {
        ...usage,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    },
    done,
  ]

  it('comes with every event of the protocol, and once more as a whole at the end', () => {
    const { types, response } = stream(parts)
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(response).toMatchObject({
      id: `resp_${naming.traceId}`,
      object: 'response',
      created_at: naming.createdS,
      model: 'auto',
      status: 'completed',
      error: null,
      incomplete_details: null,
      service_tier: 'flex',
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 5 },
        total_tokens: 120,
      },
      output: [
        {
          id: `msg_${naming.traceId}_0`,
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
        },
      ],
    })
  })

  it('is read by OpenAI’s own library', async () => {
    const text = responsesStreamOf(chatStream(...parts))
    expect(await readBySdk(text)).toMatchObject(readResponses(text).response)
  })

  it('begins at once, before the first word', () => {
    expect(stream([chunk({ role: 'assistant', content: '' })]).types).toEqual([
      'response.created',
      'response.in_progress',
    ])
  })
})

describe('the text of a stream', () => {
  const texts = (parts: readonly (object | string)[]): unknown[] =>
    stream(parts).output.map((item) => ((item['content'] as Json[])[0] ?? {})['text'])

  it('survives a missing role, a role in every chunk, null, empty and listed content, and strangers’ fields', () => {
    const parts = [
      chunk({ content: null }),
      chunk({ role: 'assistant', content: 'a', obfuscation: 'xyz' }),
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: [{ type: 'text', text: 'b' }] }, null, { timings: {} }),
      { choices: [] },
      { object: 'chat.completion.chunk' },
      ...finished('stop'),
    ]
    expect(texts(parts)).toEqual(['ab'])
  })

  it('survives comments, CRLF, data without a space, data in two lines and an end without a blank line', () => {
    const bytes =
      ': PROCESSING\n\n' +
      `data:${JSON.stringify(chunk({ content: 'a' }))}\r\n\r\n` +
      `data: {"choices":[{"index":0,\ndata: "delta":{"content":"b"},"finish_reason":"stop"}]}\n\n` +
      'data: [DONE]'
    expect(texts([bytes])).toEqual(['ab'])
  })

  it('is the first choice’s, and comes also as one message instead of deltas', () => {
    expect(
      texts([
        { choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'length' }] },
        { choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] },
        done,
      ]),
    ).toEqual(['Hi'])
  })

  it('of white space alone becomes no message, and before real text it is kept', () => {
    const blank = stream([chunk({ content: '\n\n' }), tools(call(0, 'c1', 'f', '{}')), ...finished()])
    expect(blank.output.map((item) => item['type'])).toEqual(['function_call'])
    expect(texts([chunk({ content: '\n' }), chunk({ content: 'a' }), ...finished('stop')])).toEqual(['\na'])
  })

  it('that goes on after a call is a message of its own, in its place', () => {
    const { output } = stream([
      chunk({ content: 'a' }),
      tools(call(0, 'c1', 'f', '{}')),
      chunk({ content: 'b' }),
      ...finished(),
    ])
    expect(output.map((item) => item['type'])).toEqual(['message', 'function_call', 'message'])
  })

  it('keeps its citations', () => {
    const citation = { start_index: 0, end_index: 2, title: 'T', url: 'https://e.x' }
    const { types, output } = stream([
      chunk({ content: 'abc' }),
      chunk({ annotations: [{ type: 'url_citation', url_citation: citation }] }),
      ...finished('stop'),
    ])
    expect(types).toContain('response.output_text.annotation.added')
    expect(output).toMatchObject([{ content: [{ annotations: [{ type: 'url_citation', ...citation }] }] }])
  })

  it('and a refusal are parts of one message', () => {
    const { output, response } = stream([
      chunk({ content: 'a' }),
      chunk({ refusal: 'No.' }),
      ...finished('stop'),
    ])
    expect(output).toMatchObject([
      { content: [{ type: 'output_text' }, { type: 'refusal', refusal: 'No.' }] },
    ])
    expect(response['status']).toBe('completed')
  })
})

describe('streamed reasoning', () => {
  it.each([
    ['reasoning', { reasoning: 'hm' }],
    ['reasoning_content', { reasoning_content: 'hm' }],
    ['reasoning_text', { reasoning_text: 'hm' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }],
    ['two names at once', { reasoning: 'hm', reasoning_content: 'hm' }],
    ['a part of the content', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }] }],
  ])('under the name of %s is an item before the message, and no text of it', (_, delta) => {
    const { output } = stream([chunk(delta), chunk({ content: 'Yes' }), ...finished('stop')])
    expect(output).toMatchObject([
      {
        id: `rs_${naming.traceId}_0`,
        type: 'reasoning',
        status: 'completed',
        summary: [],
        content: [{ type: 'reasoning_text', text: 'hm' }],
      },
      { id: `msg_${naming.traceId}_1`, type: 'message', content: [{ text: 'Yes' }] },
    ])
  })

  it('comes with its own events', () => {
    const { types } = stream([chunk({ reasoning: 'h' }), chunk({ reasoning: 'm' }), ...finished('stop')])
    expect(types.slice(2, -1)).toEqual([
      'response.output_item.added',
      'response.content_part.added',
      'response.reasoning_text.delta',
      'response.reasoning_text.delta',
      'response.reasoning_text.done',
      'response.content_part.done',
      'response.output_item.done',
    ])
  })
})

describe('streamed calls', () => {
  const calls = (parts: readonly (object | string)[], options?: StreamOptions): unknown[] =>
    stream(parts, options).output.map((item) => [
      item['call_id'],
      item['name'],
      item['arguments'] ?? item['input'],
    ])

  it('come with their own events, and the arguments once', () => {
    const { types, output } = stream([
      tools(call(0, 'c1', 'f', '')),
      tools(call(0, null, null, '{"a":')),
      tools(call(0, null, null, '1}')),
      ...finished(),
    ])
    expect(types.slice(2)).toEqual([
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(output).toEqual([
      {
        id: `fc_${naming.traceId}_0`,
        type: 'function_call',
        status: 'completed',
        call_id: 'c1',
        name: 'f',
        arguments: '{"a":1}',
      },
    ])
  })

  it('that come several in one chunk are all there', () => {
    expect(calls([tools(call(0, 'c1', 'f', '{}'), call(1, 'c2', 'g', '{}')), ...finished()])).toEqual([
      ['c1', 'f', '{}'],
      ['c2', 'g', '{}'],
    ])
  })

  it('keep apart what comes mixed', () => {
    const parts = [
      tools(call(0, 'c1', 'f', '{"a"'), call(1, 'c2', 'g', '{"b"')),
      tools(call(1, null, null, ':1}')),
      tools(call(0, null, null, ':0}')),
      ...finished(),
    ]
    expect(calls(parts)).toEqual([
      ['c1', 'f', '{"a":0}'],
      ['c2', 'g', '{"b":1}'],
    ])
  })

  it('without a number, or all with the same, are told apart by name and id', () => {
    const bare = [
      tools(call(undefined, 'c1', 'f', '{}')),
      tools(call(undefined, 'c2', 'f', '{}')),
      ...finished('stop'),
    ]
    const same = [tools(call(0, 'c1', 'f', '{}')), tools(call(0, 'c2', 'f', '{}')), ...finished('stop')]
    for (const parts of [bare, same]) {
      expect(calls(parts)).toEqual([
        ['c1', 'f', '{}'],
        ['c2', 'f', '{}'],
      ])
    }
  })

  it('without ids get derived ones', () => {
    const id = `call_${naming.traceId}_0`
    expect(calls([tools(call(0, null, 'f', '{}')), ...finished()])).toEqual([[id, 'f', '{}']])
  })

  it('wait for their id, which some servers send after the name', () => {
    const parts = [tools(call(0, null, 'f', '')), tools(call(0, 'c1', null, '{}')), ...finished()]
    expect(calls(parts)).toEqual([['c1', 'f', '{}']])
  })

  it('keep ids of any form', () => {
    expect(calls([tools(call(0, 'functions.f:0', 'f', '{}')), ...finished()])).toEqual([
      ['functions.f:0', 'f', '{}'],
    ])
  })

  it('whose name comes again empty are one call', () => {
    const parts = [
      tools(call(0, 'c1', 'f', '{"a"')),
      tools(call(0, 'c1', '', ':1}')),
      tools(call(0, null, '', '')),
      ...finished(),
    ]
    expect(calls(parts)).toEqual([['c1', 'f', '{"a":1}']])
  })

  it('with an object, nothing, or no JSON for arguments are passed on as text', () => {
    expect(calls([tools(call(0, 'c1', 'f', { a: 1 })), ...finished()])).toEqual([['c1', 'f', '{"a":1}']])
    expect(calls([tools(call(0, 'c1', 'f', '')), ...finished()])).toEqual([['c1', 'f', '{}']])
    expect(calls([tools(call(0, 'c1', 'f', 'not {json')), ...finished()])).toEqual([['c1', 'f', 'not {json']])
  })

  it('in the chunk of the finish are not lost', () => {
    expect(calls([chunk({ tool_calls: [call(0, 'c1', 'f', '{}')] }, 'tool_calls'), done])).toEqual([
      ['c1', 'f', '{}'],
    ])
  })

  it('of the old form are calls', () => {
    const parts = [
      chunk({ function_call: { name: 'f', arguments: '{"a"' } }),
      chunk({ function_call: { arguments: ':1}' } }),
      ...finished('function_call'),
    ]
    expect(calls(parts)).toEqual([[`call_${naming.traceId}_0`, 'f', '{"a":1}']])
  })

  it('of custom tools come back as such, as they are or out of a function’s arguments', () => {
    const custom = (input: string, name?: string): object => ({
      index: 0,
      id: 'c1',
      type: 'custom',
      custom: { name, input },
    })
    const { types, output } = stream([tools(custom('fr', 'g')), tools(custom('ee')), ...finished()])
    expect(types).toContain('response.custom_tool_call_input.delta')
    expect(output).toMatchObject([{ id: `ctc_${naming.traceId}_0`, type: 'custom_tool_call', input: 'free' }])
    const options = { customTools: new Set(['g']) }
    const wrapped = [
      tools(call(0, 'c1', 'g', '{"inp')),
      tools(call(0, null, null, 'ut":"a\\nb"}')),
      ...finished(),
    ]
    expect(calls(wrapped, options)).toEqual([['c1', 'g', 'a\nb']])
    expect(calls([tools(call(0, 'c1', 'g', 'plain')), ...finished()], options)).toEqual([
      ['c1', 'g', 'plain'],
    ])
  })

  it('that never name a tool are none, whatever the finish says', () => {
    const { output, response } = stream([
      chunk({ content: 'a' }),
      tools(call(0, 'c1', null, '{}')),
      ...finished(),
    ])
    expect(output.map((item) => item['type'])).toEqual(['message'])
    expect(response['status']).toBe('completed')
  })

  it('are cut with the reply, and the last of them says so', () => {
    const { types, output, response } = stream([
      tools(call(0, 'c1', 'f', '{}'), call(1, 'c2', 'g', '{"a')),
      ...finished('length'),
    ])
    expect(types.at(-1)).toBe('response.incomplete')
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
    expect(output.map((item) => [item['status'], item['arguments']])).toEqual([
      ['completed', '{}'],
      ['incomplete', '{"a'],
    ])
  })

  it('without end are a failure', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => tools(call(index, `c${index}`, 'f', '{}')))
    expect(stream(many).types.at(-1)).toBe('response.failed')
  })
})

describe('the end of a stream', () => {
  it.each([
    ['length', 'incomplete', 'max_output_tokens'],
    ['max_tokens', 'incomplete', 'max_output_tokens'],
    ['content_filter', 'incomplete', 'content_filter'],
    ['stop', 'completed', undefined],
    ['a new reason', 'completed', undefined],
  ])('by %s is %s', (finish, status, reason) => {
    const { types, response } = stream([chunk({ content: 'a' }), ...finished(finish)])
    expect(types.at(-1)).toBe(`response.${status}`)
    expect((response['incomplete_details'] as Json | null)?.['reason']).toBe(reason)
  })

  it('is one, also after two finishes', () => {
    const parts = [
      tools(call(0, 'c1', 'f', '{}')),
      chunk({}, 'tool_calls'),
      chunk({ content: '' }, 'stop'),
      done,
    ]
    expect(stream(parts).types.filter((type) => type === 'response.completed')).toHaveLength(1)
  })

  it('is the first that says more than that it is one', () => {
    const parts = [chunk({ content: 'a' }, 'length'), chunk({}, 'stop'), done]
    expect(stream(parts).types.at(-1)).toBe('response.incomplete')
  })

  it('takes the last figures, wherever they come, and never adds them up', () => {
    const figures = (tokens: number): object => ({ usage: { ...usage, completion_tokens: tokens } })
    const { response } = stream([
      chunk({ content: 'a' }, null, figures(1)),
      chunk({ content: 'b' }, 'stop', figures(2)),
      { choices: [], ...figures(7) },
      { choices: [], usage: null },
      done,
    ])
    expect(response['usage']).toMatchObject({ input_tokens: 100, output_tokens: 7, total_tokens: 107 })
  })

  it('without figures is estimated, never free', () => {
    const { response } = stream([chunk({ content: 'Hello, you' }), ...finished('stop')])
    expect(response['usage']).toMatchObject({ output_tokens: 3 })
  })

  it('comes with the connection’s, when the finish was there and [DONE] was not', () => {
    expect(stream([chunk({ content: 'a' }), chunk({}, 'stop')]).types.at(-1)).toBe('response.completed')
  })

  it('comes with [DONE], when something was said and the finish was not there', () => {
    expect(stream([chunk({ content: 'a' }), chunk({}, ''), done]).types.at(-1)).toBe('response.completed')
  })

  it('without finish and without [DONE] is left to who sees the connection close', () => {
    expect(stream([chunk({ content: 'a' })]).types.at(-1)).toBe('response.output_text.delta')
    expect(stream([tools(call(0, 'c1', 'f', '{}'))]).types.at(-1)).toBe(
      'response.function_call_arguments.delta',
    )
  })

  it.each<[string, object | string]>([
    ['nested', { error: { message: 'x', type: 'server_error', code: 'server_is_overloaded' } }],
    ['a plain string', { error: 'x' }],
    ['with a number for a code', { error: { code: 502, message: 'x' } }],
    ['a list', 'data: [{"error":{"message":"x"}}]\n\n'],
    ['flat', { object: 'error', message: 'x', code: 500 }],
    ['a bare message', { message: 'x' }],
    ['an event of that name', 'event: error\ndata: {"message":"x"}\n\n'],
    ['no JSON', 'data: <html>\n\n'],
    ['a finish', chunk({}, 'error')],
    ['[DONE] and nothing else', done],
  ])('with an error (%s) is a failure, and nothing follows', (_, failure) => {
    const parts =
      failure === done
        ? [done]
        : [chunk({ content: 'a' }), failure, chunk({ content: 'b' }), ...finished('stop')]
    const { types, response } = stream(parts)
    expect(types.at(-1)).toBe('response.failed')
    expect(response['error']).toMatchObject({ message: expect.any(String) })
    expect(types).not.toContain('response.completed')
  })
})

describe('OpenAI’s own library', () => {
  it('reads reasoning, text, a refusal, mixed calls and custom tools', async () => {
    const text = responsesStreamOf(
      chatStream(
        chunk({ reasoning_content: 'hm ' }),
        chunk({ reasoning_content: 'yes' }),
        chunk({ content: 'Hi' }),
        chunk({ refusal: 'no' }),
        tools(call(0, 'a', 'f', '{"x":'), call(1, 'b', 'patch', '{"input":"')),
        tools(call(0, null, null, '1}'), call(1, null, null, 'z"}')),
        tools(call(2, 'c', 'g', '')),
        chunk({ content: 'and more' }),
        ...finished(),
      ),
      { customTools: new Set(['patch']) },
    )
    const response = await readBySdk(text)
    expect(response).toMatchObject(readResponses(text).response)
    expect(response['output']).toHaveLength(6)
  })
})

it('a stream says the same as the whole reply does', () => {
  const message = {
    role: 'assistant',
    content: 'Hello',
    reasoning: 'hm',
    refusal: 'no',
    tool_calls: [call(undefined, 'c1', 'f', '{"a":1}'), call(undefined, 'c2', 'g', '')],
  }
  const { tool_calls: given, ...said } = message
  const deltas = given.map((whole, index) => ({ index, ...whole }))
  const { response } = stream([chunk(said), tools(...deltas), chunk({}, 'tool_calls', { usage }), done])
  expect(responsesReply({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage })).toEqual(
    response,
  )
})
