import { describe, expect, it } from 'vitest'
import { naming, translationOf } from '../streams.suite.ts'
import { refusalOf, request, target, toAnthropicRequest } from '../requests.suite.ts'

describe('a Chat request as an Anthropic request', () => {
  it('keeps what both protocols have, under the names of the other', () => {
    const { body, losses } = toAnthropicRequest({
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_completion_tokens: 100,
      temperature: 0.5,
      stop: ['END', 'STOP'],
      stream: true,
      stream_options: { include_usage: true },
      safety_identifier: 'u1',
      reasoning_effort: 'high',
      n: 1,
      logprobs: false,
      store: false,
    })
    expect(body).toEqual({
      model: 'target-model',
      max_tokens: 100,
      system: 'Be brief.',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      temperature: 0.5,
      stop_sequences: ['END', 'STOP'],
      stream: true,
      output_config: { effort: 'high' },
      metadata: { user_id: 'u1' },
    })
    expect(losses).toEqual([])
  })

  it('never carries a field of OpenAI’s own under its old name', () => {
    const { body } = toAnthropicRequest({
      stop: 'a',
      user: 'u',
      reasoning_effort: 'low',
      max_completion_tokens: 5,
    })
    for (const field of ['stop', 'user', 'reasoning_effort', 'max_completion_tokens', 'stream_options']) {
      expect(body).not.toHaveProperty(field)
    }
  })

  it('is the same bytes each time', () => {
    const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'a' }], seed: 1 })
    expect(request('openai-chat', 'anthropic', body)).toEqual(request('openai-chat', 'anthropic', body))
  })

  it('tells whether the client expects usage in a chunk of its own', () => {
    const translate = (more: object) =>
      translationOf('openai-chat', 'anthropic').request(
        Buffer.from(
          JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'a' }], stream: true, ...more }),
        ),
        target(),
      )
    expect(translate({ stream_options: { include_usage: true } }).usageChunk).toBe(true)
    expect(translate({}).usageChunk).toBeUndefined()
    expect(naming.usageChunk).toBeUndefined()
  })
})

describe('the length limit', () => {
  it('is asked for under either name, the newer one first', () => {
    expect(toAnthropicRequest({ max_tokens: 7 }).body['max_tokens']).toBe(7)
    expect(toAnthropicRequest({ max_tokens: 7, max_completion_tokens: 8 }).body['max_tokens']).toBe(8)
  })

  it('is the model’s where the client gives none, and 4,096 where that is not known', () => {
    expect(toAnthropicRequest({}, { outputTokensMax: 64_000 }).body['max_tokens']).toBe(64_000)
    expect(toAnthropicRequest({ max_tokens: null }).body['max_tokens']).toBe(4_096)
  })

  it('is clamped to what the model can write, and says so', () => {
    expect(toAnthropicRequest({ max_tokens: 99_000 }, { outputTokensMax: 64_000 })).toMatchObject({
      body: { max_tokens: 64_000 },
      losses: ['max-tokens-clamped'],
    })
  })
})

describe('sampling', () => {
  it.each([
    [1.7, 1],
    [-1, 0],
    [0, 0],
    [1, 1],
  ])('with temperature %d has temperature %d', (asked, sent) => {
    expect(toAnthropicRequest({ temperature: asked }).body['temperature']).toBe(sent)
  })

  it('keeps temperature where both are given, for the models take one of them', () => {
    expect(toAnthropicRequest({ temperature: 0.5, top_p: 0.9 })).toEqual({
      body: expect.not.objectContaining({ top_p: 0.9 }),
      losses: ['sampling-dropped'],
    })
    expect(toAnthropicRequest({ top_p: 0.9 }).body['top_p']).toBe(0.9)
    expect(toAnthropicRequest({ temperature: 0.5, top_p: 1 }).losses).toEqual([])
  })

  it('is dropped for a model that refuses it, unless it is the default', () => {
    const takes = { sampling: false }
    const { body, losses } = toAnthropicRequest({ temperature: 0.2, top_p: 0.5 }, { takes })
    expect(body).not.toHaveProperty('temperature')
    expect(body).not.toHaveProperty('top_p')
    expect(losses).toEqual(['sampling-dropped'])
    expect(toAnthropicRequest({ temperature: 1 }, { takes }).losses).toEqual([])
  })
})

describe('stop strings', () => {
  it('are a list also where one is given', () => {
    expect(toAnthropicRequest({ stop: 'END' }).body['stop_sequences']).toEqual(['END'])
    expect(toAnthropicRequest({ stop: [] }).body).not.toHaveProperty('stop_sequences')
    expect(toAnthropicRequest({ stop: null }).body).not.toHaveProperty('stop_sequences')
  })

  it('of white space alone are refused', () => {
    expect(refusalOf(() => toAnthropicRequest({ stop: ['END', '\n'] }))).toMatchObject({
      code: 'untranslatable',
      path: 'stop.1',
    })
  })
})

describe('effort', () => {
  it.each<[string, readonly string[] | undefined, string | undefined, readonly string[]]>([
    ['max', undefined, 'max', []],
    ['minimal', undefined, 'low', ['effort-clamped']],
    ['none', undefined, 'low', ['thinking-forced-on']],
    ['xhigh', ['low', 'medium', 'high', 'max'], 'high', ['effort-clamped']],
    ['high', [], undefined, ['removed:reasoning_effort']],
  ])('%s where %j is taken is %s', (asked, efforts, sent, losses) => {
    const read = toAnthropicRequest({ reasoning_effort: asked }, efforts ? { takes: { efforts } } : {})
    expect(read.body['output_config']).toEqual(sent === undefined ? undefined : { effort: sent })
    expect(read.losses).toEqual(losses)
  })
})

describe('a format for the answer', () => {
  it('is a JSON schema in both', () => {
    const schema = { type: 'object', properties: {} }
    const format = { type: 'json_schema', json_schema: { name: 'n', strict: true, schema } }
    expect(toAnthropicRequest({ response_format: format })).toMatchObject({
      body: { output_config: { format: { type: 'json_schema', schema } } },
      losses: [],
    })
  })

  it('of any JSON object is asked for in words, and reported', () => {
    const { body, losses } = toAnthropicRequest({
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'Hi' },
      ],
      response_format: { type: 'json_object' },
    })
    expect(body['system']).toMatchObject([{ text: 'S' }, { text: expect.stringContaining('JSON') }])
    expect(losses).toEqual(['removed:response_format'])
  })

  it('of text is no format', () => {
    expect(toAnthropicRequest({ response_format: { type: 'text' } })).toMatchObject({ losses: [] })
  })
})

describe('the end user', () => {
  it('is named by the newer field first', () => {
    expect(toAnthropicRequest({ user: 'a' }).body['metadata']).toEqual({ user_id: 'a' })
    expect(toAnthropicRequest({ user: 'a', safety_identifier: 'b' })).toMatchObject({
      body: { metadata: { user_id: 'b' } },
      losses: ['removed:user'],
    })
  })
})

describe('the service tier', () => {
  it.each([
    ['default', 'standard_only', []],
    ['auto', 'auto', []],
    ['flex', 'auto', ['removed:service_tier']],
  ])('%s is %s', (asked, sent, losses) => {
    expect(toAnthropicRequest({ service_tier: asked })).toMatchObject({
      body: { service_tier: sent },
      losses,
    })
  })
})

describe('fields without a counterpart', () => {
  it.each([
    'frequency_penalty',
    'presence_penalty',
    'logit_bias',
    'seed',
    'metadata',
    'prediction',
    'verbosity',
    'top_k',
    'something_new',
  ])('are dropped with a loss: %s', (field) => {
    expect(toAnthropicRequest({ [field]: 1 }).losses).toEqual([`removed:${field}`])
    expect(toAnthropicRequest({ [field]: null }).losses).toEqual([])
  })

  it('are reported also where an answer was to be kept', () => {
    expect(toAnthropicRequest({ store: true }).losses).toEqual(['removed:store'])
  })

  it.each<[string, unknown]>([
    ['n', 2],
    ['logprobs', true],
    ['top_logprobs', 5],
    ['audio', { voice: 'a' }],
    ['modalities', ['text', 'audio']],
    ['functions', [{ name: 'f' }]],
    ['function_call', 'auto'],
    ['web_search_options', {}],
    ['moderation', { input: 'block' }],
    ['previous_response_id', 'resp_1'],
    ['conversation', 'conv_1'],
  ])('are refused where leaving them out would change what is meant: %s', (field, value) => {
    expect(refusalOf(() => toAnthropicRequest({ [field]: value }))).toMatchObject({
      code: 'untranslatable',
      path: field,
    })
  })
})

describe('a malformed request', () => {
  it.each<[string, object]>([
    ['max_tokens', { max_tokens: 'many' }],
    ['messages', { messages: {} }],
    ['messages', { messages: [] }],
    ['messages.0', { messages: [null] }],
    ['messages.0.role', { messages: [{ role: 'robot', content: 'a' }] }],
    ['messages.0.content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: ['a'] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }],
    ['temperature', { temperature: '1' }],
    ['stop.0', { stop: [1] }],
    ['stop', { stop: 7 }],
    ['stream', { stream: 1 }],
    ['response_format', { response_format: 'json' }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
    ['reasoning_effort', { reasoning_effort: 3 }],
    ['user', { user: 7 }],
    ['tools.0', { tools: [7] }],
    ['parallel_tool_calls', { parallel_tool_calls: 'no', tools: [] }],
  ])('is refused with the path: %s', (path, body) => {
    expect(refusalOf(() => toAnthropicRequest(body))).toMatchObject({ code: 'invalid-message', path })
  })

  it('that nests arguments deeper than the stack is refused or read as no JSON, not a crash', () => {
    const args = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: args } }
    const { body } = toAnthropicRequest({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: null, tool_calls: [call] },
      ],
    })
    expect(body['messages']).toMatchObject([
      {},
      { content: [{ type: 'tool_use', input: {} }, { type: 'text' }] },
      {},
    ])
  })
})
