import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { naming } from '../streams.suite.ts'
import {
  chatReply,
  chatStreamOf,
  type Json,
  type ResponsesEvent,
  responsesEvents,
  type StreamOptions,
  toChat,
} from './pair.suite.ts'

const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 5 },
}
const created: ResponsesEvent = {
  type: 'response.created',
  response: { id: 'resp_1', status: 'in_progress', output: [] },
}
const added = (index: number, item: object): ResponsesEvent => ({
  type: 'response.output_item.added',
  output_index: index,
  item,
})
const itemDone = (index: number, item: object): ResponsesEvent => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
})
const textDelta = (delta: string, index = 0): ResponsesEvent => ({
  type: 'response.output_text.delta',
  item_id: `i${index}`,
  output_index: index,
  content_index: 0,
  delta,
})
const inputDelta = (delta: string, index = 0): ResponsesEvent => ({
  type: 'response.function_call_arguments.delta',
  item_id: `i${index}`,
  output_index: index,
  delta,
})
const completed = (more: object = {}): ResponsesEvent => ({
  type: 'response.completed',
  response: { id: 'resp_1', status: 'completed', output: [], usage, ...more },
})
const message = (text: string): object => ({
  id: 'i0',
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
})
const call = (index: number, args = '', name = 'f'): object => ({
  id: `i${index}`,
  type: 'function_call',
  call_id: `c${index}`,
  name,
  arguments: args,
})

const read = (events: readonly ResponsesEvent[], options?: StreamOptions): ReturnType<typeof toChat> =>
  toChat(responsesEvents(...events), options)

const hello = [
  created,
  { type: 'response.in_progress', response: {} },
  added(0, { ...message(''), content: [] }),
  { type: 'response.content_part.added', item_id: 'i0', output_index: 0, content_index: 0, part: {} },
  textDelta('Hel'),
  textDelta('lo'),
  { type: 'response.output_text.done', item_id: 'i0', output_index: 0, content_index: 0, text: 'Hello' },
  { type: 'response.content_part.done', item_id: 'i0', output_index: 0, content_index: 0, part: {} },
  itemDone(0, message('Hello')),
  completed({ output: [message('Hello')], service_tier: 'flex' }),
]

describe('a streamed text', () => {
  it('comes as chunks: the role first, each piece once, one finish with the figures, and the end', () => {
    const { chunks, content, finish, usage: told, isDone } = read(hello)
    expect(chunks).toHaveLength(4)
    expect({ content, finish, isDone }).toEqual({ content: 'Hello', finish: 'stop', isDone: true })
    expect(told).toEqual({
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 5 },
    })
    expect(chunks.at(-1)).toMatchObject({ service_tier: 'flex' })
  })

  it('ends with a chunk of usage alone, when that was asked for', () => {
    const { chunks } = read(hello, { naming: { ...naming, usageChunk: true } })
    expect(chunks.at(-2)).not.toHaveProperty('usage')
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 120 } })
  })

  it('begins at once, before the first word', () => {
    expect(read([created]).chunks).toHaveLength(1)
  })

  it('comes from the end of its item, or of the response, when there were no deltas', () => {
    expect(
      read([created, added(0, { ...message(''), content: [] }), itemDone(0, message('A')), completed()])
        .content,
    ).toBe('A')
    expect(read([created, completed({ output: [message('A')] })]).content).toBe('A')
    expect(read([textDelta('A'), completed({ output: [message('A')] })]).content).toBe('A')
  })

  it('is one text though it comes as several messages', () => {
    expect(read([textDelta('One', 0), textDelta('Two', 1), textDelta('!', 1), completed()]).content).toBe(
      'One\n\nTwo!',
    )
  })

  it('goes on under ids that change with every event', () => {
    const changing = ['a', 'b', 'c'].map((id) => ({ ...textDelta(id), item_id: `x${id}` }))
    expect(read([...changing, itemDone(0, { ...message('abc'), id: 'y' }), completed()]).content).toBe('abc')
  })

  it('is not said again when the response names its items anew at the end', () => {
    const unplaced = { type: 'response.output_text.delta', item_id: 'x', delta: 'A' }
    expect(read([unplaced, completed({ output: [message('A')] })]).content).toBe('A')
  })

  it('is not said again when items are missing from the end, so that the others have other numbers', () => {
    const reasoning = added(0, { id: 'rs', type: 'reasoning', summary: [] })
    const events = [reasoning, textDelta('A', 1), completed({ output: [{ ...message('A'), id: 'new' }] })]
    expect(read(events).content).toBe('A')
  })

  it('carries citations to where they are, and only once', () => {
    const annotation = { type: 'url_citation', start_index: 0, end_index: 2, title: 'T', url: 'https://e.x' }
    const whole = {
      id: 'i1',
      type: 'message',
      content: [{ type: 'output_text', text: 'Two', annotations: [annotation] }],
    }
    const at = {
      type: 'response.output_text.annotation.added',
      item_id: 'i1',
      output_index: 1,
      content_index: 0,
    }
    for (const events of [[{ ...at, annotation }], []]) {
      const { chunks } = read([
        textDelta('One', 0),
        textDelta('Two', 1),
        ...events,
        itemDone(1, whole),
        completed(),
      ])
      const deltas = chunks.map((chunk) => (chunk['choices'] as Json[])[0]?.['delta'] as Json)
      expect(deltas.flatMap((delta) => delta['annotations'] ?? [])).toEqual([
        {
          type: 'url_citation',
          url_citation: { start_index: 5, end_index: 7, title: 'T', url: 'https://e.x' },
        },
      ])
    }
  })

  it('never shows reasoning, nor what the worker’s own tools do', () => {
    const { content, chunks } = read([
      created,
      added(0, { id: 'rs', type: 'reasoning', summary: [] }),
      { type: 'response.reasoning_summary_text.delta', item_id: 'rs', output_index: 0, delta: 'hm' },
      { type: 'response.reasoning_text.delta', item_id: 'rs', output_index: 0, delta: 'hm' },
      itemDone(0, { id: 'rs', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] }),
      { type: 'response.web_search_call.searching', item_id: 'ws', output_index: 1 },
      { type: 'response.something_new', data: 1 },
      textDelta('Yes', 2),
      completed(),
    ])
    expect(content).toBe('Yes')
    expect(chunks).toHaveLength(3)
  })

  it('survives events without a name, and a keepalive becomes the client’s', () => {
    const bytes = Buffer.from(
      `data: ${JSON.stringify(textDelta('A'))}\n\ndata: {"type":"keepalive"}\n\ndata: ${JSON.stringify(completed())}\n\ndata: [DONE]\n\n`,
    )
    expect(toChat(bytes)).toMatchObject({ content: 'A', finish: 'stop', isDone: true })
    expect(chatStreamOf(bytes)).toContain(': ping')
  })
})

describe('a refusal', () => {
  it('comes as one, and the reply ends as any other', () => {
    const { refusal, finish } = read([
      { type: 'response.refusal.delta', item_id: 'i0', output_index: 0, content_index: 0, delta: 'No' },
      { type: 'response.refusal.done', item_id: 'i0', output_index: 0, content_index: 0, refusal: 'No' },
      completed(),
    ])
    expect({ refusal, finish }).toEqual({ refusal: 'No', finish: 'stop' })
  })
})

describe('streamed calls', () => {
  it('are announced at once; their arguments come from the deltas alone', () => {
    const { calls, finish } = read([
      added(0, call(0)),
      inputDelta('{"a":'),
      inputDelta('1}'),
      { type: 'response.function_call_arguments.done', item_id: 'i0', output_index: 0, arguments: '{"a":1}' },
      itemDone(0, call(0, '{"a":1}')),
      completed({ output: [call(0, '{"a":1}')] }),
    ])
    expect(calls).toEqual([
      { index: 0, id: 'c0', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
    ])
    expect(finish).toBe('tool_calls')
  })

  it('keep apart what comes mixed', () => {
    const { calls } = read([
      added(0, call(0)),
      added(1, call(1, '', 'g')),
      inputDelta('{"a"', 0),
      inputDelta('{"b"', 1),
      inputDelta(':0}', 0),
      inputDelta(':1}', 1),
      itemDone(0, call(0, '{"a":0}')),
      itemDone(1, call(1, '{"b":1}', 'g')),
      completed(),
    ])
    expect(calls.map(({ id, function: { name, arguments: args } }) => [id, name, args])).toEqual([
      ['c0', 'f', '{"a":0}'],
      ['c1', 'g', '{"b":1}'],
    ])
  })

  it('that are named only at the end of their item come then, whole', () => {
    const { calls } = read([
      added(0, { id: 'i0', type: 'function_call' }),
      inputDelta('{}'),
      itemDone(0, call(0, '{}')),
      completed(),
    ])
    expect(calls).toEqual([
      { index: 0, id: 'c0', type: 'function', function: { name: 'f', arguments: '{}' } },
    ])
  })

  it('without arguments get an empty object', () => {
    expect(read([added(0, call(0)), itemDone(0, call(0)), completed()]).calls[0]?.function.arguments).toBe(
      '{}',
    )
    expect(read([added(0, call(0)), completed()]).calls[0]?.function.arguments).toBe('{}')
  })

  it('of custom tools carry their input as it is', () => {
    const custom = { id: 'i0', type: 'custom_tool_call', call_id: 'c0', name: 'g', input: '' }
    const delta = { type: 'response.custom_tool_call_input.delta', item_id: 'i0', output_index: 0 }
    const text = chatStreamOf(
      responsesEvents(
        added(0, custom),
        { ...delta, delta: 'fr' },
        { ...delta, delta: 'ee' },
        itemDone(0, { ...custom, input: 'free' }),
        completed(),
      ),
    )
    expect(text).toContain(
      '{"tool_calls":[{"index":0,"id":"c0","type":"custom","custom":{"name":"g","input":""}}]}',
    )
    expect(text).toContain('{"tool_calls":[{"index":0,"custom":{"input":"fr"}}]}')
    expect(text.match(/"input":"/g)).toHaveLength(3)
  })

  it('that a server announces without end are a failure', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => added(index, call(index)))
    expect(read(many).error).toMatchObject({ code: 'worker_protocol' })
  })
})

describe('a streamed response', () => {
  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
    ['a new reason', 'length'],
  ])('that is incomplete for %s ends as %s, and never as calls', (reason, finish) => {
    const end = {
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason }, usage },
    }
    expect(read([added(0, call(0)), inputDelta('{"a'), end])).toMatchObject({ finish, isDone: true })
  })

  it.each([
    [
      'response.failed',
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'server_is_overloaded', message: 'x' } },
      },
    ],
    ['a bare error', { type: 'error', code: 'server_error', message: 'x', param: null }],
    ['a nested error', { type: 'error', error: { code: 'insufficient_quota', message: 'x' } }],
    ['an event without type', { type: '', error: { message: 'x' } }],
    ['a cancelled response', { type: 'response.completed', response: { status: 'cancelled' } }],
  ])('that fails with %s is an error, without a clean end, whatever follows', (_, failure) => {
    const { error, finish, isDone } = read([created, textDelta('Hel'), failure, textDelta('lo'), completed()])
    expect(error).toBeDefined()
    expect({ finish, isDone }).toEqual({ finish: undefined, isDone: false })
  })

  it('that is no JSON is an error', () => {
    expect(toChat(Buffer.from('event: response.created\ndata: {"a\n\n')).error).toMatchObject({
      code: 'worker_protocol',
    })
    expect(toChat(Buffer.from('data: "text"\n\n')).error).toBeDefined()
  })

  it('that is cut is left to who sees the connection close', () => {
    for (const events of [
      [created, textDelta('Hel')],
      [created, added(0, call(0)), itemDone(0, call(0, '{}'))],
    ]) {
      const { error, finish, isDone } = read(events)
      expect({ error, finish, isDone }).toEqual({ error: undefined, finish: undefined, isDone: false })
    }
  })

  it('is not ended by [DONE], which the protocol does not have', () => {
    const bytes = Buffer.concat([responsesEvents(created, textDelta('A')), Buffer.from('data: [DONE]\n\n')])
    expect(toChat(bytes)).toMatchObject({ finish: undefined, isDone: false, error: undefined })
  })

  it('ends before a stop text, at once, and nothing follows', () => {
    const options = { naming: { ...naming, stopSequences: ['END'] } }
    const { content, finish, isDone, calls } = read(
      [textDelta('one E'), textDelta('ND two'), added(1, call(1)), textDelta('three'), completed()],
      options,
    )
    expect({ content, finish, isDone, calls }).toEqual({
      content: 'one ',
      finish: 'stop',
      isDone: true,
      calls: [],
    })
    const whole = read([completed({ output: [message('one END two'), call(1, '{}')] })], options)
    expect({ content: whole.content, calls: whole.calls, finish: whole.finish }).toEqual({
      content: 'one ',
      calls: [],
      finish: 'stop',
    })
  })

  it('keeps what looked like a stop text before a call, and at the end', () => {
    const options = { naming: { ...naming, stopSequences: ['END'] } }
    const { chunks } = read([textDelta('E'), added(1, call(1)), completed()], options)
    expect(chunks[1]).toMatchObject({ choices: [{ delta: { content: 'E' } }] })
    expect(read([textDelta('the E'), completed()], options).content).toBe('the E')
  })

  it('says the same as the whole reply does', () => {
    const items = [message('Hello'), call(1, '{"a":1}')]
    const whole = chatReply({ object: 'response', status: 'completed', output: items, usage })
    const {
      content,
      calls,
      finish,
      usage: told,
    } = read([textDelta('Hello'), added(1, call(1)), inputDelta('{"a":1}', 1), completed({ output: items })])
    const [choice] = whole['choices'] as Json[]
    const streamedCalls = calls.map(({ id, type, function: called }) => ({ id, type, function: called }))
    expect(choice).toMatchObject({ finish_reason: finish, message: { content, tool_calls: streamedCalls } })
    expect(whole['usage']).toEqual(told)
  })

  it('is read by OpenAI’s own library', async () => {
    const text = chatStreamOf(
      responsesEvents(...hello.slice(0, -1), added(1, call(1)), inputDelta('{"a":1}', 1), completed()),
    )
    const client = new OpenAI({
      apiKey: 'none',
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })),
    })
    const completion = await client.chat.completions
      .stream({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] })
      .finalChatCompletion()
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Hello',
        tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{"a":1}' } }],
      },
    })
  })
})
