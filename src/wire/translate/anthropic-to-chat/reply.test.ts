import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../../../core/errors.ts'
import { naming, translationOf } from '../streams.suite.ts'

const translation = translationOf('openai-chat', 'anthropic')

function reply(body: unknown): { choices: [{ finish_reason: string; message: { content: string | null } }] } {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return JSON.parse(translation.reply(bytes, naming).toString('utf8'))
}

function message(
  content: readonly object[],
  stopReason: string | null = 'end_turn',
  more: object = {},
): object {
  return { type: 'message', role: 'assistant', model: 'claude', content, stop_reason: stopReason, ...more }
}

describe('a whole Anthropic message as a Chat reply', () => {
  it('has text, calls, end and usage under the name that was asked', () => {
    const body = message(
      [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'text', text: 'Look' },
        { type: 'text', text: ' here' },
        { type: 'tool_use', id: 'toolu_1', name: 'f', input: { b: 1, a: [2] } },
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
      ],
      'tool_use',
      {
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 60,
          cache_creation_input_tokens: 30,
          output_tokens: 20,
          output_tokens_details: { thinking_tokens: 5 },
        },
      },
    )
    expect(reply(body)).toEqual({
      id: `chatcmpl-${naming.traceId}`,
      object: 'chat.completion',
      created: naming.createdS,
      model: 'auto',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Look here',
            refusal: null,
            tool_calls: [
              { id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"b":1,"a":[2]}' } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 5 },
      },
    })
  })

  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['tool_use', 'stop'],
    ['something_new', 'stop'],
    [null, 'stop'],
  ])('that stopped for %s without calls has finish reason %s', (stopReason, finish) => {
    expect(reply(message([{ type: 'text', text: 'a' }], stopReason)).choices[0].finish_reason).toBe(finish)
  })

  it('with calls never says stop', () => {
    const call = { type: 'tool_use', id: 't', name: 'f', input: {} }
    for (const stopReason of ['tool_use', 'end_turn', null]) {
      const choice = reply(message([call], stopReason)).choices[0]
      expect(choice.finish_reason).toBe('tool_calls')
      expect(choice.message.content).toBeNull()
    }
  })

  it('that declines keeps the explanation as the refusal', () => {
    const details = { stop_details: { type: 'refusal', category: 'bio', explanation: 'No.' } }
    const choice = reply(message([], 'refusal', details)).choices[0]
    expect(choice).toMatchObject({
      finish_reason: 'content_filter',
      message: { content: '', refusal: 'No.' },
    })
  })

  it.each<[string, unknown]>([
    ['text', 'hello'],
    ['nothing', ''],
    ['no message', { choices: [] }],
    ['a message without content', { type: 'message' }],
    ['an error', { type: 'error', error: { type: 'api_error', message: 'x' } }],
    ['a paused turn', message([{ type: 'text', text: 'a' }], 'pause_turn')],
  ])('is refused as worker-protocol when the body is %s', (_what, body) => {
    try {
      reply(body)
      expect.unreachable()
    } catch (error) {
      expect(SignalboxError.from(error).code).toBe('worker-protocol')
    }
  })

  it('that is nested deeper than the stack is refused, not a crash', () => {
    const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const body = `{"type":"message","content":[{"type":"tool_use","id":"t","name":"f","input":${deep}}]}`
    try {
      reply(body)
      expect.unreachable()
    } catch (error) {
      expect(SignalboxError.from(error).code).toBe('worker-protocol')
    }
  })
})

describe('a call of a custom tool', () => {
  it('comes with the text that the tool takes', () => {
    const body = message(
      [{ type: 'tool_use', id: 't', name: 'patch', input: { input: '*** x' } }],
      'tool_use',
    )
    const named = { ...naming, customTools: new Set(['patch']) }
    const read = JSON.parse(translation.reply(Buffer.from(JSON.stringify(body)), named).toString())
    expect(read.choices[0].message.tool_calls).toEqual([
      { id: 't', type: 'custom', custom: { name: 'patch', input: '*** x' } },
    ])
  })
})

describe('a reply without figures', () => {
  it('is estimated by its length, never free', () => {
    const call = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }
    expect(reply(message([{ type: 'text', text: 'four' }, call]))).toMatchObject({
      usage: { prompt_tokens: 0, completion_tokens: 3, total_tokens: 3 },
    })
    const told = { usage: { input_tokens: 3, output_tokens: 0 } }
    expect(reply(message([{ type: 'text', text: 'four' }], 'end_turn', told))).toMatchObject({
      usage: { completion_tokens: 0 },
    })
  })
})
