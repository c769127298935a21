import { describe, expect, it } from 'vitest'
import { anthropicStream, naming, toChat, translated } from '../streams.suite.ts'

const start = (usage: object = { input_tokens: 10, output_tokens: 1 }) => ({
  type: 'message_start',
  message: { type: 'message', role: 'assistant', content: [], usage },
})
const block = (index: number, contentBlock: object) => ({
  type: 'content_block_start',
  index,
  content_block: contentBlock,
})
const textBlock = (index: number) => block(index, { type: 'text', text: '' })
const callBlock = (index: number, id: string, name: string, input: object = {}) =>
  block(index, { type: 'tool_use', id, name, input })
const delta = (index: number, type: string, fields: object) => ({
  type: 'content_block_delta',
  index,
  delta: { type, ...fields },
})
const text = (index: number, words: string) => delta(index, 'text_delta', { text: words })
const json = (index: number, part: string) => delta(index, 'input_json_delta', { partial_json: part })
const stopBlock = (index: number) => ({ type: 'content_block_stop', index })
const messageDelta = (
  stopReason: string | null,
  usage: object = { output_tokens: 20 },
  more: object = {},
) => ({
  type: 'message_delta',
  delta: { stop_reason: stopReason, stop_sequence: null, ...more },
  usage,
})
const messageStop = { type: 'message_stop' }
const ends = (stopReason: string | null = 'end_turn') => [messageDelta(stopReason), messageStop]

describe('a streamed Anthropic reply as Chat chunks', () => {
  it('has the role first, one finish, and usage beside it where the client did not ask for a chunk of its own', () => {
    const read = toChat(
      anthropicStream(start(), textBlock(0), text(0, 'Hel'), text(0, 'lo'), stopBlock(0), ...ends()),
    )
    expect(read).toMatchObject({ content: 'Hello', finish: 'stop', isDone: true })
    expect(read.chunks[0]).toMatchObject({ choices: [{ delta: { role: 'assistant' }, finish_reason: null }] })
    expect(
      read.chunks.every((chunk) => Array.isArray(chunk['choices']) && chunk['choices'].length === 1),
    ).toBe(true)
    expect(read.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 })
  })

  it('sends usage in a last chunk without choices to a client that asked for it', () => {
    const bytes = anthropicStream(start(), textBlock(0), text(0, 'a'), stopBlock(0), ...ends())
    const read = toChat(bytes, { naming: { ...naming, usageChunk: true } })
    expect(read.chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 30 } })
    expect(read.chunks.at(-2)?.['usage']).toBeUndefined()
    expect(read.isDone).toBe(true)
  })

  it('streams calls with their own numbers, whatever blocks lie between', () => {
    const read = toChat(
      anthropicStream(
        start(),
        block(0, { type: 'thinking', thinking: '', signature: '' }),
        delta(0, 'thinking_delta', { thinking: 'secret' }),
        delta(0, 'signature_delta', { signature: 'x' }),
        stopBlock(0),
        textBlock(1),
        text(1, 'Look'),
        stopBlock(1),
        callBlock(2, 'toolu_1', 'f'),
        json(2, ''),
        json(2, '{"a"'),
        json(2, ':1}'),
        stopBlock(2),
        callBlock(3, 'toolu_2', 'g'),
        json(3, '{}'),
        stopBlock(3),
        ...ends('tool_use'),
      ),
    )
    expect(read.content).toBe('Look')
    expect(read.calls).toMatchObject([
      { index: 0, id: 'toolu_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
      { index: 1, id: 'toolu_2', type: 'function', function: { name: 'g', arguments: '{}' } },
    ])
    expect(read.finish).toBe('tool_calls')
  })

  it('gives calls without deltas the arguments that their block began with', () => {
    const read = toChat(
      anthropicStream(
        start(),
        callBlock(0, 't1', 'f'),
        stopBlock(0),
        callBlock(1, 't2', 'g', { a: 1 }),
        stopBlock(1),
        ...ends('tool_use'),
      ),
    )
    expect(read.calls.map((call) => call.function.arguments)).toEqual(['{}', '{"a":1}'])
  })

  it('takes each figure of usage as it was told last', () => {
    const read = toChat(
      anthropicStream(
        start({ input_tokens: 10, cache_read_input_tokens: 60, output_tokens: 1 }),
        textBlock(0),
        text(0, 'a'),
        stopBlock(0),
        messageDelta(null, { output_tokens: 5, cache_creation_input_tokens: 30 }),
        messageDelta('end_turn', { output_tokens: 20, output_tokens_details: { thinking_tokens: 3 } }),
        messageStop,
      ),
    )
    expect(read.usage).toEqual({
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 30 },
      completion_tokens_details: { reasoning_tokens: 3 },
    })
    expect(read.finish).toBe('stop')
  })

  it('never says tool_calls without a call', () => {
    expect(toChat(anthropicStream(start(), textBlock(0), text(0, 'a'), ...ends('tool_use'))).finish).toBe(
      'stop',
    )
  })

  it('carries a refusal with its explanation', () => {
    const details = { stop_details: { type: 'refusal', category: null, explanation: 'No.' } }
    const read = toChat(anthropicStream(start(), messageDelta('refusal', {}, details), messageStop))
    expect(read).toMatchObject({ finish: 'content_filter', refusal: 'No.', isDone: true })
  })

  it('passes a ping on as a comment', () => {
    expect(translated('openai-chat', 'anthropic', anthropicStream({ type: 'ping' }))).toBe(': ping\n\n')
  })

  it('ignores events and blocks that it does not know', () => {
    const read = toChat(
      anthropicStream(
        start(),
        { type: 'something_new' },
        block(0, { type: 'fallback' }),
        stopBlock(0),
        textBlock(1),
        delta(1, 'citations_delta', { citation: {} }),
        text(1, 'a'),
        stopBlock(1),
        ...ends(),
      ),
    )
    expect(read).toMatchObject({ content: 'a', finish: 'stop', isDone: true })
  })

  it('begins with the role also when message_start is missing', () => {
    const read = toChat(anthropicStream(textBlock(0), text(0, 'a'), stopBlock(0), ...ends()))
    expect(read).toMatchObject({ content: 'a', isDone: true })
  })
})

describe('a failure inside a streamed Anthropic reply', () => {
  it.each<[string, Buffer, string]>([
    [
      'an error event',
      anthropicStream({ type: 'error', error: { type: 'api_error', message: 'x' } } as never),
      'server_error',
    ],
    [
      'overload',
      anthropicStream({ type: 'error', error: { type: 'overloaded_error', message: 'x' } } as never),
      'service_unavailable_error',
    ],
    [
      'an event that is no JSON',
      Buffer.from('event: content_block_delta\ndata: {"type":"content\n\n'),
      'server_error',
    ],
    ['a paused turn', anthropicStream(messageDelta('pause_turn'), messageStop), 'server_error'],
    ['an end', anthropicStream(messageStop), 'server_error'],
  ])('that comes as %s ends in one error chunk without [DONE]', (_form, failure, type) => {
    const begin =
      _form === 'an end' ? anthropicStream(start()) : anthropicStream(start(), textBlock(0), text(0, 'a'))
    const read = toChat(Buffer.concat([begin, failure, anthropicStream(...ends())]))
    expect(read.error?.['type']).toBe(type)
    expect(read.isDone).toBe(false)
    expect(read.finish).toBeUndefined()
  })

  it('is not hidden by an end when the stream is cut', () => {
    const read = toChat(anthropicStream(start(), textBlock(0), text(0, 'a'), messageDelta('end_turn')))
    expect(read.isDone).toBe(false)
    expect(read.finish).toBeUndefined()
  })
})

describe('a streamed call of a custom tool', () => {
  it('comes with the text that the tool takes, once it is whole', () => {
    const bytes = anthropicStream(
      start(),
      callBlock(0, 't', 'patch'),
      json(0, '{"inp'),
      json(0, 'ut":"*** x"}'),
      stopBlock(0),
      callBlock(1, 'u', 'patch', { input: 'y' }),
      stopBlock(1),
      ...ends('tool_use'),
    )
    const read = toChat(bytes, { naming: { ...naming, customTools: new Set(['patch']) } })
    expect(read.calls).toMatchObject([
      { id: 't', type: 'custom', custom: { name: 'patch', input: '*** x' } },
      { id: 'u', type: 'custom', custom: { name: 'patch', input: 'y' } },
    ])
    expect(read.finish).toBe('tool_calls')
  })
})

describe('a stream without figures', () => {
  it('is estimated by its length, never free', () => {
    const begun = { type: 'message_start', message: { type: 'message', content: [] } }
    const end = { type: 'message_delta', delta: { stop_reason: 'end_turn' } }
    const said = [textBlock(0), text(0, 'four more'), stopBlock(0)]
    const bytes = anthropicStream(begun, ...said, end, messageStop)
    expect(toChat(bytes).usage).toMatchObject({ completion_tokens: 3, total_tokens: 3 })
  })
})
