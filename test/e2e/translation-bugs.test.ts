/**
 * Twenty ways in which a message is ruined on its way between protocols, each by the nearest real path: a client's SDK,
 * the real server, and an upstream that behaves as the servers do that it happened with.
 */
import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { isObject, type Json } from '../upstream/api.ts'
import type { Behaviour, Upstream } from '../upstream/upstream.ts'
import { type Gateway, refusalOf, startGateway, upstreamOf, workerOf } from './harness.ts'

const question = { role: 'user' as const, content: 'What is there to see?' }
const look = {
  name: 'look',
  input_schema: { type: 'object' as const, properties: { at: { type: 'string' } } },
}
const ask = { model: 'auto', max_tokens: 300, messages: [question] }
const asked = { ...ask, tools: [look] }

type Behind = 'claude' | 'compatible' | 'gpt'

interface Started {
  readonly gateway: Gateway
  readonly upstream: Upstream
  /** The body of the newest request to the worker. */
  sent(): Json
}

async function start(behind: Behind, ...script: readonly Behaviour[]): Promise<Started> {
  const upstream = await upstreamOf({ wire: behind === 'claude' ? 'anthropic' : 'openai-chat', script })
  const worker = {
    claude: workerOf(upstream, { model: 'claude-opus-5-5' }),
    compatible: { ...workerOf(upstream, { model: 'some-model' }), dialect: 'compatible' as const },
    gpt: { ...workerOf(upstream, { model: 'gpt-6.1-terra' }), dialect: 'openai' as const },
  }[behind]
  const gateway = await startGateway({
    pools: { main: { workers: [worker] } },
    routes: { tactical: ['main'] },
  })
  return {
    gateway,
    upstream,
    sent() {
      const request = upstream.requests.at(-1)
      expect(request?.refusal).toBeUndefined()
      return isObject(request?.body) ? request.body : {}
    },
  }
}

const stream = (body: string): Behaviour => ({
  kind: 'reply',
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body,
})
/** Before the first word it may be asked again: more often than it is. */
const always = (behaviour: Behaviour): Behaviour[] => Array.from({ length: 8 }, () => behaviour)
const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`
const DONE = 'data: [DONE]\n\n'
const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
  data({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  })
const call = (name: string, json: string, more: object = {}): object => ({
  tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: json }, ...more }],
})
const event = (type: string, value: object): string => `event: ${type}\n${data({ type, ...value })}`
const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'in_progress',
  output: [],
}
const created = event('response.created', { response, sequence_number: 0 })
const failed = (code: string): string =>
  event('response.failed', { response: { ...response, status: 'failed', error: { code, message: 'No.' } } })

const heard = (gateway: Gateway, params: object = asked): Promise<Anthropic.Message> =>
  gateway
    .anthropic()
    .messages.stream({ ...asked, ...params })
    .finalMessage()
const uses = ({ content }: Anthropic.Message): readonly object[] =>
  content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : []))
const textOf = ({ content }: Anthropic.Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

describe('a failure is never a well-formed answer', () => {
  it('1 when a response fails after the stream began', async () => {
    const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    const begun = [
      event('response.output_item.added', { output_index: 0, item }),
      event('response.output_text.delta', { ...at, delta: 'As far' }),
    ]
    const { gateway } = await start(
      'gpt',
      ...always(stream(created + begun.join('') + failed('server_error'))),
    )
    await refusalOf(heard(gateway))
    expect(gateway.records[0]?.outcome).not.toBe('ok')
  })

  it('2 when a stream is cut without its end', async () => {
    const { gateway } = await start('compatible', stream(chunk({ role: 'assistant', content: 'As far' })))
    await refusalOf(heard(gateway))
    expect(gateway.records[0]?.outcome).not.toBe('ok')
  })

  it('3 when an overload comes as events before any content', async () => {
    const overload = event('error', { code: 'server_is_overloaded', message: 'Busy.' })
    const body = created + overload + failed('server_is_overloaded')
    const { gateway } = await start('gpt', ...always(stream(body)))
    await refusalOf(heard(gateway))
    expect(gateway.records[0]?.outcome).not.toBe('ok')
  })

  it('4 when the model declines: a filter is a refusal, and a refusal a filter', async () => {
    const filtered = await start('compatible', { kind: 'answer', text: 'As', stopReason: 'content_filter' })
    expect((await heard(filtered.gateway)).stop_reason).toBe('refusal')
    const refused = await start('claude', { kind: 'answer', text: 'As', stopReason: 'refusal' })
    const completion = await refused.gateway
      .openai()
      .chat.completions.create({ model: 'auto', messages: [question] })
    expect(completion.choices[0]?.finish_reason).toBe('content_filter')
  })
})

describe('what was used is told as it was billed', () => {
  const usage = { input: 50, output: 7, cacheRead: 20 }

  it('5 also when it is streamed across protocols', async () => {
    for (const behind of ['gpt', 'compatible'] as const) {
      const { gateway } = await start(behind, { kind: 'answer', usage }, { kind: 'answer', usage })
      const whole = await gateway.anthropic().messages.create(asked)
      expect(whole.usage).toMatchObject({ input_tokens: 30, cache_read_input_tokens: 20, output_tokens: 7 })
      const { input_tokens, cache_read_input_tokens, output_tokens } = whole.usage
      expect((await heard(gateway)).usage).toMatchObject({
        input_tokens,
        cache_read_input_tokens,
        output_tokens,
      })
    }
  })

  it('6 also when it comes in a chunk with choices', async () => {
    const counted = {
      usage: { prompt_tokens: 50, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 20 } },
    }
    const body = chunk({ role: 'assistant', content: 'Yes.' }) + chunk({}, 'stop', counted) + DONE
    const { gateway } = await start('compatible', stream(body))
    expect((await heard(gateway)).usage).toMatchObject({
      input_tokens: 30,
      cache_read_input_tokens: 20,
      output_tokens: 7,
    })
  })

  it('7 also behind two of us', async () => {
    const tools = [{ name: 'look', input: { at: 'it' } }]
    const inner = await start('claude', { kind: 'answer', thinking: 'Hm.', text: 'Yes.', tools, usage })
    const worker = {
      kind: 'anthropic',
      baseUrl: inner.gateway.url,
      apiKey: 'k',
      model: 'claude-opus-5-5',
    } as const
    const outer = await startGateway({
      pools: { main: { workers: [worker] } },
      routes: { tactical: ['main'] },
    })
    const said = await heard(outer)
    expect(said.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use'])
    expect(said.usage).toMatchObject({ input_tokens: 50, cache_read_input_tokens: 20, output_tokens: 7 })
    const messages = [question, { role: 'assistant', content: said.content }]
    const result = {
      type: 'tool_result',
      tool_use_id: said.content.flatMap((block) => (block.type === 'tool_use' ? block.id : [])).join(''),
      content: 'x',
    }
    await heard(outer, { messages: [...messages, { role: 'user', content: [result] }] })
    inner.sent()
    expect(inner.upstream.requests.at(-1)?.reasoningLost).toEqual([])
  })
})

describe('calls of tools arrive as they were made', () => {
  it('8 all of them, when one chunk has several', async () => {
    const both = ['sky', 'sea'].map((at, index) => ({
      index,
      id: `call_${index}`,
      type: 'function',
      function: { name: 'look', arguments: JSON.stringify({ at }) },
    }))
    const { gateway } = await start(
      'compatible',
      stream(chunk({ tool_calls: both }) + chunk({}, 'tool_calls') + DONE),
    )
    expect(uses(await heard(gateway))).toEqual(['sky', 'sea'].map((at) => ({ name: 'look', input: { at } })))
  })

  const one = [{ name: 'look', input: { at: 'sky' } }]
  const JSON_TEXT = '{"at":"sky"}'

  it.each<[string, string]>([
    ['9 whole, when arguments and finish reason share a chunk', chunk(call('look', JSON_TEXT), 'tool_calls')],
    [
      '10 once, when every delta repeats the id and has an empty name',
      chunk(call('look', '')) +
        chunk(call('', '{"at":')) +
        chunk(call('', '"sky"}')) +
        chunk({}, 'tool_calls'),
    ],
    [
      '12 though a second finish says that nothing was called, and an empty one nothing at all',
      chunk(call('look', JSON_TEXT), '') + chunk({}, 'tool_calls') + chunk({}, 'stop'),
    ],
    [
      '13 though the finish says that nothing was called',
      chunk({ content: '' }) + chunk(call('look', JSON_TEXT)) + chunk({}, 'stop'),
    ],
  ])('%s', async (_what, body) => {
    const { gateway } = await start('compatible', stream(body + DONE))
    const said = await heard(gateway)
    expect([uses(said), said.stop_reason, said.content.length]).toEqual([one, 'tool_use', 1])
  })

  it('11 once, though deltas, their end and the item all have the arguments and the text', async () => {
    const { gateway } = await start('gpt', { kind: 'answer', text: 'Let me see.', tools: one })
    const said = await heard(gateway)
    expect([uses(said), textOf(said)]).toEqual([one, 'Let me see.'])
  })

  it('13 and none is claimed where none was made', async () => {
    const { gateway } = await start(
      'compatible',
      stream(chunk({ content: 'Yes.' }) + chunk({}, 'tool_calls') + DONE),
    )
    expect((await heard(gateway)).stop_reason).toBe('end_turn')
  })
})

describe('what is asked arrives as it was meant', () => {
  const use = { type: 'tool_use' as const, id: 'toolu_1', name: 'look', input: { at: 'sky' } }
  const history = (content: unknown): object[] => [
    question,
    { role: 'assistant', content: [use] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content }] },
  ]

  it('14 images in a tool’s result are images', async () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'aGVyb24=' }
    const messages = history([
      { type: 'text', text: 'Here.' },
      { type: 'image', source },
    ])
    for (const [behind, type] of [
      ['compatible', 'image_url'],
      ['gpt', 'input_image'],
    ] as const) {
      const { gateway, sent } = await start(behind)
      await heard(gateway, { messages })
      expect(JSON.stringify(sent())).toMatch(
        new RegExp(`"type":"${type}"[^}]*data:image/png;base64,aGVyb24=`),
      )
    }
  })

  it('15 stop sequences stop, and the one that did is named', async () => {
    const chat = await start('compatible')
    await heard(chat.gateway, { stop_sequences: ['END'] })
    expect(chat.sent()['stop']).toEqual(['END'])
    const { gateway } = await start('gpt', { kind: 'answer', text: 'One two END three.' })
    const said = await heard(gateway, { stop_sequences: ['END'] })
    expect([textOf(said), said.stop_reason, said.stop_sequence]).toEqual(['One two ', 'stop_sequence', 'END'])
  })

  it('16 no thinking is no effort, and the most is the most', async () => {
    const { gateway, sent } = await start('gpt')
    await heard(gateway, { thinking: { type: 'disabled' } })
    expect(sent()['reasoning']).toMatchObject({ effort: 'none' })
    await heard(gateway, { output_config: { effort: 'max' } })
    expect(sent()['reasoning']).toMatchObject({ effort: 'max' })
  })

  it('17 reasoning is neither an empty answer nor a visible one', async () => {
    const body =
      chunk({ role: 'assistant', reasoning: 'Hm, hm.' }) +
      chunk({ content: 'Yes.' }) +
      chunk({}, 'stop') +
      DONE
    const { gateway } = await start('compatible', stream(body))
    expect(textOf(await heard(gateway))).toBe('Yes.')
  })

  it('18 signed blocks come back to the model to the byte, also those without a text', async () => {
    const tools = [{ name: 'look', input: { at: 'sky' } }]
    const { gateway, upstream, sent } = await start('claude', { kind: 'answer', thinking: 'Hm.', tools })
    const { content } = await heard(gateway)
    expect(content[0]).toMatchObject({ type: 'thinking', thinking: '' })
    const [, made] = content
    const id = made?.type === 'tool_use' ? made.id : ''
    const result = { type: 'tool_result', tool_use_id: id, content: 'x' }
    await heard(gateway, {
      messages: [question, { role: 'assistant', content }, { role: 'user', content: [result] }],
    })
    expect(sent()['messages']).toMatchObject([question, { content }, {}])
    expect(upstream.requests.at(-1)?.reasoningLost).toEqual([])
  })

  it('19 long names of tools come back long, and ids of calls are no ids of items', async () => {
    const name = `look_${'x'.repeat(80)}`
    for (const behind of ['compatible', 'gpt'] as const) {
      const { gateway, upstream, sent } = await start(behind)
      const messages = [
        question,
        { role: 'assistant', content: [{ ...use, name }] },
        ...history('x').slice(2),
      ]
      const params = { messages, tools: [{ ...look, name }] }
      await heard(gateway, params)
      const short = /"name":"(look_x+_\w+)"/.exec(JSON.stringify(sent()))?.[1] ?? ''
      expect(short.length).toBeLessThanOrEqual(64)
      upstream.enqueue({ kind: 'answer', tools: [{ name: short, input: { at: 'sky' } }] })
      expect(uses(await heard(gateway, params))).toEqual([{ name, input: { at: 'sky' } }])
    }
  })

  it('20 a vendor’s own tools are refused by name, never dropped', async () => {
    const { gateway, upstream } = await start('compatible')
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
    const error = await refusalOf(heard(gateway, { tools }))
    expect(error.message).toMatch(/web_search/)
    expect(upstream.requests).toEqual([])
  })
})
