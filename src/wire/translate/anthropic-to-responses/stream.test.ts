import { describe, expect, it } from 'vitest'
import { responsesBytes, served, toResponses } from '../anthropic-responses.suite.ts'
import { readBySdk } from '../responses-to-chat/pair.suite.ts'
import { anthropicStream } from '../streams.suite.ts'

type Event = { readonly type: string } & Readonly<Record<string, unknown>>

const start: Event = {
  type: 'message_start',
  message: { model: 'real', usage: { input_tokens: 10, cache_read_input_tokens: 20, output_tokens: 1 } },
}
const open = (index: number, block: object): Event => ({
  type: 'content_block_start',
  index,
  content_block: block,
})
const delta = (index: number, fields: object): Event => ({
  type: 'content_block_delta',
  index,
  delta: fields,
})
const close = (index: number): Event => ({ type: 'content_block_stop', index })
const stop = (stop_reason: string | null, more: object = {}): readonly Event[] => [
  { type: 'message_delta', delta: { stop_reason, ...more }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
]
const text = (index: number, ...parts: readonly string[]): readonly Event[] => [
  open(index, { type: 'text', text: '' }),
  ...parts.map((part) => delta(index, { type: 'text_delta', text: part })),
  close(index),
]
const call = (index: number, name: string, ...parts: readonly string[]): readonly Event[] => [
  open(index, { type: 'tool_use', id: 'toolu_1', name, input: {} }),
  ...parts.map((part) => delta(index, { type: 'input_json_delta', partial_json: part })),
  close(index),
]
const thinking = (index: number, signature: string, ...parts: readonly string[]): readonly Event[] => [
  open(index, { type: 'thinking', thinking: '', signature: '' }),
  ...parts.map((part) => delta(index, { type: 'thinking_delta', thinking: part })),
  delta(index, { type: 'signature_delta', signature }),
  close(index),
]
const read = (...events: readonly Event[]) => toResponses(anthropicStream(start, ...events))

describe('a streamed Anthropic reply, for a client of Responses', () => {
  it('is created, then its items come whole, then it is completed', () => {
    const { response, types } = read(...text(0, 'Hel', 'lo'), ...stop('end_turn'))
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
      id: `resp_${served.traceId}`,
      object: 'response',
      status: 'completed',
      model: 'auto',
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] }],
      usage: {
        input_tokens: 30,
        input_tokens_details: { cached_tokens: 20, cache_write_tokens: 0 },
        output_tokens: 9,
        total_tokens: 39,
      },
    })
  })

  it('is read by OpenAI’s own library as what was said', async () => {
    const events = [
      ...thinking(0, 'EqQB', 'Hm', 'm.'),
      ...text(1, 'One'),
      ...call(2, 'f', '{"a"', ':1}'),
      ...text(3, 'two'),
      ...stop('tool_use'),
    ]
    const bytes = responsesBytes(anthropicStream(start, ...events))
    expect(await readBySdk(bytes)).toMatchObject({
      output: toResponses(anthropicStream(start, ...events)).response.output,
    })
  })

  it('throws in OpenAI’s own library when it fails', async () => {
    const error: Event = { type: 'error', error: { type: 'overloaded_error', message: 'x' } }
    for (const before of [[], text(0, 'Hel')]) {
      const bytes = responsesBytes(anthropicStream(start, ...before, error))
      await expect(readBySdk(bytes)).rejects.toThrow()
      expect(bytes).toContain('"type":"response.failed"')
    }
  })

  it('shows thinking as a summary, sealed so that it comes back to the byte', () => {
    const { response, types } = read(...thinking(0, 'EqQ=', 'Hm', 'm.'), ...text(1, 'x'), ...stop('end_turn'))
    expect(response.output[0]).toEqual({
      id: `rs_${served.traceId}_0`,
      type: 'reasoning',
      status: 'completed',
      summary: [{ type: 'summary_text', text: 'Hmm.' }],
      encrypted_content: 'signalbox-reasoning-1:anthropic:target-model:thinking:EqQ=',
    })
    expect(types).toContain('response.reasoning_summary_text.delta')
  })

  it('carries thinking that cannot be read', () => {
    const { response } = read(
      ...thinking(0, 'EqQ='),
      open(1, { type: 'redacted_thinking', data: 'EqR=' }),
      close(1),
      ...text(2, 'x'),
      ...stop('end_turn'),
    )
    expect(response.output.slice(0, 2)).toMatchObject([
      { summary: [], encrypted_content: 'signalbox-reasoning-1:anthropic:target-model:thinking:EqQ=' },
      {
        summary: [],
        encrypted_content: 'signalbox-reasoning-1:anthropic:target-model:redacted_thinking:EqR=',
      },
    ])
  })

  it('calls functions, also those whose arguments came at once or not at all', () => {
    const whole = open(0, { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } })
    for (const [events, args] of [
      [call(0, 'f', '{"a":', '1}'), '{"a":1}'],
      [[whole, close(0)], '{"a":1}'],
      [call(0, 'f'), '{}'],
    ] as const) {
      const { response } = read(...events, ...stop('tool_use'))
      expect(response.output).toMatchObject([
        { type: 'function_call', call_id: 'toolu_1', name: 'f', arguments: args, status: 'completed' },
      ])
    }
  })

  it('calls custom tools with the text that they take', () => {
    const named = { ...served, customTools: new Set(['apply_patch']) }
    const bytes = anthropicStream(
      start,
      ...call(0, 'apply_patch', '{"input":', '"*** x"}'),
      ...stop('tool_use'),
    )
    expect(toResponses(bytes, { naming: named }).response.output).toMatchObject([
      { type: 'custom_tool_call', call_id: 'toolu_1', name: 'apply_patch', input: '*** x' },
    ])
  })

  it.each<[string, string, object | null]>([
    ['end_turn', 'completed', null],
    ['stop_sequence', 'completed', null],
    ['tool_use', 'completed', null],
    ['max_tokens', 'incomplete', { reason: 'max_output_tokens' }],
    ['model_context_window_exceeded', 'incomplete', { reason: 'max_output_tokens' }],
    ['refusal', 'incomplete', { reason: 'content_filter' }],
  ])('that stops with %s is %s', (reason, status, incomplete_details) => {
    const { response, types } = read(...text(0, 'x'), ...stop(reason))
    expect(response).toMatchObject({ status, incomplete_details })
    expect(response.output[0].status).toBe(status)
    expect(types.at(-1)).toBe(`response.${status}`)
  })

  it('tells why the model declined', () => {
    const { response } = read(...stop('refusal', { stop_details: { explanation: 'No.' } }))
    expect(response.output).toMatchObject([{ content: [{ type: 'refusal', refusal: 'No.' }] }])
  })

  it.each<[string, readonly Event[]]>([
    ['an error event', [{ type: 'error', error: { type: 'api_error', message: 'x' } }]],
    ['a paused turn', stop('pause_turn')],
    ['an end without an answer', stop(null)],
  ])('fails with %s, and nothing follows', (_name, events) => {
    const { error, response } = read(...events, ...stop('end_turn'))
    expect(error).toBeDefined()
    expect(response).toBeUndefined()
  })

  it('is not completed when it was cut', () => {
    const { response, error } = read(...text(0, 'Hello'))
    expect({ response, error }).toEqual({ response: undefined, error: undefined })
  })

  it('leaves out what only the vendor’s own tools understand, and blocks without a word', () => {
    const { response } = read(
      open(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"q"}' }),
      close(0),
      open(1, { type: 'web_search_tool_result', tool_use_id: 's', content: [] }),
      close(1),
      ...text(2),
      ...text(3, 'x'),
      ...stop('end_turn'),
    )
    expect(response.output).toMatchObject([{ type: 'message' }])
  })

  it('passes signs of life on as comments', () => {
    expect(responsesBytes(anthropicStream({ type: 'ping' }))).toBe(': ping\n\n')
  })
})

describe('a stream without figures', () => {
  it('is estimated by its length, never free', () => {
    const begun = { type: 'message_start', message: { model: 'real' } }
    const end = [{ type: 'message_delta', delta: { stop_reason: 'end_turn' } }, { type: 'message_stop' }]
    expect(toResponses(anthropicStream(begun, ...text(0, 'four ', 'more'), ...end)).response).toMatchObject({
      usage: { output_tokens: 3, total_tokens: 3 },
    })
  })
})
