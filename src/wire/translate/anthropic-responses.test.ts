import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  anthropicReply,
  type Parsed,
  responsesBytes,
  responsesReply,
  responsesStream,
  served,
  toAnthropic,
  toResponses,
} from './anthropic-responses.suite.ts'
import { history, input, pieces, toolName, words } from './histories.suite.ts'
import { target } from './requests.suite.ts'
import { anthropicStream, translated, translationOf } from './streams.suite.ts'

const RUNS = 100
const there = translationOf('anthropic', 'openai-responses')
const back = translationOf('openai-responses', 'anthropic')

const document = fc.oneof(
  fc.record({
    type: fc.constant('document'),
    source: fc.base64String({ minLength: 4 }).map((data) => ({
      type: 'base64',
      media_type: 'application/pdf',
      data,
    })),
    title: words,
  }),
  fc.webUrl().map((url) => ({ type: 'document', source: { type: 'url', url } })),
)

const anthropicRequest = fc.record({
  model: fc.constant('target-model'),
  max_tokens: fc.integer({ min: 16, max: 100_000 }),
  messages: fc
    .tuple(history, fc.array(document, { maxLength: 2 }))
    .map(([messages, documents]) =>
      messages.map((message, index) =>
        index === messages.length - 1 ? { ...message, content: [...message.content, ...documents] } : message,
      ),
    ),
  system: words,
  temperature: fc.constantFrom(0, 0.5, 1),
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
  output_config: fc.constantFrom(
    { effort: 'low' },
    { effort: 'max' },
    {
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { a: { type: 'string' } },
          required: ['a'],
          additionalProperties: false,
        },
      },
    },
  ),
  metadata: fc.record({ user_id: fc.string({ minLength: 1, maxLength: 64 }) }),
})

describe('a valid Anthropic request', () => {
  it('that goes to Responses and back is the same, without a loss', () => {
    fc.assert(
      fc.property(anthropicRequest, (request) => {
        const responses = there.request(Buffer.from(JSON.stringify(request)), target())
        const again = back.request(responses.body, target())
        expect([...responses.losses, ...again.losses]).toEqual([])
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

  it('gives an input that begins with the bytes of the shorter one when it grows by a turn', () => {
    const inputOf = (messages: readonly object[]): string => {
      const body = Buffer.from(JSON.stringify({ model: 'm', max_tokens: 16, messages }))
      const { input } = JSON.parse(there.request(body, target()).body.toString('utf8'))
      return JSON.stringify(input).slice(0, -1)
    }
    fc.assert(
      fc.property(history, words, words, (messages, answer, next) => {
        const grown = [...messages, { role: 'assistant', content: answer }, { role: 'user', content: next }]
        expect(inputOf(grown).startsWith(inputOf(messages))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})

const seed = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 })
const thought = fc.record({
  type: fc.constant('reasoning'),
  summary: fc.array(words, { maxLength: 3 }),
  encrypted: fc.option(fc.base64String({ minLength: 4 }), { nil: null }),
})
const said = fc.record({ type: fc.constant('message'), text: words })
const called = fc.record({ type: fc.constant('function_call'), name: toolName, input })
const responseItems = fc.array(fc.oneof(thought, said, called), { minLength: 1, maxLength: 5 })

type Item = typeof responseItems extends fc.Arbitrary<readonly (infer Each)[]> ? Each : never

function itemOf(item: Item, index: number): Record<string, unknown> {
  if ('text' in item) {
    const content = [{ type: 'output_text', text: item.text, annotations: [] }]
    return { id: `msg_${index}`, type: 'message', role: 'assistant', content }
  }
  if ('summary' in item) {
    const summary = item.summary.map((text) => ({ type: 'summary_text', text }))
    return { id: `rs_${index}`, type: 'reasoning', summary, encrypted_content: item.encrypted }
  }
  const written = JSON.stringify(item.input)
  return {
    id: `fc_${index}`,
    type: 'function_call',
    call_id: `call_${index}`,
    name: item.name,
    arguments: written,
  }
}

function eventsOf(item: Item, index: number, sizes: readonly number[]) {
  const whole = itemOf(item, index)
  const place = { output_index: index, item_id: whole['id'] }
  const deltas = (type: string, text: string, more: object = {}) =>
    pieces(text, sizes).map((delta) => ({ type, ...place, ...more, delta }))
  const begun = { ...whole, content: [], summary: [], encrypted_content: 'half of it', arguments: '' }
  const told =
    'text' in item
      ? [
          ...deltas('response.output_text.delta', item.text, { content_index: 0 }),
          { type: 'response.output_text.done', ...place, text: item.text },
        ]
      : 'summary' in item
        ? item.summary.flatMap((text, part) => [
            { type: 'response.reasoning_summary_part.added', ...place, summary_index: part },
            ...deltas('response.reasoning_summary_text.delta', text, { summary_index: part }),
            { type: 'response.reasoning_summary_text.done', ...place, summary_index: part, text },
          ])
        : [
            ...deltas('response.function_call_arguments.delta', JSON.stringify(item.input)),
            {
              type: 'response.function_call_arguments.done',
              ...place,
              arguments: JSON.stringify(item.input),
            },
          ]
  return [
    { type: 'response.output_item.added', output_index: index, item: begun },
    ...told,
    { type: 'response.output_item.done', output_index: index, item: whole },
  ]
}

const figures = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }
const statuses = fc.constantFrom<object>(
  { status: 'completed' },
  { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
)

describe('a response', () => {
  it('has the same content, end and figures whether it is streamed or whole, however it is cut', () => {
    fc.assert(
      fc.property(responseItems, statuses, seed, (items, status, sizes) => {
        const response = {
          object: 'response',
          model: 'm',
          output: items.map(itemOf),
          usage: figures,
          ...status,
        }
        const expected = anthropicReply(response)
        const last = 'status' in status && status.status === 'completed' ? 'completed' : 'incomplete'
        const bytes = responsesStream(
          { type: 'response.created', response: { ...response, output: [], status: 'in_progress' } },
          ...items.flatMap((item, index) => eventsOf(item, index, sizes)),
          { type: `response.${last}`, response },
        )
        const cuts = pieces('x'.repeat(bytes.length), sizes).map((_, index) => index * ((sizes[0] ?? 0) + 1))
        const read = toAnthropic(bytes, { cuts })
        expect(read.isWhole).toBe(true)
        expect(joined(read.content)).toEqual(joined(expected.content))
        expect(read.stop).toMatchObject({ stop_reason: expected.stop_reason })
        expect(read.usage).toEqual(expected.usage)
      }),
      { numRuns: 2 * RUNS },
    )
  })

  it('gives its reasoning back to the same model as it was, and to no other', () => {
    fc.assert(
      fc.property(fc.array(thought, { minLength: 1, maxLength: 3 }), words, (thoughts, text) => {
        const items = [...thoughts, { type: 'message' as const, text }].map(itemOf)
        const { content } = anthropicReply({ object: 'response', status: 'completed', output: items })
        const request = {
          model: 'auto',
          max_tokens: 100,
          messages: [
            { role: 'user', content: 'x' },
            { role: 'assistant', content },
            { role: 'user', content: 'y' },
          ],
        }
        const inputFor = (model: string): readonly { type: string }[] => {
          const body = there.request(Buffer.from(JSON.stringify(request)), { ...target(), model }).body
          return JSON.parse(body.toString('utf8')).input
        }
        const sealed = items.filter((item) => typeof item['encrypted_content'] === 'string')
        const isReasoning = ({ type }: { type: string }): boolean => type === 'reasoning'
        expect(inputFor('target-model').filter(isReasoning)).toEqual(sealed)
        expect(inputFor('other-model').filter(isReasoning)).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  it('streamed as anything at all never makes the translator throw, and ends at most once', () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    const type = fc.constantFrom(
      'response.created',
      'response.output_item.added',
      'response.output_item.done',
      'response.output_text.delta',
      'response.refusal.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_text.delta',
      'response.function_call_arguments.delta',
      'response.custom_tool_call_input.delta',
      'response.completed',
      'response.incomplete',
      'response.failed',
      'error',
      'new',
    )
    const item = fc.record(
      {
        id: fc.constantFrom('a', 'b', '', null),
        type: fc.constantFrom('message', 'reasoning', 'function_call', 'custom_tool_call', 'new'),
        call_id: fc.oneof(fc.constantFrom('a', 'b', ''), value),
        name: fc.oneof(fc.constantFrom('f', '', null), value),
        arguments: fc.oneof(fc.constantFrom('{}', '{"a"', '', null), value),
        content: value,
        summary: value,
        encrypted_content: fc.oneof(fc.constant('x'), value),
      },
      { requiredKeys: [] },
    )
    const event = fc.record(
      {
        type,
        output_index: fc.oneof(fc.nat({ max: 3 }), value),
        summary_index: fc.oneof(fc.nat({ max: 3 }), value),
        item_id: fc.constantFrom('a', 'b', null),
        delta: fc.oneof(fc.string(), value),
        item: fc.oneof(item, value),
        response: fc.oneof(
          fc.record(
            { output: fc.oneof(fc.array(item), value), usage: value, status: value },
            { requiredKeys: [] },
          ),
          value,
        ),
      },
      { requiredKeys: ['type'] },
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        // Reading it asserts the rules of the protocol.
        const read = toAnthropic(responsesStream(...events))
        expect(read.isWhole && read.error !== undefined).toBe(false)
      }),
      { numRuns: 5 * RUNS },
    )
  })
})

/** Texts that follow each other are one text to a reader. */
function joined(content: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  const result: Record<string, unknown>[] = []
  for (const block of content) {
    const last = result.at(-1)
    if (last?.['type'] === 'text' && block['type'] === 'text') {
      result[result.length - 1] = { ...last, text: `${String(last['text'])}${String(block['text'])}` }
    } else result.push(block)
  }
  return result
}

const anthropicBlocks = fc.array(
  fc.oneof(
    words.map((text) => ({ type: 'text', text })),
    fc.record({ type: fc.constant('tool_use'), name: toolName, input }),
    fc.record({
      type: fc.constant('thinking'),
      thinking: fc.oneof(fc.constant(''), words),
      signature: fc.base64String({ minLength: 4 }),
    }),
    fc.base64String({ minLength: 4 }).map((data) => ({ type: 'redacted_thinking', data })),
  ),
  { minLength: 1, maxLength: 5 },
)

function withIds(blocks: readonly object[]): readonly Record<string, Parsed>[] {
  return blocks.map((block, index) => ('input' in block ? { ...block, id: `toolu_${index}` } : { ...block }))
}

function blockEvents(block: Record<string, Parsed>, index: number, sizes: readonly number[]) {
  const delta = (fields: object) => ({ type: 'content_block_delta', index, delta: fields })
  const split = (text: string, of: (part: string) => object) =>
    pieces(text, sizes).map((part) => delta(of(part)))
  const told =
    block['type'] === 'text'
      ? split(block['text'], (text) => ({ type: 'text_delta', text }))
      : block['type'] === 'tool_use'
        ? split(JSON.stringify(block['input']), (part) => ({ type: 'input_json_delta', partial_json: part }))
        : block['type'] === 'thinking'
          ? [
              ...split(block['thinking'], (thinking) => ({ type: 'thinking_delta', thinking })),
              delta({ type: 'signature_delta', signature: block['signature'] }),
            ]
          : []
  const empty = { text: '', input: {}, thinking: '', signature: '' }
  const begun = Object.fromEntries(
    Object.entries(block).map(([key, value]) => [key, key in empty ? empty[key as 'text'] : value]),
  )
  return [
    { type: 'content_block_start', index, content_block: begun },
    ...told,
    { type: 'content_block_stop', index },
  ]
}

describe('an Anthropic reply', () => {
  const stop = fc.constantFrom('end_turn', 'max_tokens', 'tool_use', 'refusal', 'stop_sequence')
  const usage = { input_tokens: 10, cache_read_input_tokens: 3, output_tokens: 5 }

  function streamOf(
    blocks: readonly Record<string, Parsed>[],
    stopReason: string,
    sizes: readonly number[],
  ): Buffer {
    return anthropicStream(
      { type: 'message_start', message: { model: 'm', usage: { ...usage, output_tokens: 1 } } } as {
        type: string
      },
      ...blocks.flatMap((block, index) => blockEvents(block, index, sizes)),
      { type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 5 } } as {
        type: string
      },
      { type: 'message_stop' },
    )
  }

  it('is the same response whether it is streamed or whole, however it is cut', () => {
    fc.assert(
      fc.property(anthropicBlocks, stop, seed, (drawn, stopReason, sizes) => {
        const content = withIds(drawn)
        const expected = responsesReply({ type: 'message', content, stop_reason: stopReason, usage })
        const bytes = streamOf(content, stopReason, sizes)
        const cuts = pieces('x'.repeat(bytes.length), sizes).map((_, index) => index * ((sizes[0] ?? 0) + 1))
        expect(toResponses(bytes, { cuts }).response).toEqual(expected)
      }),
      { numRuns: 2 * RUNS },
    )
  })

  it('comes back as history as it was, seals to the byte', () => {
    fc.assert(
      fc.property(anthropicBlocks, words, (drawn, text) => {
        const content = withIds([...drawn, { type: 'text', text }])
        const { output } = responsesReply({ type: 'message', content, stop_reason: 'end_turn', usage })
        const results = output
          .filter(({ type }: { type: string }) => type === 'function_call')
          .map(({ call_id }: { call_id: string }) => ({ type: 'function_call_output', call_id, output: 'x' }))
        const input = [{ role: 'user', content: 'x' }, ...output, ...results, { role: 'user', content: 'y' }]
        const request = Buffer.from(JSON.stringify({ model: 'auto', input }))
        const again = back.request(request, target())
        expect(again.losses).toEqual([])
        expect(JSON.parse(again.body.toString('utf8')).messages[1]).toEqual({ role: 'assistant', content })
      }),
      { numRuns: RUNS },
    )
  })
})

describe('bytes of a stream between Anthropic and Responses', () => {
  it('give the same output wherever they are cut', () => {
    const response = responsesStream(
      { type: 'response.created', response: { model: 'm' } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', id: 'm', content: [] },
      },
      { type: 'response.output_text.delta', output_index: 0, item_id: 'm', delta: 'Grüße 👋' },
      { type: 'response.completed', response: { status: 'completed', usage: figures } },
    )
    const message = anthropicStream(
      { type: 'message_start', message: {} } as { type: string },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } } as {
        type: string
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Grüße 👋' } } as {
        type: string
      },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } } as { type: string },
      { type: 'message_stop' },
    )
    const toA = (cuts: readonly number[]): string =>
      translated('anthropic', 'openai-responses', response, { cuts, naming: served })
    const toR = (cuts: readonly number[]): string => responsesBytes(message, { cuts })
    for (let cut = 0; cut <= response.length; cut++) expect(toA([cut])).toBe(toA([]))
    for (let cut = 0; cut <= message.length; cut++) expect(toR([cut])).toBe(toR([]))
  })
})
