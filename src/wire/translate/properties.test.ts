import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseReader, writeData } from '../sse.ts'
import { history, input, pieces, toolName, words } from './histories.suite.ts'
import { target } from './requests.suite.ts'
import {
  anthropicStream,
  chatStream,
  chunk,
  done,
  naming,
  toAnthropic,
  toChat,
  translated,
  translationOf,
} from './streams.suite.ts'

const RUNS = 100
const there = translationOf('anthropic', 'openai-chat')
const back = translationOf('openai-chat', 'anthropic')

const anthropicRequest = fc.record({
  model: fc.constant('target-model'),
  max_tokens: fc.integer({ min: 1, max: 100_000 }),
  messages: history,
  system: words,
  temperature: fc.constantFrom(0, 0.5, 1),
  stop_sequences: fc.array(words, { minLength: 1, maxLength: 4 }),
  stream: fc.boolean(),
  tools: fc.array(
    fc.record({
      name: toolName,
      description: words,
      input_schema: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  tool_choice: fc.constantFrom(
    { type: 'auto' },
    { type: 'any', disable_parallel_tool_use: true },
    { type: 'tool', name: 'f' },
    { type: 'none' },
  ),
  output_config: fc.constantFrom({ effort: 'low' }, { effort: 'max' }),
  metadata: fc.record({ user_id: fc.string({ minLength: 1, maxLength: 64 }) }),
})

describe('a valid Anthropic request', () => {
  it('that goes to Chat and back is the same, without a loss', () => {
    fc.assert(
      fc.property(anthropicRequest, (request) => {
        const chat = there.request(Buffer.from(JSON.stringify(request)), target())
        const again = back.request(chat.body, target())
        expect([...chat.losses, ...again.losses]).toEqual([])
        // What JSON.stringify makes of −0 is 0.
        expect(JSON.parse(again.body.toString('utf8'))).toEqual(JSON.parse(JSON.stringify(request)))
      }),
      { numRuns: RUNS },
    )
  })

  it('gives the same bytes each time', () => {
    fc.assert(
      fc.property(anthropicRequest, (request) => {
        const body = Buffer.from(JSON.stringify(request))
        expect(there.request(body, target()).body.equals(there.request(body, target()).body)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('gives a history that begins with the bytes of the shorter one when it grows by a turn', () => {
    const messagesOf = (messages: readonly object[]): string => {
      const body = Buffer.from(JSON.stringify({ model: 'm', max_tokens: 1, messages }))
      return JSON.stringify(JSON.parse(there.request(body, target()).body.toString('utf8')).messages).slice(
        0,
        -1,
      )
    }
    fc.assert(
      fc.property(history, words, words, (messages, answer, next) => {
        const grown = [...messages, { role: 'assistant', content: answer }, { role: 'user', content: next }]
        expect(messagesOf(grown).startsWith(messagesOf(messages))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

const callParts = fc.record({ name: toolName, input })
const reply = fc.record({
  text: fc.option(words, { nil: '' }),
  calls: fc.array(callParts, { maxLength: 4 }),
  finish: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
  seed: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 }),
})
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

describe('a Chat reply', () => {
  it('has the same content, end and figures whether it is streamed or whole, however it is cut', () => {
    fc.assert(
      fc.property(reply, fc.boolean(), ({ text, calls, finish, seed }, interleaved) => {
        const whole = calls.map(({ name, input }, index) => ({
          id: `call_${index}`,
          type: 'function',
          function: { name, arguments: JSON.stringify(input) },
        }))
        const message = { role: 'assistant', content: text, ...(whole.length > 0 && { tool_calls: whole }) }
        const body = Buffer.from(
          JSON.stringify({ choices: [{ index: 0, message, finish_reason: finish }], usage }),
        )
        const expected = JSON.parse(there.reply(body, naming).toString('utf8'))

        const deltas = whole.map((call, index) => [
          { index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } },
          ...pieces(call.function.arguments, seed).map((part) => ({ index, function: { arguments: part } })),
        ])
        const ordered = interleaved ? roundRobin(deltas) : deltas.flat()
        const bytes = chatStream(
          chunk({ role: 'assistant', content: '' }),
          ...pieces(text, seed).map((part) => chunk({ content: part })),
          ...ordered.map((delta) => chunk({ tool_calls: [delta] })),
          chunk({}, finish),
          { choices: [], usage },
          done,
        )
        const cuts = pieces('x'.repeat(bytes.length), seed).map((_, index) => index * ((seed[0] ?? 0) + 1))
        const read = toAnthropic(bytes, cuts)
        expect(read.isWhole).toBe(true)
        expect(read.content).toEqual(expected.content)
        expect({ ...read.stop, usage: read.usage }).toEqual({
          stop_reason: expected.stop_reason,
          stop_sequence: expected.stop_sequence,
          ...(expected.stop_details && { stop_details: expected.stop_details }),
          usage: expected.usage,
        })
      }),
      { numRuns: RUNS },
    )
  })

  it('streamed as anything at all never makes the translator throw, and ends at most once', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const oddChunk = fc.record(
      {
        choices: fc.array(
          fc.record(
            {
              index: fc.constantFrom(0, 1, null),
              delta: fc.record(
                {
                  content: fc.oneof(fc.string(), value),
                  tool_calls: fc.array(
                    fc.record(
                      {
                        index: fc.oneof(fc.nat({ max: 2 }), value),
                        id: fc.oneof(fc.constantFrom('a', 'b', ''), value),
                        function: fc.oneof(
                          fc.record({
                            name: fc.constantFrom('f', '', null),
                            arguments: fc.constantFrom('{}', '{"a"', ':1}', null),
                          }),
                          value,
                        ),
                      },
                      { requiredKeys: [] },
                    ),
                  ),
                },
                { requiredKeys: [] },
              ),
              finish_reason: fc.oneof(fc.constantFrom('stop', 'length', '', null), value),
            },
            { requiredKeys: [] },
          ),
        ),
        usage: value,
      },
      { requiredKeys: [] },
    )
    const event = fc
      .oneof({ weight: 8, arbitrary: oddChunk }, value)
      .map((data) => writeData(JSON.stringify(data)))
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.boolean(), (events, isDone) => {
        const bytes = Buffer.concat([...events, Buffer.from(isDone ? done : '')])
        // Reading it asserts the rules of the protocol.
        const read = toAnthropic(bytes)
        expect(read.isWhole && read.error !== undefined).toBe(false)
      }),
      { numRuns: 2 * RUNS },
    )
  })
})

function roundRobin<Value>(lists: readonly (readonly Value[])[]): readonly Value[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  const result: Value[] = []
  for (let at = 0; at < longest; at++) {
    for (const list of lists) {
      const value = list[at]
      if (value !== undefined) result.push(value)
    }
  }
  return result
}

describe('an Anthropic reply', () => {
  it('has the same content, end and figures whether it is streamed or whole, however it is cut', () => {
    const stop = fc.constantFrom('end_turn', 'max_tokens', 'tool_use', 'refusal', 'stop_sequence')
    fc.assert(
      fc.property(reply, stop, ({ text, calls, seed }, stopReason) => {
        const content = [
          ...(text === '' ? [] : [{ type: 'text', text }]),
          ...calls.map(({ name, input }, index) => ({ type: 'tool_use', id: `toolu_${index}`, name, input })),
        ]
        const figures = { input_tokens: 10, cache_read_input_tokens: 3, output_tokens: 5 }
        const body = Buffer.from(
          JSON.stringify({ type: 'message', content, stop_reason: stopReason, usage: figures }),
        )
        const expected = JSON.parse(back.reply(body, naming).toString('utf8'))

        const blocks = content.flatMap((block, index) => {
          const isText = block.type === 'text' && 'text' in block
          const parts = isText
            ? pieces(block.text, seed)
            : pieces(JSON.stringify('input' in block ? block.input : {}), seed)
          return [
            {
              type: 'content_block_start',
              index,
              content_block: isText ? { type: 'text', text: '' } : { ...block, input: {} },
            },
            ...parts.map((part) => ({
              type: 'content_block_delta',
              index,
              delta: isText
                ? { type: 'text_delta', text: part }
                : { type: 'input_json_delta', partial_json: part },
            })),
            { type: 'content_block_stop', index },
          ]
        })
        const bytes = anthropicStream(
          { type: 'message_start', message: { usage: { ...figures, output_tokens: 1 } } } as { type: string },
          ...blocks,
          { type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 5 } } as {
            type: string
          },
          { type: 'message_stop' },
        )
        const cuts = pieces('x'.repeat(bytes.length), seed).map((_, index) => index * ((seed[0] ?? 0) + 1))
        const read = toChat(bytes, { cuts })
        const [choice] = expected.choices
        expect(read.isDone).toBe(true)
        expect(read.content).toBe(choice.message.content ?? '')
        expect(read.calls.map(({ id, type, function: called }) => ({ id, type, function: called }))).toEqual(
          choice.message.tool_calls ?? [],
        )
        expect(read.finish).toBe(choice.finish_reason)
        expect(read.usage).toEqual(expected.usage)
      }),
      { numRuns: RUNS },
    )
  })
})

describe('bytes of a stream', () => {
  it('give the same output wherever they are cut', () => {
    const bytes = chatStream(
      ': note\n\n',
      chunk({ content: 'Grüße 👋' }),
      chunk(
        { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"ä":"😀"}' } }] },
        'tool_calls',
      ),
      done,
    )
    const expected = translated('anthropic', 'openai-chat', bytes)
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(translated('anthropic', 'openai-chat', bytes, { cuts: [cut] })).toBe(expected)
    }
    expect(createSseReader().push(Buffer.from(expected)).length).toBeGreaterThan(5)
  })
})
