import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { type Json, responsesStream, served, toAnthropic } from '../anthropic-responses.suite.ts'
import { translated, translationOf } from '../streams.suite.ts'
import { createSseReader } from '../../sse.ts'

type Event = Json & { readonly type: string }

const created: Event = { type: 'response.created', response: { id: 'r', model: 'real', output: [] } }
const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 20, cache_write_tokens: 10 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 4 },
}
const completed = (output: readonly object[] = []): Event => ({
  type: 'response.completed',
  response: { status: 'completed', output, usage },
})
const incomplete = (reason: string): Event => ({
  type: 'response.incomplete',
  response: { status: 'incomplete', incomplete_details: { reason }, output: [], usage },
})
const added = (index: number, item: object): Event => ({
  type: 'response.output_item.added',
  output_index: index,
  item,
})
const done = (index: number, item: object): Event => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
})
const message = (...texts: readonly string[]): object => ({
  id: 'msg_1',
  type: 'message',
  content: texts.map((text) => ({ type: 'output_text', text })),
})
const call = (id: string, args: string): object => ({
  id: `fc_${id}`,
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: args,
})
const say = (index: number, delta: string): Event => ({
  type: 'response.output_text.delta',
  output_index: index,
  delta,
})
const argue = (index: number, delta: string): Event => ({
  type: 'response.function_call_arguments.delta',
  output_index: index,
  delta,
})
const summarize = (index: number, part: number, delta: string): Event => ({
  type: 'response.reasoning_summary_text.delta',
  output_index: index,
  summary_index: part,
  delta,
})
const read = (...events: readonly Event[]) => toAnthropic(responsesStream(created, ...events))

describe('a streamed response, for a client of Anthropic’s protocol', () => {
  it('is a message with the true figures in its last delta', () => {
    const {
      content,
      stop,
      usage: told,
      isWhole,
    } = read(
      added(0, { ...message(), content: [] }),
      say(0, 'Hel'),
      say(0, 'lo'),
      done(0, message('Hello')),
      completed([message('Hello')]),
    )
    expect(content).toEqual([{ type: 'text', text: 'Hello' }])
    expect(stop).toEqual({ stop_reason: 'end_turn', stop_sequence: null })
    expect(told).toEqual({
      input_tokens: 70,
      cache_creation_input_tokens: 10,
      cache_read_input_tokens: 20,
      output_tokens: 9,
      output_tokens_details: { thinking_tokens: 4 },
    })
    expect(isWhole).toBe(true)
  })

  it('is read by Anthropic’s own library as what was said', async () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' }
    const bytes = responsesStream(
      created,
      summarize(0, 0, 'Hm.'),
      done(0, item),
      say(1, 'Hello'),
      done(1, message('Hello')),
      added(2, call('c', '')),
      argue(2, '{"a":'),
      argue(2, '1}'),
      done(2, call('c', '{"a":1}')),
      completed(),
    )
    const text = translated('anthropic', 'openai-responses', bytes, { naming: served })
    const client = new Anthropic({
      apiKey: 'none',
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })),
    })
    const messages = [{ role: 'user' as const, content: 'Hi' }]
    const said = await client.messages.stream({ model: 'auto', max_tokens: 100, messages }).finalMessage()
    expect(said.content).toEqual(toAnthropic(bytes).content)
    expect(said.usage).toMatchObject({ input_tokens: 70, output_tokens: 9 })
  })

  it.each<[string, Event]>([
    [
      'response.failed',
      { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } },
    ],
    ['an error event', { type: 'error', code: 'server_is_overloaded', message: 'x' }],
    ['a nested error', { type: 'error', error: { code: 'server_is_overloaded', message: 'x' } }],
    [
      'a completed response that failed',
      { type: 'response.completed', response: { status: 'failed', error: {} } },
    ],
    ['a cancelled one', { type: 'response.completed', response: { status: 'cancelled' } }],
  ])('is an error after %s, never an empty success', (_name, event) => {
    for (const before of [[], [say(0, 'Hel')]]) {
      const found = read(...before, event, completed())
      expect(found.error).toBeDefined()
      expect(found.isWhole).toBe(false)
      expect(found.types.at(-1)).toBe('error')
    }
  })

  it('tells what kind of failure it was', () => {
    const failedWith = (code: string) =>
      read({ type: 'response.failed', response: { error: { code, message: 'words' } } }).error
    expect(failedWith('rate_limit_exceeded')).toMatchObject({ type: 'rate_limit_error' })
    expect(failedWith('server_is_overloaded')).toMatchObject({ type: 'overloaded_error' })
    expect(failedWith('insufficient_quota')).toMatchObject({ type: 'billing_error' })
    expect(failedWith('context_length_exceeded')).toMatchObject({ type: 'invalid_request_error' })
  })

  it('is not whole when it was cut, whatever came before', () => {
    const bytes = responsesStream(created, say(0, 'Hello'), done(0, message('Hello')))
    const { isWhole, stop, error } = toAnthropic(Buffer.concat([bytes, Buffer.from('data: [DONE]\n\n')]))
    expect({ isWhole, stop, error }).toEqual({ isWhole: false, stop: undefined, error: undefined })
  })

  it('fails at data that is no JSON', () => {
    expect(toAnthropic(Buffer.from('data: {"type"\n\n')).error).toMatchObject({ type: 'api_error' })
  })

  it('takes arguments from one source, though they are told three times', () => {
    const args = '{"a":1}'
    const whole: Event = { type: 'response.function_call_arguments.done', output_index: 0, arguments: args }
    const ways: readonly Event[][] = [
      [added(0, call('c', '')), argue(0, '{"a"'), argue(0, ':1}'), whole, done(0, call('c', args))],
      [added(0, call('c', '')), whole, done(0, call('c', args))],
      [done(0, call('c', args))],
      [],
    ]
    for (const events of ways) {
      const { content, stop } = read(...events, completed([call('c', args)]))
      expect(content).toEqual([{ type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } }])
      expect(stop).toMatchObject({ stop_reason: 'tool_use' })
    }
  })

  it('says a text once, though an earlier call shifts its place in the last event', () => {
    const { content } = read(
      added(0, call('c', '')),
      argue(0, '{}'),
      done(0, call('c', '{}')),
      added(1, { ...message(), id: 'other' }),
      say(1, 'Hello'),
      done(1, { ...message('Hello'), id: 'another' }),
      completed([{ type: 'reasoning', id: 'rs' }, call('c', '{}'), { ...message('Hello'), id: 'third' }]),
    )
    expect(content).toEqual([
      { type: 'tool_use', id: 'c', name: 'f', input: {} },
      { type: 'text', text: 'Hello' },
    ])
  })

  it('takes texts from items where the server does not stream them', () => {
    const text = [{ type: 'text', text: 'Hello' }]
    expect(read(done(0, message('Hello')), completed()).content).toEqual(text)
    expect(read(completed([message('Hello')])).content).toEqual(text)
  })

  it('follows items by their place, because some servers name them anew each time', () => {
    const { content } = read(
      added(0, { ...call('c', ''), id: 'x1' }),
      { ...argue(0, '{"a":'), item_id: 'x2' },
      { ...argue(0, '1}'), item_id: 'x3' },
      done(0, { ...call('c', '{"a":1}'), id: 'x4' }),
      completed([{ ...call('c', '{"a":1}'), id: 'x5' }]),
    )
    expect(content).toEqual([{ type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } }])
  })

  it('writes calls that come at once one after the other', () => {
    const { content } = read(
      added(0, call('a', '')),
      added(1, call('b', '')),
      argue(1, '{"b":'),
      argue(0, '{"a":'),
      argue(1, '2}'),
      argue(0, '1}'),
      done(1, call('b', '{"b":2}')),
      done(0, call('a', '{"a":1}')),
      completed(),
    )
    expect(content).toMatchObject([
      { id: 'a', input: { a: 1 } },
      { id: 'b', input: { b: 2 } },
    ])
  })

  it('lets what follows a call without arguments pass at once', () => {
    const translator = translationOf('anthropic', 'openai-responses').stream(served)
    const events = createSseReader().push(
      responsesStream(created, added(0, call('a', '')), done(0, call('a', '')), say(1, 'next')),
    )
    expect(events.map((event) => translator.push(event).toString()).at(-1)).toContain('next')
  })

  it('shows a summary as thinking, and seals it for the way back with what the finished item has', () => {
    const half = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'half' }
    const whole = { ...half, encrypted_content: 'whole' }
    const { content } = read(
      added(0, half),
      summarize(0, 0, 'First'),
      summarize(0, 0, ' this.'),
      summarize(0, 1, 'Then that.'),
      done(0, whole),
      say(1, 'Hello'),
      completed(),
    )
    expect(content).toEqual([
      {
        type: 'thinking',
        thinking: 'First this.\n\nThen that.',
        signature: 'signalbox-reasoning-1:openai:target-model:rs_1%2011%2010:whole',
      },
      { type: 'text', text: 'Hello' },
    ])
  })

  it('keeps reasoning without a word for the way back', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' }
    const { content } = read(added(0, item), done(0, item), say(1, 'Hello'), completed())
    expect(content[0]).toEqual({
      type: 'redacted_thinking',
      data: 'signalbox-reasoning-1:openai:target-model:rs_1:sealed',
    })
    const nothing = { type: 'reasoning', id: 'rs_1', summary: [] }
    expect(read(added(0, nothing), done(0, nothing), say(1, 'x'), completed()).content).toHaveLength(1)
  })

  it('shows raw reasoning as thinking, and of two kinds the first alone', () => {
    const raw = (delta: string): Event => ({ type: 'response.reasoning_text.delta', output_index: 0, delta })
    const item = { type: 'reasoning', id: 'rs_1', summary: [] }
    const { content } = read(
      raw('Hmm'),
      raw('.'),
      summarize(0, 0, 'Thought.'),
      done(0, item),
      say(1, 'x'),
      completed(),
    )
    expect(content).toMatchObject([{ type: 'thinking', thinking: 'Hmm.' }, { type: 'text' }])
  })

  it('makes up no seal for a thought that was cut, and marks whose it was', () => {
    const { content, stop } = read(summarize(0, 0, 'Hm'), incomplete('max_output_tokens'))
    const signature = 'signalbox-reasoning-1:openai:target-model::'
    expect(content).toEqual([{ type: 'thinking', thinking: 'Hm', signature }])
    expect(stop).toMatchObject({ stop_reason: 'max_tokens' })
    const followed = read(summarize(0, 0, 'Hm'), say(1, 'x'), completed())
    expect(followed.content).toEqual([
      { type: 'thinking', thinking: 'Hm', signature },
      { type: 'text', text: 'x' },
    ])
  })

  it.each<[string, string]>([
    ['max_output_tokens', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['steered', 'max_tokens'],
  ])('that is incomplete for %s stops with %s', (reason, expected) => {
    expect(read(say(0, 'Hel'), incomplete(reason)).stop).toMatchObject({ stop_reason: expected })
    expect(read(incomplete(reason)).stop).toMatchObject({ stop_reason: expected })
  })

  it('is incomplete for its reason, also where it names no status', () => {
    const response = { incomplete_details: { reason: 'max_output_tokens' }, usage }
    const { stop } = read(say(0, 'x'), { type: 'response.incomplete', response })
    expect(stop).toMatchObject({ stop_reason: 'max_tokens' })
  })

  it('that is cut within a call ends with the limit, not with a call', () => {
    const { content, stop } = read(
      added(0, call('c', '')),
      argue(0, '{"a":'),
      incomplete('max_output_tokens'),
    )
    expect(stop).toMatchObject({ stop_reason: 'max_tokens' })
    expect(content[0]).toMatchObject({ type: 'tool_use', id: 'c', input: {} })
  })

  it('is a refusal where the model declines, its words in the text and in the reason', () => {
    const { content, stop } = read(
      { type: 'response.refusal.delta', output_index: 0, delta: 'I cannot' },
      { type: 'response.refusal.delta', output_index: 0, delta: ' help.' },
      done(0, { type: 'message', content: [{ type: 'refusal', refusal: 'I cannot help.' }] }),
      completed(),
    )
    expect(content).toEqual([{ type: 'text', text: 'I cannot help.' }])
    expect(stop).toEqual({
      stop_reason: 'refusal',
      stop_sequence: null,
      stop_details: { type: 'refusal', category: null, explanation: 'I cannot help.' },
    })
  })

  it('claims no call that is not there', () => {
    const nameless = { type: 'function_call', call_id: 'c', arguments: '{}' }
    expect(read(done(0, nameless), say(1, 'x'), completed()).stop).toMatchObject({ stop_reason: 'end_turn' })
  })

  it('estimates what was written where no usage came, and does not call it free', () => {
    const end: Event = { type: 'response.completed', response: { status: 'completed' } }
    expect(read(say(0, 'x'.repeat(40)), end).usage).toMatchObject({ output_tokens: 10 })
  })

  it('ignores events that it does not know, and passes signs of life on', () => {
    const { content } = read(
      { type: 'response.web_search_call.searching', output_index: 0, item_id: 'ws' },
      added(0, { type: 'web_search_call', id: 'ws' }),
      { type: 'response.new', x: 1 },
      say(1, 'x'),
      completed(),
    )
    expect(content).toEqual([{ type: 'text', text: 'x' }])
    const translator = translationOf('anthropic', 'openai-responses').stream(served)
    const [event] = createSseReader().push(responsesStream({ type: 'keepalive' }))
    expect(event && translator.push(event).toString()).toContain('ping')
  })

  it('gives tools the names that the client knows', () => {
    const toolNames = new Map([['f', 'a long name']])
    const bytes = responsesStream(created, done(0, call('c', '{}')), completed())
    expect(toAnthropic(bytes, { naming: { ...served, toolNames } }).content).toMatchObject([
      { name: 'a long name' },
    ])
  })

  it('is bounded in its items', () => {
    const events = Array.from({ length: 10_001 }, (_, index) => say(index, 'x'))
    expect(read(...events).error).toBeDefined()
  })
})

describe('a stop sequence, for a worker that has no field for it', () => {
  const stopped = (sequences: readonly string[], ...events: readonly Event[]) =>
    toAnthropic(responsesStream(created, ...events, completed()), {
      naming: { ...served, stopSequences: sequences },
    })

  it('cuts the text where it appears, also across pieces, and is named', () => {
    const { content, stop, isWhole } = stopped(
      ['END', '\n\nHuman:'],
      say(0, 'One\n'),
      say(0, '\nHum'),
      say(0, 'an: two'),
      say(0, 'END'),
    )
    expect(content).toEqual([{ type: 'text', text: 'One' }])
    expect(stop).toEqual({ stop_reason: 'stop_sequence', stop_sequence: '\n\nHuman:' })
    expect(isWhole).toBe(true)
  })

  it('tells that nothing more of the worker is needed', () => {
    const translator = translationOf('anthropic', 'openai-responses').stream({
      ...served,
      stopSequences: ['END'],
    })
    const overs = createSseReader()
      .push(responsesStream(created, say(0, 'one'), say(0, 'END'), say(0, 'two')))
      .map((event) => [translator.push(event).length > 0, translator.over])
    expect(overs).toEqual([
      [true, false],
      [true, false],
      [true, true],
      [false, true],
    ])
  })

  it('holds nothing back in the end', () => {
    const { content, stop } = stopped(['END'], say(0, 'The E'), say(0, 'N'))
    expect(content).toEqual([{ type: 'text', text: 'The EN' }])
    expect(stop).toMatchObject({ stop_reason: 'end_turn' })
  })

  it('ends what follows it: no call, no second text', () => {
    const { content, stop } = stopped(['END'], say(0, 'xEND'), done(1, call('c', '{}')), say(2, 'y'))
    expect(content).toEqual([{ type: 'text', text: 'x' }])
    expect(stop).toMatchObject({ stop_reason: 'stop_sequence' })
  })

  it('ends what follows it also where all is told at once', () => {
    const whole = completed([message('xEND'), call('c', '{}')])
    const bytes = responsesStream(created, whole)
    const { content, stop } = toAnthropic(bytes, { naming: { ...served, stopSequences: ['END'] } })
    expect(content).toEqual([{ type: 'text', text: 'x' }])
    expect(stop).toMatchObject({ stop_reason: 'stop_sequence' })
  })

  it('that comes first leaves an empty answer', () => {
    const { content, stop } = stopped(['END'], say(0, 'END'))
    expect(content).toEqual([])
    expect(stop).toMatchObject({ stop_reason: 'stop_sequence' })
  })

  it('counts in texts alone, not in what a tool is given', () => {
    const { content, stop } = stopped(['END'], done(0, call('c', '{"a":"END"}')))
    expect(content).toMatchObject([{ input: { a: 'END' } }])
    expect(stop).toMatchObject({ stop_reason: 'tool_use' })
  })
})
