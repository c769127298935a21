import { describe, expect, it } from 'vitest'
import { readEvent } from '../../sse.ts'
import {
  chatStream,
  chunk,
  done,
  naming,
  readAnthropic,
  toAnthropic,
  translated,
  translationOf,
} from '../streams.suite.ts'

const call = (index: number | undefined, id: string | null, name: string | null, args: unknown): object => ({
  ...(index !== undefined && { index }),
  ...(id !== null && { id }),
  type: 'function',
  function: { ...(name !== null && { name }), arguments: args },
})
const tools = (...calls: readonly object[]): object => chunk({ tool_calls: calls })
const usage = (more: object = {}): object => ({
  usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, ...more },
})
const finished = (finish = 'tool_calls'): (object | string)[] => [chunk({}, finish), done]

describe('a streamed text', () => {
  it('comes as one block, with one end and the figures at the end', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ role: 'assistant', content: '' }),
        chunk({ content: 'Hel' }),
        chunk({ content: 'lo' }),
        chunk({}, 'stop'),
        { choices: [], ...usage({ prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 } }) },
        done,
      ),
    )
    expect(read.types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(read.content).toEqual([{ type: 'text', text: 'Hello' }])
    expect(read.stop).toEqual({ stop_reason: 'end_turn', stop_sequence: null })
    expect(read.usage).toEqual({
      input_tokens: 10,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 60,
      output_tokens: 20,
    })
  })

  it('begins at once, before the first word', () => {
    const bytes = chatStream(chunk({ role: 'assistant', content: '' }))
    expect(translated('anthropic', 'openai-chat', bytes)).toContain('event: message_start')
  })

  it('survives a missing role, a role in every chunk, null, empty and listed content, and strangers’ fields', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ content: null }),
        chunk({ role: 'assistant', content: 'a', obfuscation: 'xyz' }),
        chunk({ role: 'assistant', content: '' }),
        chunk(
          {
            content: [
              { type: 'thinking', thinking: 'hm' },
              { type: 'text', text: 'b' },
            ],
          },
          null,
          { timings: {} },
        ),
        { choices: [] },
        { object: 'chat.completion.chunk' },
        chunk({}, 'stop'),
        done,
      ),
    )
    expect(read.content).toEqual([{ type: 'text', text: 'ab' }])
    expect(read.isWhole).toBe(true)
  })

  it('survives comments, CRLF, data without a space, data in two lines and an end without a blank line', () => {
    const bytes = Buffer.from(
      ': PROCESSING\n\n' +
        `data:${JSON.stringify(chunk({ content: 'a' }))}\r\n\r\n` +
        `data: {"choices":[{"index":0,\ndata: "delta":{"content":"b"},"finish_reason":"stop"}]}\n\n` +
        'data: [DONE]',
    )
    const read = toAnthropic(bytes)
    expect(read.content).toEqual([{ type: 'text', text: 'ab' }])
    expect(read.isWhole).toBe(true)
  })

  it('never shows reasoning, under whatever name it comes', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ reasoning: 'a' }),
        chunk({ reasoning_content: 'b' }),
        chunk({ reasoning_text: 'c', reasoning_details: [{ text: 'd' }] }),
        chunk({ content: 'Yes' }),
        ...finished('stop'),
      ),
    )
    expect(read.content).toEqual([{ type: 'text', text: 'Yes' }])
  })

  it('of white space alone becomes no block, and before real text it is kept', () => {
    const blank = toAnthropic(
      chatStream(chunk({ content: '\n\n' }), tools(call(0, 'c1', 'f', '{}')), ...finished()),
    )
    expect(blank.content.map((block) => block['type'])).toEqual(['tool_use'])
    const led = toAnthropic(
      chatStream(chunk({ content: '\n' }), chunk({ content: 'a' }), ...finished('stop')),
    )
    expect(led.content).toEqual([{ type: 'text', text: '\na' }])
  })

  it('of white space without end is no block, and ends as it says', () => {
    const endless = Array.from({ length: 500 }, () => chunk({ content: '\n' }))
    const read = toAnthropic(chatStream(...endless, ...finished('length')))
    expect(read.content).toEqual([])
    expect(read.stop?.['stop_reason']).toBe('max_tokens')
  })

  it('is the first choice’s, and a choice without a number is the first', () => {
    const read = toAnthropic(
      chatStream(
        { choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'length' }] },
        { choices: [{ index: null, delta: { content: 'a' } }, { delta: { content: 'b' } }] },
        ...finished('stop'),
      ),
    )
    expect(read.content).toEqual([{ type: 'text', text: 'ab' }])
    expect(read.stop?.['stop_reason']).toBe('end_turn')
  })

  it('comes also when a server sends it as one message instead of deltas', () => {
    const whole = {
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    }
    expect(toAnthropic(chatStream(whole, done)).content).toEqual([{ type: 'text', text: 'Hi' }])
  })
})

describe('streamed calls', () => {
  it('open when name and id are known, and pass long arguments on as they come', () => {
    const long = 'x'.repeat(600)
    const opened = chatStream(tools(call(0, 'c1', 'write', '')))
    expect(translated('anthropic', 'openai-chat', opened)).toContain('"name":"write"')
    const half = chatStream(tools(call(0, 'c1', 'write', '{"text":"')), tools(call(0, null, null, long)))
    expect(translated('anthropic', 'openai-chat', half)).toContain(long)
    const read = toAnthropic(
      chatStream(
        tools(call(0, 'c1', 'write', '{"text":"')),
        tools(call(0, null, null, long)),
        tools(call(0, null, null, '"}')),
        ...finished(),
      ),
    )
    expect(read.content).toEqual([{ type: 'tool_use', id: 'c1', name: 'write', input: { text: long } }])
    expect(read.stop?.['stop_reason']).toBe('tool_use')
  })

  it('that are all in one chunk all arrive', () => {
    const read = toAnthropic(
      chatStream(tools(call(0, 'c1', 'f', '{"a":1}'), call(1, 'c2', 'g', '{"b":2}')), ...finished()),
    )
    expect(read.content.map((block) => [block['name'], block['input']])).toEqual([
      ['f', { a: 1 }],
      ['g', { b: 2 }],
    ])
  })

  it('that are interleaved come out one after the other, in the order of their numbers', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(1, 'c2', 'g', '{"b"')),
        tools(call(0, 'c1', 'f', '{"a"')),
        tools(call(2, 'c3', 'h', '')),
        tools(call(1, null, null, ':2}')),
        tools(call(0, null, null, ':1}'), call(2, null, null, '{}')),
        ...finished(),
      ),
    )
    // The first to arrive was opened at once; of those that wait, the lower number goes first.
    expect(read.content.map((block) => block['name'])).toEqual(['g', 'f', 'h'])
    expect(read.content.map((block) => block['input'])).toEqual([{ b: 2 }, { a: 1 }, {}])
  })

  it('wait their turn in the order of their numbers when they arrive together', () => {
    const read = toAnthropic(
      chatStream(tools(call(1, 'c2', 'g', '{}'), call(0, 'c1', 'f', '{}')), ...finished()),
    )
    expect(read.content.map((block) => block['name'])).toEqual(['f', 'g'])
  })

  it('keep arguments that come together with the finish reason', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(0, 'c1', 'f', '{"a":')),
        chunk({ tool_calls: [call(0, null, null, '1}')] }, 'tool_calls'),
        done,
      ),
    )
    expect(read.content).toEqual([{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } }])
  })

  it('keep arguments that come after the finish reason', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(0, 'c1', 'f', '{"a":')),
        chunk({}, 'tool_calls'),
        tools(call(0, null, null, '1}')),
        done,
      ),
    )
    expect(read.content[0]?.['input']).toEqual({ a: 1 })
  })

  it('stay one call when later deltas repeat the id or carry an empty or null name', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(0, 'c1', 'f', '{"a"')),
        tools(call(0, 'c1', '', ':1')),
        tools({ index: 0, id: null, function: { name: null, arguments: ',"b":2}' } }),
        tools(call(0, 'c1', 'f', '')),
        ...finished(),
      ),
    )
    expect(read.content).toEqual([{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1, b: 2 } }])
  })

  it('are told apart by id where the number is missing', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(undefined, 'c1', 'f', '{"a"')),
        tools(call(undefined, 'c2', 'g', '{"b"')),
        tools(call(undefined, 'c1', null, ':1}')),
        tools(call(undefined, 'c2', null, ':2}')),
        ...finished(),
      ),
    )
    expect(read.content.map((block) => block['input'])).toEqual([{ a: 1 }, { b: 2 }])
  })

  it('are told apart by a new name where number and id are missing, and continue without one', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(undefined, null, 'f', '{"a"')),
        tools(call(undefined, null, '', ':1}')),
        tools(call(undefined, null, 'g', '{}')),
        tools({ extra_content: { google: { thought_signature: 'x' } } }),
        ...finished(),
      ),
    )
    expect(read.content.map((block) => [block['name'], block['input']])).toEqual([
      ['f', { a: 1 }],
      ['g', {}],
    ])
  })

  it('are told apart where all have number 0, with ids and without', () => {
    const withIds = toAnthropic(
      chatStream(tools(call(0, 'c1', 'f', '{}')), tools(call(0, 'c2', 'f', '{}')), ...finished()),
    )
    expect(withIds.content.map((block) => block['id'])).toEqual(['c1', 'c2'])
    const without = toAnthropic(
      chatStream(
        tools(call(0, null, 'f', '{"a":1}')),
        tools(call(0, null, 'f', '{"a":1}')),
        ...finished('stop'),
      ),
    )
    expect(without.content.map((block) => block['input'])).toEqual([{ a: 1 }, { a: 1 }])
    expect(new Set(without.content.map((block) => block['id'])).size).toBe(2)
    expect(without.stop?.['stop_reason']).toBe('tool_use')
  })

  it('wait for an id that comes after the name', () => {
    const read = toAnthropic(
      chatStream(tools(call(0, null, 'f', '{"a"')), tools(call(0, 'c1', null, ':1}')), ...finished()),
    )
    expect(read.content).toEqual([{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } }])
  })

  it('stay one call when a later delta has another id but no name', () => {
    const read = toAnthropic(
      chatStream(tools(call(0, 'c1', 'f', '{"a"')), tools(call(0, 'x9', '', ':1}')), ...finished()),
    )
    expect(read.content).toEqual([{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } }])
  })

  it('get an id of the trace where the server gives none, and a fitting one where it does not fit', () => {
    const read = toAnthropic(
      chatStream(tools(call(0, null, 'f', '{}'), call(1, 'functions.g:1', 'g', '{}')), ...finished()),
    )
    expect(read.content[0]?.['id']).toBe(`call_${naming.traceId}_0`)
    expect(read.content[1]?.['id']).toMatch(/^toolu_[0-9a-f]{32}$/)
  })

  it('take arguments that are an object, empty, null or missing', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(0, 'c1', 'f', { a: 1 })),
        tools(call(1, 'c2', 'g', '')),
        tools({ index: 2, id: 'c3', function: { name: 'h' } }),
        tools(call(3, 'c4', 'i', 'null')),
        ...finished(),
      ),
    )
    expect(read.content.map((block) => block['input'])).toEqual([{ a: 1 }, {}, {}, {}])
    expect(read.content).toHaveLength(4)
  })

  it('with arguments that are said twice keep them once', () => {
    const read = toAnthropic(
      chatStream(
        tools(call(0, 'c1', 'f', '{"a":')),
        tools(call(0, null, null, '1}')),
        tools(call(0, 'c1', 'f', '{"a":1}')),
        ...finished(),
      ),
    )
    expect(read.content).toEqual([{ type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } }])
  })

  it('with arguments that are no JSON object go on empty, with a note', () => {
    for (const args of ['{"a": nope}', '[1]', '{"a":1}{"a":1}', 'ls -la', '"text"']) {
      const read = toAnthropic(chatStream(tools(call(0, 'c1', 'f', args)), ...finished()))
      expect(read.content[0]).toEqual({ type: 'tool_use', id: 'c1', name: 'f', input: {} })
      expect(read.content[1]?.['text']).toContain(args)
      expect(read.stop?.['stop_reason']).toBe('tool_use')
    }
  })

  it('that turn out to be no JSON after much has been passed on fail the stream', () => {
    const read = toAnthropic(
      chatStream(tools(call(0, 'c1', 'f', `{"a":"${'x'.repeat(600)}" oops`)), ...finished()),
    )
    expect(read.error?.['type']).toBe('api_error')
    expect(read.isWhole).toBe(false)
  })

  it('that are cut at the length limit end as what they are', () => {
    const short = toAnthropic(chatStream(tools(call(0, 'c1', 'f', '{"a":"x')), ...finished('length')))
    expect(short.content[0]).toMatchObject({ type: 'tool_use', input: {} })
    expect(short.stop?.['stop_reason']).toBe('max_tokens')
    const long = `{"a":"${'x'.repeat(600)}`
    const read = toAnthropic(chatStream(tools(call(0, 'c1', 'f', long)), ...finished('length')))
    expect(read.content[0]?.['input']).toEqual({ unfinished: long })
    expect(read.stop?.['stop_reason']).toBe('max_tokens')
  })

  it('that name no tool are left out, and then no call is claimed', () => {
    const read = toAnthropic(
      chatStream(chunk({ content: 'a' }), tools(call(0, 'c1', '', '{}')), ...finished()),
    )
    expect(read.content).toEqual([{ type: 'text', text: 'a' }])
    expect(read.stop?.['stop_reason']).toBe('end_turn')
  })

  it('come after the text before them, and text after them comes after', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ content: 'Look' }),
        tools(call(0, 'c1', 'f', '{"a"')),
        chunk({ content: 'Well' }),
        tools(call(0, null, null, ':1}')),
        ...finished(),
      ),
    )
    expect(read.content.map((block) => block['type'])).toEqual(['text', 'tool_use', 'text'])
    expect(read.content[1]?.['input']).toEqual({ a: 1 })
  })

  it('in the old form are calls', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ function_call: { name: 'f', arguments: '{"a"' } }),
        chunk({ function_call: { arguments: ':1}' } }),
        ...finished('function_call'),
      ),
    )
    expect(read.content[0]).toMatchObject({ type: 'tool_use', name: 'f', input: { a: 1 } })
  })

  it('are bounded in length', () => {
    const part = tools(call(0, null, null, 'x'.repeat(6 * 1024 * 1024)))
    const read = toAnthropic(chatStream(tools(call(0, 'c1', 'f', '"')), part, part, part, ...finished()))
    expect(read.error).toBeDefined()
    expect(read.isWhole).toBe(false)
  })

  it('are bounded in number', () => {
    const many = Array.from({ length: 1_001 }, (_, index) => tools(call(index, `c${index}`, 'f', '{}')))
    const read = toAnthropic(chatStream(...many, ...finished()))
    expect(read.error).toBeDefined()
    expect(read.isWhole).toBe(false)
  })
})

describe('tools that the server knows by another name', () => {
  it('have the one that the client knows', () => {
    const bytes = chatStream(tools(call(0, 'c1', 'short', '{}')), ...finished())
    const toolNames = new Map([['short', 'long']])
    const text = translated('anthropic', 'openai-chat', bytes, { naming: { ...naming, toolNames } })
    expect(text).toContain('"name":"long"')
    expect(text).not.toContain('short')
  })
})

describe('the end of a stream', () => {
  it('keeps the calls when a plain stop follows them', () => {
    const read = toAnthropic(
      chatStream(tools(call(0, 'c1', 'f', '{}')), chunk({}, 'tool_calls'), chunk({}, 'stop'), done),
    )
    expect(read.stop?.['stop_reason']).toBe('tool_use')
  })

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['model_length', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['tool_calls', 'end_turn'],
    ['something_new', 'end_turn'],
  ])('that says %s after a text is %s', (finish, reason) => {
    expect(toAnthropic(chatStream(chunk({ content: 'a' }), ...finished(finish))).stop?.['stop_reason']).toBe(
      reason,
    )
  })

  it('keeps a cut when a plain stop follows it', () => {
    const read = toAnthropic(chatStream(chunk({ content: 'a' }, 'length'), ...finished('stop')))
    expect(read.stop?.['stop_reason']).toBe('max_tokens')
  })

  it('ignores empty and null finish reasons', () => {
    const read = toAnthropic(
      chatStream(chunk({ content: 'a' }, ''), chunk({ content: 'b' }, null), ...finished('length')),
    )
    expect(read.content).toEqual([{ type: 'text', text: 'ab' }])
    expect(read.stop?.['stop_reason']).toBe('max_tokens')
  })

  it('is inferred where [DONE] comes without a finish reason', () => {
    expect(toAnthropic(chatStream(chunk({ content: 'a' }), done)).stop?.['stop_reason']).toBe('end_turn')
    const called = toAnthropic(chatStream(tools(call(0, 'c1', 'f', '{}')), done))
    expect(called.stop?.['stop_reason']).toBe('tool_use')
  })

  it('is told when the stream closes after a finish reason without [DONE]', () => {
    const read = toAnthropic(chatStream(chunk({ content: 'a' }, 'stop'), { choices: [], ...usage() }))
    expect(read.isWhole).toBe(true)
    expect(read.usage?.['output_tokens']).toBe(20)
  })

  it('is never made up when the stream is cut before both', () => {
    const read = toAnthropic(chatStream(chunk({ content: 'a' })))
    expect(read.isWhole).toBe(false)
    expect(read.stop).toBeUndefined()
  })

  it('is a failure when nothing came before it', () => {
    for (const bytes of [
      chatStream(done),
      chatStream(chunk({ role: 'assistant' }), done),
      chatStream(...finished('new')),
    ]) {
      const read = toAnthropic(bytes)
      expect(read.error).toBeDefined()
      expect(read.isWhole).toBe(false)
    }
  })

  it('may be a plain stop without a word', () => {
    const read = toAnthropic(chatStream(chunk({ content: '' }), ...finished('stop')))
    expect(read.content).toEqual([])
    expect(read.stop?.['stop_reason']).toBe('end_turn')
  })

  it('tells the stop string that the server names', () => {
    const stopped = {
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', stop_reason: 'END' }],
    }
    expect(toAnthropic(chatStream(stopped, done)).stop).toEqual({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    })
  })

  it('does not take a token’s number for a stop string', () => {
    const stopped = {
      choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', stop_reason: 128_009 }],
    }
    expect(toAnthropic(chatStream(stopped, done)).stop?.['stop_reason']).toBe('end_turn')
  })

  it('carries a refusal as reason, explanation and text', () => {
    const read = toAnthropic(
      chatStream(chunk({ refusal: 'I can’t ' }), chunk({ refusal: 'help.' }), ...finished('stop')),
    )
    expect(read.content).toEqual([{ type: 'text', text: 'I can’t help.' }])
    expect(read.stop).toEqual({
      stop_reason: 'refusal',
      stop_sequence: null,
      stop_details: { type: 'refusal', category: null, explanation: 'I can’t help.' },
    })
  })
})

describe('usage in a stream', () => {
  it('is read from a chunk with choices, and the last figures hold', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ content: 'a' }, null, usage({ completion_tokens: 1 })),
        chunk(
          { content: 'b' },
          'stop',
          usage({ completion_tokens: 2, prompt_tokens_details: { cached_tokens: 90 } }),
        ),
        done,
      ),
    )
    expect(read.usage).toMatchObject({ input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 2 })
  })

  it('tells the reasoning inside of the output', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ content: 'a' }, 'stop', usage({ completion_tokens_details: { reasoning_tokens: 7 } })),
        done,
      ),
    )
    expect(read.usage).toMatchObject({ output_tokens: 20, output_tokens_details: { thinking_tokens: 7 } })
  })

  it('is estimated from what was written where the server tells none', () => {
    const read = toAnthropic(chatStream(chunk({ content: 'x'.repeat(40) }), ...finished('stop')))
    expect(read.usage?.['output_tokens']).toBe(10)
  })

  it('never goes below zero where the figures contradict each other', () => {
    const read = toAnthropic(
      chatStream(
        chunk({ content: 'a' }, 'stop', usage({ prompt_tokens_details: { cached_tokens: 500 } })),
        done,
      ),
    )
    expect(read.usage?.['input_tokens']).toBe(0)
  })
})

describe('a failure inside a stream', () => {
  const text = chunk({ content: 'a' })
  it.each<[string, string, string]>([
    ['an object', 'data: {"error":{"message":"boom","type":"server_error","code":null}}\n\n', 'api_error'],
    ['a string', 'data: {"error":"boom"}\n\n', 'api_error'],
    ['an array', 'data: [{"error":{"code":503,"message":"busy"}}]\n\n', 'api_error'],
    [
      'flat',
      'data: {"object":"error","message":"boom","type":"InternalServerError","code":500}\n\n',
      'api_error',
    ],
    ['a message where choices should be', 'data: {"message":"boom"}\n\n', 'api_error'],
    ['a detail', 'data: {"detail":"Not Found"}\n\n', 'api_error'],
    ['an error event', 'event: error\ndata: {"error":{"message":"boom"}}\n\n', 'api_error'],
    ['HTML', 'data: <html>502 Bad Gateway</html>\n\n', 'api_error'],
    ['half a chunk', 'data: {"choices":[{"index":0,"del\n\n', 'api_error'],
    ['no object', 'data: 42\n\n', 'api_error'],
    ['overload', 'data: {"error":{"code":"server_is_overloaded","message":"x"}}\n\n', 'overloaded_error'],
    ['a rate limit', 'data: {"error":{"code":"rate_limit_exceeded","message":"x"}}\n\n', 'rate_limit_error'],
    [
      'a finish reason',
      'data: {"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}\n\n',
      'api_error',
    ],
  ])(
    'that comes as %s ends in an error event and no message_stop, also when [DONE] follows',
    (_form, failure, type) => {
      for (const rest of ['', done]) {
        const read = toAnthropic(chatStream(text, failure, rest))
        expect(read.isWhole).toBe(false)
        expect(read.stop).toBeUndefined()
        if (type !== 'api_error') expect(read.error?.['type']).toBe(type)
        expect(read.error).toBeDefined()
        expect(read.types.at(-1)).toBe('error')
      }
    },
  )

  it('does not complete a call that was under way', () => {
    const read = toAnthropic(chatStream(tools(call(0, 'c1', 'f', '{"a":1}')), chunk({}, 'error')))
    expect(read.types).toEqual(['message_start', 'content_block_start', 'error'])
  })

  it('before anything else is only an error', () => {
    expect(toAnthropic(chatStream('data: {"error":{"message":"boom"}}\n\n')).types).toEqual(['error'])
  })

  it('says that the prompt is too long in the words that clients look for', () => {
    const message =
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130500 tokens."
    const failure = { error: { code: 'context_length_exceeded', type: 'invalid_request_error', message } }
    const { error } = toAnthropic(chatStream(failure))
    expect(error?.['type']).toBe('invalid_request_error')
    expect(error?.['message']).toContain('prompt is too long: 130500 tokens > 128000 maximum')
  })
})

describe('a stream that is cut at a stop sequence here', () => {
  const cut = (...chunks: readonly (object | string)[]) => {
    const named = { ...naming, stopSequences: ['END'] }
    return readAnthropic(translated('anthropic', 'openai-chat', chatStream(...chunks), { naming: named }))
  }

  it('ends before it, and nothing follows', () => {
    const read = cut(
      chunk({ content: 'one E' }),
      chunk({ content: 'ND two' }),
      chunk({ content: 'three' }),
      chunk({}, 'length'),
      done,
    )
    expect(read).toMatchObject({
      content: [{ type: 'text', text: 'one ' }],
      stop: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
      usage: { output_tokens: 1 },
      isWhole: true,
    })
  })

  it('tells that the rest is not needed', () => {
    const translator = translationOf('anthropic', 'openai-chat').stream({ ...naming, stopSequences: ['END'] })
    translator.push(readEvent(chatStream(chunk({ content: 'a' }))))
    expect(translator.over).toBe(false)
    translator.push(readEvent(chatStream(chunk({ content: 'END' }))))
    expect(translator.over).toBe(true)
  })

  it('has all of its text before a call, and at its end', () => {
    const read = cut(chunk({ content: 'one EN' }), tools(call(0, 'c1', 'f', '{}')), ...finished())
    expect(read.content).toMatchObject([{ text: 'one EN' }, { type: 'tool_use', name: 'f' }])
    expect(cut(chunk({ content: 'two E' }), ...finished('stop')).content).toMatchObject([{ text: 'two E' }])
  })
})
