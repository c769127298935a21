import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeData, writeEvent } from '../../sse.ts'
import { chatRequestToResponses } from '../chat-to-responses/request.ts'
import { target } from '../requests.suite.ts'
import { chatStream, chunk, done, naming } from '../streams.suite.ts'
import {
  bytesOf,
  chatReply,
  chatStreamOf,
  type Json,
  readResponses,
  responsesEvents,
  responsesReply,
  responsesStreamOf,
  toChat,
} from './pair.suite.ts'
import { responsesRequestToChat } from './request.ts'

const RUNS = 100

/** Text that is kept: neither empty nor white space alone. */
const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }).filter((text) => text.trim() !== '')
const toolName = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
const input = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
const textPart = words.map((text) => ({ type: 'text', text }))
const image = fc
  .record({ url: fc.webUrl(), detail: fc.constantFrom('low', 'high', 'original') })
  .map((image_url) => ({ type: 'image_url', image_url }))
const file = fc
  .record({ file_data: fc.base64String({ minLength: 4 }), filename: fc.constant('a.pdf') })
  .map((file) => ({ type: 'file', file }))
/** One text is a string, as it comes out. */
const userContent = fc
  .array(fc.oneof(textPart, image, file), { minLength: 1, maxLength: 3 })
  .map((parts) => (parts.length === 1 && parts[0] && 'text' in parts[0] ? parts[0].text : parts))
const functionCall = fc
  .record({ name: toolName, arguments: input.map((value) => JSON.stringify(value)) })
  .map((called) => ({ type: 'function', function: called }))
const customCall = fc.record({ name: toolName, input: words }).map((custom) => ({ type: 'custom', custom }))
const turn = fc.record({
  text: fc.option(words, { nil: null }),
  calls: fc.array(fc.record({ call: fc.oneof(functionCall, customCall), result: words }), { maxLength: 3 }),
  user: userContent,
  note: fc.option(words, { nil: undefined }),
})

/** A valid Chat history: each call has its result, directly after it, and the person has the last word. */
const history = fc
  .record({ system: words, first: userContent, turns: fc.array(turn, { maxLength: 4 }) })
  .map(({ system, first, turns }) => {
    const messages: object[] = [
      { role: 'developer', content: system },
      { role: 'user', content: first },
    ]
    for (const [number, { text, calls, user, note }] of turns.entries()) {
      const tool_calls = calls.map(({ call }, index) => ({ id: `call_${number}_${index}`, ...call }))
      if (text !== null || calls.length > 0) {
        messages.push({ role: 'assistant', content: text, ...(calls.length > 0 && { tool_calls }) })
      }
      for (const [index, { result }] of calls.entries()) {
        messages.push({ role: 'tool', tool_call_id: `call_${number}_${index}`, content: result })
      }
      if (note !== undefined) messages.push({ role: 'developer', content: note })
      const last = messages.at(-1)
      // Two messages of the person in a row would come back as one.
      if (!last || !('role' in last) || last.role !== 'user') messages.push({ role: 'user', content: user })
    }
    return messages
  })

const tool = fc.oneof(
  fc
    .record({
      name: toolName,
      description: words,
      parameters: fc.constant({ type: 'object', properties: { a: { type: 'string' } } }),
      strict: fc.constant(true),
    })
    .map((described) => ({ type: 'function', function: described })),
  fc
    .record({
      name: toolName,
      description: words,
      format: fc.constantFrom(
        { type: 'text' },
        { type: 'grammar', grammar: { syntax: 'regex', definition: '[a-z]+' } },
      ),
    })
    .map((custom) => ({ type: 'custom', custom })),
)

const chosen = { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }

const request = fc.record({
  model: fc.constant('target-model'),
  messages: history,
  tools: fc.array(tool, { maxLength: 3 }).map((tools) => [chosen, ...tools]),
  tool_choice: fc.constantFrom(
    'auto',
    'none',
    'required',
    { type: 'function', function: { name: 'f' } },
    { type: 'custom', custom: { name: 'f' } },
    {
      type: 'allowed_tools',
      allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
    },
  ),
  parallel_tool_calls: fc.boolean(),
  max_completion_tokens: fc.integer({ min: 16, max: 100_000 }),
  temperature: fc.constantFrom(0, 0.5, 2),
  top_p: fc.constantFrom(0.1, 1),
  reasoning_effort: fc.constantFrom('none', 'low', 'max'),
  verbosity: fc.constantFrom('low', 'high'),
  response_format: fc.constantFrom(
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'r', schema: { type: 'object' }, strict: false } },
  ),
  safety_identifier: fc.string({ minLength: 1, maxLength: 64 }),
  prompt_cache_key: words,
  service_tier: fc.constantFrom('auto', 'flex', 'priority'),
})

const there = (body: object): Buffer => chatRequestToResponses(bytesOf(body), target()).body

describe('a valid Chat request', () => {
  it('that goes to Responses and back is the same, without a loss', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const responses = chatRequestToResponses(bytesOf(asked), target())
        const again = responsesRequestToChat(responses.body, target())
        expect([...responses.losses, ...again.losses]).toEqual([])
        expect(JSON.parse(again.body.toString('utf8'))).toEqual(JSON.parse(JSON.stringify(asked)))
      }),
      { numRuns: RUNS },
    )
  })

  it('gives the same bytes each time', () => {
    fc.assert(
      fc.property(request, (asked) => {
        expect(there(asked).equals(there(asked))).toBe(true)
        const back = (): Buffer =>
          responsesRequestToChat(there(asked), target({ dialect: 'compatible' })).body
        const { messages } = asked
        const hasNoFiles = !JSON.stringify(messages).includes('"type":"file"')
        if (hasNoFiles) expect(back().equals(back())).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })

  it('gives an input that begins with the bytes of the shorter one when it grows by a turn', () => {
    const inputOf = (messages: readonly object[]): string =>
      JSON.stringify(JSON.parse(there({ model: 'm', messages }).toString('utf8')).input).slice(0, -1)
    const messagesOf = (messages: readonly object[]): string =>
      JSON.stringify(
        JSON.parse(responsesRequestToChat(there({ model: 'm', messages }), target()).body.toString('utf8'))
          .messages,
      ).slice(0, -1)
    fc.assert(
      fc.property(history, words, words, (messages, answer, next) => {
        const grown = [...messages, { role: 'assistant', content: answer }, { role: 'user', content: next }]
        expect(inputOf(grown).startsWith(inputOf(messages))).toBe(true)
        expect(messagesOf(grown).startsWith(messagesOf(messages))).toBe(true)
      }),
      { numRuns: RUNS },
    )
  })
})

const reply = fc.record({
  text: fc.option(words, { nil: '' }),
  reasoning: fc.option(words, { nil: '' }),
  refusal: fc.option(words, { nil: '' }),
  calls: fc.array(fc.oneof(functionCall, customCall), { maxLength: 4 }),
  finish: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
  seed: fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 }),
})
const usage = {
  prompt_tokens: 10,
  completion_tokens: 5,
  total_tokens: 15,
  prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
  completion_tokens_details: { reasoning_tokens: 1 },
}

/** Pieces whose lengths are drawn from `sizes`, again and again. */
function pieces(text: string, sizes: readonly number[]): readonly string[] {
  const list: string[] = []
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = (sizes[turn % sizes.length] ?? 0) + 1
    list.push(text.slice(at, at + size))
    at += size
  }
  return list
}

function cutsOf(bytes: Buffer, [size = 0]: readonly number[]): readonly number[] {
  return Array.from({ length: Math.floor(bytes.length / (size + 1)) }, (_, index) => index * (size + 1))
}

function roundRobin<Value>(lists: readonly (readonly Value[])[]): readonly Value[] {
  const longest = Math.max(0, ...lists.map((list) => list.length))
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat()
}

type ChatCallParts = {
  readonly type: string
  readonly function?: { name: string; arguments: string }
  readonly custom?: { name: string; input: string }
}

/** A call in the pieces of a Chat stream. */
function callDeltas(call: ChatCallParts, index: number, seed: readonly number[]): readonly object[] {
  const { type, function: called, custom } = call
  const begin = { index, id: `call_${index}`, type }
  return called
    ? [
        { ...begin, function: { name: called.name, arguments: '' } },
        ...pieces(called.arguments, seed).map((part) => ({ index, function: { arguments: part } })),
      ]
    : [
        { ...begin, custom: { name: custom?.name, input: '' } },
        ...pieces(custom?.input ?? '', seed).map((part) => ({ index, custom: { input: part } })),
      ]
}

/** Tools are called by different names: where one name was both kinds of tool, nobody could tell. */
function named(calls: readonly ChatCallParts[]): readonly ChatCallParts[] {
  return calls.map((call, index) =>
    call.function
      ? { ...call, function: { ...call.function, name: `f${index}` } }
      : { ...call, custom: { name: `c${index}`, input: call.custom?.input ?? '' } },
  )
}

describe('a Chat reply', () => {
  it('is the same response whether it is streamed or whole, however it is cut, and comes back as it was', () => {
    fc.assert(
      fc.property(reply, fc.boolean(), ({ text, reasoning, refusal, calls, finish, seed }, interleaved) => {
        const tool_calls = named(calls).map((call, index) => ({ id: `call_${index}`, ...call }))
        const message = {
          role: 'assistant',
          content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
          refusal: refusal === '' ? null : refusal,
          ...(calls.length > 0 && { tool_calls }),
        }
        const choice = { index: 0, message: { ...message, reasoning }, finish_reason: finish }
        const whole = responsesReply({ choices: [choice], usage })

        const deltas = named(calls).map((call, index) => callDeltas(call, index, seed))
        const bytes = chatStream(
          chunk({ role: 'assistant', content: '' }),
          ...pieces(reasoning, seed).map((part) => chunk({ reasoning: part })),
          ...pieces(text, seed).map((part) => chunk({ content: part })),
          ...pieces(refusal, seed).map((part) => chunk({ refusal: part })),
          ...(interleaved ? roundRobin(deltas) : deltas.flat()).map((delta) =>
            chunk({ tool_calls: [delta] }),
          ),
          chunk({}, finish),
          { choices: [], usage },
          done,
        )
        const read = readResponses(responsesStreamOf(bytes, { cuts: cutsOf(bytes, seed) }))
        expect(read.response).toEqual(whole)

        const [again] = chatReply(whole)['choices'] as Json[]
        expect(again?.['message']).toEqual(message)
        const expected =
          finish === 'stop' || finish === 'tool_calls' ? (calls.length > 0 ? 'tool_calls' : 'stop') : finish
        expect(again?.['finish_reason']).toBe(expected)
        expect(chatReply(whole)['usage']).toEqual(usage)
      }),
      { numRuns: RUNS },
    )
  })

  it('that goes to Responses as a stream and back has the same content, end and figures', () => {
    fc.assert(
      fc.property(reply, ({ text, refusal, calls, seed }) => {
        const functions = named(calls).filter((call) => call.function)
        const bytes = chatStream(
          ...pieces(text, seed).map((part) => chunk({ content: part })),
          ...pieces(refusal, seed).map((part) => chunk({ refusal: part })),
          ...functions
            .flatMap((call, index) => callDeltas(call, index, seed))
            .map((delta) => chunk({ tool_calls: [delta] })),
          chunk({}, 'stop', { usage }),
          done,
        )
        const read = toChat(Buffer.from(responsesStreamOf(bytes)))
        expect({ content: read.content, refusal: read.refusal, usage: read.usage }).toEqual({
          content: text,
          refusal,
          usage,
        })
        expect(read.calls.map((call) => call.function)).toEqual(functions.map((call) => call.function))
        expect(read.finish).toBe(functions.length > 0 ? 'tool_calls' : 'stop')
      }),
      { numRuns: RUNS },
    )
  })
})

describe('a stream of anything at all', () => {
  const value = fc.jsonValue({ maxDepth: 3 })
  const index = fc.oneof(fc.nat({ max: 2 }), value)

  it('from a Chat worker never makes the translator throw, and ends at most once', () => {
    const call = fc.record(
      {
        index,
        id: fc.oneof(fc.constantFrom('a', 'b', ''), value),
        function: fc.oneof(
          fc.record({
            name: fc.constantFrom('f', '', null),
            arguments: fc.constantFrom('{}', '{"a"', ':1}', null),
          }),
          value,
        ),
        custom: fc.oneof(
          fc.record({ name: fc.constantFrom('g', null), input: fc.constantFrom('x', null) }),
          value,
        ),
      },
      { requiredKeys: [] },
    )
    const delta = fc.record(
      {
        content: fc.oneof(fc.string(), value),
        reasoning: fc.oneof(fc.string(), value),
        refusal: fc.oneof(fc.string(), value),
        annotations: value,
        tool_calls: fc.oneof(fc.array(call), value),
      },
      { requiredKeys: [] },
    )
    const finish_reason = fc.oneof(fc.constantFrom('stop', 'length', '', null), value)
    const choice = fc.record(
      { index: fc.constantFrom(0, 1, null), delta, finish_reason },
      { requiredKeys: [] },
    )
    const odd = fc.record({ choices: fc.array(choice), usage: value }, { requiredKeys: [] })
    const event = fc
      .oneof({ weight: 8, arbitrary: odd }, value)
      .map((data) => writeData(JSON.stringify(data)))
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.boolean(), (events, isDone) => {
        const bytes = Buffer.concat([...events, Buffer.from(isDone ? done : '')])
        // Reading it asserts the rules of the protocol.
        const { types } = readResponses(responsesStreamOf(bytes, { customTools: new Set(['f']) }))
        if (isDone) expect(types.at(-1)).toMatch(/completed|incomplete|failed/)
      }),
      { numRuns: 2 * RUNS },
    )
  })

  it('from a Responses worker never makes the translator throw, and ends at most once', () => {
    const type = fc.constantFrom(
      'response.created',
      'response.output_item.added',
      'response.output_item.done',
      'response.output_text.delta',
      'response.output_text.annotation.added',
      'response.refusal.delta',
      'response.function_call_arguments.delta',
      'response.custom_tool_call_input.delta',
      'response.completed',
      'response.incomplete',
      'response.failed',
      'error',
      'strange',
    )
    const item = fc.oneof(
      fc.record(
        {
          type: fc.constantFrom('message', 'function_call', 'custom_tool_call', 'reasoning'),
          id: fc.constantFrom('a', 'b', null),
          name: fc.oneof(fc.constantFrom('f', ''), value),
          call_id: fc.oneof(fc.constantFrom('a', ''), value),
          arguments: fc.oneof(fc.constantFrom('{}', ''), value),
          content: fc.oneof(
            fc.array(fc.record({ type: fc.constantFrom('output_text', 'refusal'), text: value })),
            value,
          ),
        },
        { requiredKeys: [] },
      ),
      value,
    )
    const response = fc.oneof(
      fc.record(
        {
          status: fc.oneof(fc.constantFrom('completed', 'incomplete', 'failed'), value),
          output: fc.array(item),
          usage: value,
        },
        { requiredKeys: [] },
      ),
      value,
    )
    const odd = fc.record(
      {
        type,
        output_index: index,
        item_id: fc.constantFrom('a', 'b', 7),
        content_index: index,
        item,
        delta: fc.oneof(fc.string(), value),
        annotation: value,
        response,
      },
      { requiredKeys: ['type'] },
    )
    const event = fc
      .oneof({ weight: 8, arbitrary: odd }, value)
      .map((data) => writeData(JSON.stringify(data)))
    const stopping = { ...naming, stopSequences: ['a', 'xyz'] }
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.boolean(), (events, isStopping) => {
        const read = toChat(Buffer.concat(events), isStopping ? { naming: stopping } : {})
        expect(read.isDone && read.error !== undefined).toBe(false)
        if (read.finish !== undefined) expect(read.isDone).toBe(true)
      }),
      { numRuns: 2 * RUNS },
    )
  })
})

describe('bytes of a stream', () => {
  it('give the same output wherever they are cut', () => {
    const fromChat = chatStream(
      ': note\n\n',
      chunk({ content: 'Grüße 👋' }),
      chunk(
        { tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"ä":"😀"}' } }] },
        'tool_calls',
      ),
      done,
    )
    const fromResponses = Buffer.concat([
      writeEvent(
        'response.output_text.delta',
        '{"type":"response.output_text.delta","output_index":0,"delta":"Grüße 👋"}',
      ),
      responsesEvents({ type: 'response.completed', response: { status: 'completed' } }),
    ])
    const expected = [responsesStreamOf(fromChat), chatStreamOf(fromResponses)]
    expect(expected[0]).toContain('response.completed')
    expect(expected[1]).toContain('[DONE]')
    for (let cut = 0; cut <= fromChat.length; cut++) {
      expect(responsesStreamOf(fromChat, { cuts: [cut] })).toBe(expected[0])
    }
    for (let cut = 0; cut <= fromResponses.length; cut++) {
      expect(chatStreamOf(fromResponses, { cuts: [cut] })).toBe(expected[1])
    }
  })
})
