import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../../../core/errors.ts'
import { naming, translationOf } from '../streams.suite.ts'

const translation = translationOf('anthropic', 'openai-chat')

function reply(body: unknown): Record<string, unknown> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return JSON.parse(translation.reply(bytes, naming).toString('utf8'))
}

function answered(
  message: object,
  finish: string | null = 'stop',
  more: object = {},
): Record<string, unknown> {
  return reply({
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish, ...more }],
  })
}

function refusal(body: unknown): SignalboxError {
  try {
    reply(body)
  } catch (error) {
    return SignalboxError.from(error)
  }
  throw new Error('nothing was refused')
}

const call = (id: string | undefined, name: string, args: unknown): object => ({
  ...(id !== undefined && { id }),
  type: 'function',
  function: { name, arguments: args },
})

describe('a whole Chat reply as an Anthropic message', () => {
  it('has text, calls, end and usage under the name that was asked', () => {
    const body = {
      id: 'x',
      object: 'chat.completion',
      model: 'gpt',
      choices: [
        {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: 'Look:',
            reasoning_content: 'secret',
            tool_calls: [call('c1', 'f', '{"a":1}'), call('c2', 'g', '')],
          },
        },
      ],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    }
    expect(reply(body)).toEqual({
      id: `msg_${naming.traceId}`,
      type: 'message',
      role: 'assistant',
      model: 'auto',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'c2', name: 'g', input: {} },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: {
        input_tokens: 10,
        cache_creation_input_tokens: 30,
        cache_read_input_tokens: 60,
        output_tokens: 20,
        output_tokens_details: { thinking_tokens: 5 },
      },
    })
  })

  it.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['tool_calls', 'end_turn'],
    ['', 'end_turn'],
    [null, 'end_turn'],
    ['something_new', 'end_turn'],
  ])('that ended with %s after a text has stop reason %s', (finish, reason) => {
    expect(answered({ content: 'a' }, finish)['stop_reason']).toBe(reason)
  })

  it('with calls is a tool_use whatever natural end it names', () => {
    for (const finish of ['stop', 'tool_calls', 'function_call', '', null]) {
      const read = answered({ content: null, tool_calls: [call('c1', 'f', '{}')] }, finish)
      expect(read['stop_reason']).toBe('tool_use')
    }
  })

  it('tells the stop string that the server names', () => {
    const read = answered({ content: 'a' }, 'stop', { stop_reason: 'END' })
    expect(read).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' })
  })

  it('that declines says so as reason, explanation and text', () => {
    expect(answered({ content: null, refusal: 'No.' })).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: null, explanation: 'No.' },
    })
  })

  it('reads content given as a list, without the reasoning in it', () => {
    const content = [
      { type: 'thinking', thinking: [] },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]
    expect(answered({ content })['content']).toEqual([{ type: 'text', text: 'ab' }])
  })

  it('turns arguments that cannot be read into an empty input and a note', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    for (const args of ['{"a": nope}', '[1]', '7', deep]) {
      expect(answered({ tool_calls: [call('c1', 'f', args)] })['content']).toEqual([
        { type: 'tool_use', id: 'c1', name: 'f', input: {} },
        { type: 'text', text: expect.stringContaining(args.slice(0, 400)) },
      ])
    }
  })

  it('takes arguments that are an object, null or missing', () => {
    const read = answered({
      tool_calls: [call('c1', 'f', { a: 1 }), call('c2', 'g', null), call('c3', 'h', undefined)],
    })
    expect(read['content']).toMatchObject([{ input: { a: 1 } }, { input: {} }, { input: {} }])
  })

  it('keeps whole numbers in arguments that no double can hold', () => {
    const bytes = Buffer.from(
      JSON.stringify({
        choices: [
          {
            message: { tool_calls: [call('c1', 'f', '{"id":12345678901234567890}')] },
            finish_reason: 'stop',
          },
        ],
      }),
    )
    expect(translation.reply(bytes, naming).toString('utf8')).toContain('{"id":12345678901234567890}')
  })

  it('derives ids that are missing, and leaves calls out that name no tool', () => {
    const read = answered({ tool_calls: [call(undefined, 'f', '{}'), call('c2', '', '{}')] })
    expect(read['content']).toEqual([
      { type: 'tool_use', id: `call_${naming.traceId}_0`, name: 'f', input: {} },
    ])
  })

  it('reads a call of the old form', () => {
    const read = answered({ function_call: { name: 'f', arguments: '{}' } }, 'function_call')
    expect(read).toMatchObject({ content: [{ type: 'tool_use', name: 'f' }], stop_reason: 'tool_use' })
  })

  it('estimates what was written where there is no usage', () => {
    expect(answered({ content: 'x'.repeat(40) })['usage']).toMatchObject({
      input_tokens: 0,
      output_tokens: 10,
    })
  })

  it.each<[string, unknown]>([
    ['text', 'hello'],
    ['HTML', '<html></html>'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', []],
    ['no choices', { object: 'chat.completion' }],
    ['an empty list of choices', { choices: [] }],
    ['choices without a message', { choices: [{}] }],
    ['another protocol’s reply', { type: 'message', content: [] }],
    ['an empty reply without an end', { choices: [{ message: { content: '' }, finish_reason: null }] }],
  ])('is refused as worker-protocol when the body is %s', (_what, body) => {
    expect(refusal(body).code).toBe('worker-protocol')
  })

  it('is refused when arguments that are an object are nested deeper than the stack', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const body = `{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":${deep}}}]}}]}`
    expect(refusal(body).code).toBe('worker-protocol')
  })

  it('is the failure that the body tells of, in spite of its status', () => {
    expect(refusal({ error: { code: 429, message: 'slow' } }).code).toBe('worker-rate-limited')
    expect(refusal({ error: 'boom' }).domain).toBe('worker')
  })
})

describe('a whole reply to a request whose tools had too long names', () => {
  it('names them as the client does', () => {
    const call = { id: 'c', type: 'function', function: { name: 'short', arguments: '{}' } }
    const body = { choices: [{ index: 0, message: { tool_calls: [call] }, finish_reason: 'tool_calls' }] }
    const named = { ...naming, toolNames: new Map([['short', 'long']]) }
    const read = JSON.parse(translation.reply(Buffer.from(JSON.stringify(body)), named).toString('utf8'))
    expect(read.content).toMatchObject([{ type: 'tool_use', name: 'long' }])
  })
})

describe('a reply that the worker itself calls a failure', () => {
  it.each(['error', 'insufficient_system_resource'])('is one: %s', (finish) => {
    expect(refusal({ choices: [{ message: { content: 'x' }, finish_reason: finish }] }).code).toBe(
      'worker-failed',
    )
  })
})

describe('a reply that is cut at a stop sequence here', () => {
  const cut = (message: object, finish = 'stop'): unknown => {
    const body = Buffer.from(JSON.stringify({ choices: [{ message, finish_reason: finish }] }))
    return JSON.parse(translation.reply(body, { ...naming, stopSequences: ['END', 'X'] }).toString())
  }

  it.each(['stop', 'length', 'tool_calls'])('ends before it, whatever came after: %s', (finish) => {
    const message = { content: 'one END two', tool_calls: [call('c', 'f', '{}')] }
    expect(cut(message, finish)).toMatchObject({
      content: [{ type: 'text', text: 'one ' }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    })
  })

  it('is whole where none appears', () => {
    expect(cut({ content: 'one EN' })).toMatchObject({
      content: [{ type: 'text', text: 'one EN' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
    })
  })
})
