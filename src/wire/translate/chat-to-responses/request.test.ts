import { describe, expect, it } from 'vitest'
import { refusalOf, type TargetOptions } from '../requests.suite.ts'
import { type PairRequest, toResponsesRequest } from '../responses-to-chat/pair.suite.ts'

const request = (body: object, options?: TargetOptions): PairRequest => toResponsesRequest(body, options)

describe('a Chat request for a worker that speaks Responses', () => {
  it('asks for nothing to be kept, and carries what has the same name on both sides', () => {
    const common = {
      metadata: { a: 'b' },
      service_tier: 'flex',
      safety_identifier: 's',
      user: 'u',
      prompt_cache_key: 'k',
      prompt_cache_options: { mode: 'explicit' },
      prompt_cache_retention: '24h',
    }
    const { body, losses } = request(common)
    expect(body).toEqual({
      model: 'target-model',
      input: [{ type: 'message', role: 'user', content: 'Hi' }],
      ...common,
      store: false,
    })
    expect(losses).toEqual([])
  })

  it('says so when the client wanted it kept', () => {
    const { body, losses } = request({ store: true })
    expect(body['store']).toBe(false)
    expect(losses).toEqual(['removed:store'])
  })

  it('limits the answer by whichever field the client used, and never below what Responses takes', () => {
    expect(request({ max_completion_tokens: 500 }).body['max_output_tokens']).toBe(500)
    expect(request({ max_tokens: 400 }).body['max_output_tokens']).toBe(400)
    const probe = request({ max_tokens: 1 })
    expect(probe.body['max_output_tokens']).toBe(16)
    expect(probe.losses).toEqual(['max-tokens-clamped'])
    expect(request({ max_tokens: 900 }, { outputTokensMax: 800 }).body['max_output_tokens']).toBe(800)
  })

  it('puts effort, verbosity and format where Responses has them', () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const { body, losses } = request({
      reasoning_effort: 'high',
      verbosity: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'r', description: 'd', schema, strict: true },
      },
    })
    expect(body['reasoning']).toEqual({ effort: 'high' })
    expect(body['text']).toEqual({
      format: { type: 'json_schema', name: 'r', description: 'd', schema, strict: true },
      verbosity: 'low',
    })
    expect(losses).toEqual([])
    expect(request({ response_format: { type: 'json_object' } }).body['text']).toEqual({
      format: { type: 'json_object' },
    })
    expect(
      request({ response_format: { type: 'json_schema', json_schema: { name: 'r' } } }).body['text'],
    ).toEqual({
      format: { type: 'json_schema', name: 'r', schema: {}, strict: false },
    })
  })

  it('asks for no more effort than the model has', () => {
    const takes = { efforts: ['low', 'medium', 'high'] }
    const { body, losses } = request({ reasoning_effort: 'max' }, { takes })
    expect(body['reasoning']).toEqual({ effort: 'high' })
    expect(losses).toEqual(['effort-clamped'])
    expect(request({ reasoning_effort: 'none' }, { takes }).losses).toEqual(['thinking-forced-on'])
  })

  it('takes the least of reasoning for some of it', () => {
    expect(request({ reasoning_effort: 'minimal' }).body['reasoning']).toEqual({ effort: 'low' })
  })

  it('leaves out what the model is known not to take', () => {
    const takes = { cacheOptions: false, cacheRetentions: ['24h'], serviceTiers: ['auto', 'default'] }
    const { body, losses } = request(
      {
        prompt_cache_options: { mode: 'implicit' },
        prompt_cache_retention: 'in_memory',
        service_tier: 'flex',
      },
      { takes },
    )
    expect(Object.keys(body)).toEqual(['model', 'input', 'store'])
    expect(losses).toEqual([
      'removed:service_tier',
      'removed:prompt_cache_options',
      'removed:prompt_cache_retention',
    ])
    expect(request({ prompt_cache_retention: '24h', service_tier: 'auto' }, { takes }).losses).toEqual([])
  })

  it('keeps sampling parameters where the model takes them', () => {
    expect(request({ temperature: 0.5, top_p: 0.9 }).body).toMatchObject({ temperature: 0.5, top_p: 0.9 })
    const takes = { sampling: false }
    const dropped = request({ temperature: 0.5 }, { takes })
    expect(dropped.body).not.toHaveProperty('temperature')
    expect(dropped.losses).toEqual(['sampling-dropped'])
    expect(request({ temperature: 0.5, reasoning_effort: 'none' }, { takes }).body['temperature']).toBe(0.5)
  })

  it('streams without padding, and remembers that usage was asked for', () => {
    const streamed = request({ stream: true, stream_options: { include_usage: true } })
    expect(streamed.body).toMatchObject({ stream: true, stream_options: { include_obfuscation: false } })
    expect(streamed.usageChunk).toBe(true)
    expect(request({ stream: true }).usageChunk).toBeUndefined()
  })

  it('remembers the stop texts, which no field of Responses holds', () => {
    const { body, losses, stopSequences } = request({ stop: ['a', 'b'] })
    expect(body).not.toHaveProperty('stop')
    expect(stopSequences).toEqual(['a', 'b'])
    expect(losses).toEqual([])
    expect(request({ stop: 'END' }).stopSequences).toEqual(['END'])
    expect(refusalOf(() => request({ stop: ['a', ''] })).path).toBe('stop.1')
    expect(refusalOf(() => request({ stop: ['1', '2', '3', '4', '5'] })).path).toBe('stop')
  })

  it('drops with a loss what only makes the answer a little different', () => {
    const { body, losses } = request({
      seed: 7,
      presence_penalty: 1,
      frequency_penalty: 1,
      logit_bias: { 1: 2 },
      prediction: { type: 'content', content: 'x' },
      strange: 1,
    })
    expect(Object.keys(body)).toEqual(['model', 'input', 'store'])
    expect(losses).toEqual([
      'removed:seed',
      'removed:presence_penalty',
      'removed:frequency_penalty',
      'removed:logit_bias',
      'removed:prediction',
      'removed:strange',
    ])
  })

  it.each([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'alloy', format: 'wav' } }],
    ['functions', { functions: [] }],
    ['function_call', { function_call: 'auto' }],
    ['web_search_options', { web_search_options: {} }],
    ['moderation', { moderation: { model: 'm' } }],
  ])('refuses %s by name', (path, body) => {
    expect(refusalOf(() => request(body))).toMatchObject({ code: 'untranslatable', path })
  })

  it('takes values that mean nothing for nothing', () => {
    const { body, losses } = request({
      n: 1,
      logprobs: false,
      top_logprobs: 0,
      stop: null,
      tools: null,
      seed: null,
    })
    expect(Object.keys(body)).toEqual(['model', 'input', 'store'])
    expect(losses).toEqual([])
  })
})

describe('the messages of a Chat request', () => {
  const input = (messages: readonly object[], options?: TargetOptions): unknown =>
    request({ messages }, options).body['input']

  it('tell of every field that has no place, and of marks that the model does not know', () => {
    const { losses, body } = request(
      {
        messages: [
          { role: 'system', content: 'A', name: 'n' },
          { role: 'user', content: [{ type: 'text', text: 'B', strange: 1, prompt_cache_breakpoint: {} }] },
          { role: 'assistant', content: 'C', reasoning_content: 'hm' },
          { role: 'user', content: 'D' },
        ],
        tools: [{ type: 'function', odd: 1, function: { name: 'f', extra: 1 } }],
      },
      { takes: { cacheOptions: false } },
    )
    expect(losses).toEqual([
      'removed:name',
      'removed:strange',
      'removed:prompt_cache_breakpoint',
      'removed:reasoning_content',
      'removed:odd',
      'removed:extra',
    ])
    expect(JSON.stringify(body)).not.toContain('prompt_cache_breakpoint')
  })

  it('keep system text in its place, as developer text', () => {
    expect(
      input([
        { role: 'system', content: 'A' },
        { role: 'user', content: 'B' },
        { role: 'developer', content: [{ type: 'text', text: 'C' }] },
      ]),
    ).toEqual([
      { type: 'message', role: 'developer', content: 'A' },
      { type: 'message', role: 'user', content: 'B' },
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'C' }] },
    ])
  })

  it('keep texts, images and files of the person, with the marks of the cache', () => {
    const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }
    const content = [
      { type: 'text', text: 'A', ...breakpoint },
      { type: 'image_url', image_url: { url: 'https://e.x/a.png' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' }, ...breakpoint },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'a.pdf' } },
      { type: 'file', file: { file_id: 'file_1' } },
    ]
    expect(input([{ role: 'user', content }])).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'A', ...breakpoint },
          { type: 'input_image', image_url: 'https://e.x/a.png', detail: 'auto' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'low', ...breakpoint },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AA', filename: 'a.pdf' },
          { type: 'input_file', file_id: 'file_1' },
        ],
      },
    ])
  })

  it('turn what the assistant said and called into items in order, without ids of items', () => {
    expect(
      input([
        { role: 'user', content: 'A' },
        {
          role: 'assistant',
          content: 'B',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } },
            { id: 'c2', type: 'custom', custom: { name: 'g', input: 'free text' } },
            { id: 'c3', type: 'function', function: { name: 'h', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c2', content: 'R2' },
        { role: 'tool', tool_call_id: 'c1', content: [{ type: 'text', text: 'R1' }] },
        { role: 'tool', tool_call_id: 'c3', content: '' },
      ]),
    ).toEqual([
      { type: 'message', role: 'user', content: 'A' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'B' }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a": 1}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'free text' },
      { type: 'function_call', call_id: 'c3', name: 'h', arguments: '{}' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'R2' },
      { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_text', text: 'R1' }] },
      { type: 'function_call_output', call_id: 'c3', output: '' },
    ])
  })

  it('keep a refusal one, and leave out what is empty', () => {
    expect(
      input([
        { role: 'user', content: 'A' },
        { role: 'assistant', content: null, refusal: 'No.' },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'B' },
      ]),
    ).toEqual([
      { type: 'message', role: 'user', content: 'A' },
      { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { type: 'message', role: 'user', content: 'B' },
    ])
  })

  it('answer a call that nobody answered, before anything else is said', () => {
    expect(
      input([
        { role: 'user', content: 'A' },
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'user', content: 'B' },
      ]),
    ).toMatchObject([
      {},
      { type: 'function_call' },
      { type: 'function_call_output', call_id: 'c1', output: expect.stringContaining('cancelled') },
      { role: 'user' },
    ])
  })

  it('with an image in a tool’s result stay whole: Responses has a place for it', () => {
    const image = { type: 'image_url', image_url: { url: 'https://e.x/a.png' } }
    const items = input([
      { role: 'user', content: 'A' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: [image] },
    ])
    expect(items).toMatchObject([
      {},
      {},
      { output: [{ type: 'input_image', image_url: 'https://e.x/a.png' }] },
    ])
  })

  it.each([
    [
      'messages.1',
      [
        { role: 'user', content: 'A' },
        { role: 'tool', tool_call_id: 'x', content: 'R' },
      ],
    ],
    ['messages.0.role', [{ role: 'robot', content: 'A' }]],
    ['messages', []],
    ['messages', undefined],
    [
      'messages.0.tool_calls.1',
      [
        {
          role: 'assistant',
          tool_calls: [
            { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } },
            { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } },
          ],
        },
      ],
    ],
  ])('are refused as invalid at %s', (path, messages) => {
    expect(refusalOf(() => request({ messages }))).toMatchObject({ code: 'invalid-message', path })
  })

  it.each([
    ['messages.0.content.0', [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }]],
    ['messages.0.role', [{ role: 'function', name: 'f', content: 'A' }]],
    ['messages.0.audio', [{ role: 'assistant', audio: { id: 'a' } }]],
    ['messages.0.function_call', [{ role: 'assistant', function_call: { name: 'f', arguments: '' } }]],
    [
      'messages.0.tool_calls.0.function.name',
      [{ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'f'.repeat(65), arguments: '' } }] }],
    ],
  ])('are refused by name at %s', (path, messages) => {
    expect(refusalOf(() => request({ messages }))).toMatchObject({ code: 'untranslatable', path })
  })
})

describe('the tools of a Chat request', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } } }
  const tool = { type: 'function', function: { name: 'f', description: 'd', parameters } }

  it('are flat in Responses, and a schema is free unless it was said to be strict', () => {
    const strict = { type: 'function', function: { name: 'g', strict: true, parameters } }
    const { body, losses } = request({ tools: [tool, strict, { type: 'function', function: { name: 'h' } }] })
    expect(body['tools']).toEqual([
      { type: 'function', name: 'f', description: 'd', parameters, strict: false },
      { type: 'function', name: 'g', parameters, strict: true },
      { type: 'function', name: 'h', parameters: { type: 'object', properties: {} }, strict: false },
    ])
    expect(losses).toEqual([])
  })

  it('of free text keep their grammar, one level higher', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } }
    expect(
      request({
        tools: [
          { type: 'custom', custom: { name: 'g', description: 'd', format } },
          { type: 'custom', custom: { name: 'h', format: { type: 'text' } } },
        ],
      }).body['tools'],
    ).toEqual([
      {
        type: 'custom',
        name: 'g',
        description: 'd',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
      },
      { type: 'custom', name: 'h', format: { type: 'text' } },
    ])
  })

  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'function', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'f' } },
      { type: 'custom', name: 'f' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
    ],
  ])('are chosen among as before: %j', (choice, expected) => {
    const { body } = request({ tools: [tool], tool_choice: choice, parallel_tool_calls: false })
    expect(body['tool_choice']).toEqual(expected)
    expect(body['parallel_tool_calls']).toBe(false)
  })

  it('are not forced on a model that cannot be forced', () => {
    const options = { takes: { forcedTools: false } }
    const forced = request({ tools: [tool], tool_choice: 'required' }, options)
    expect(forced.body['tool_choice']).toBe('auto')
    expect(forced.losses).toEqual(['tool-choice-relaxed'])
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] }
    const limited = request(
      { tools: [tool], tool_choice: { type: 'allowed_tools', allowed_tools: allowed } },
      options,
    )
    expect(limited.body['tool_choice']).toMatchObject({ type: 'allowed_tools', mode: 'auto' })
  })

  it.each([
    ['invalid-message', 'tool_choice', { tool_choice: 'required' }],
    ['invalid-message', 'tool_choice', { tools: [tool], tool_choice: 'sometimes' }],
    ['untranslatable', 'tool_choice', { tools: [tool], tool_choice: { type: 'file_search' } }],
    ['untranslatable', 'tools.0', { tools: [{ type: 'web_search' }] }],
    ['untranslatable', 'tools.0.function.name', { tools: [{ type: 'function', function: { name: 'a b' } }] }],
  ])('are refused where they cannot be: %s at %s', (code, path, body) => {
    expect(refusalOf(() => request(body))).toMatchObject({ code, path })
  })
})
