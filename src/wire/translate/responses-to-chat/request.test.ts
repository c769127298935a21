import { describe, expect, it } from 'vitest'
import { refusalOf, type TargetOptions } from '../requests.suite.ts'
import { type PairRequest, toChatRequest } from './pair.suite.ts'

const request = (body: object, options?: TargetOptions): PairRequest => toChatRequest(body, options)
const compatible = { dialect: 'compatible' } as const

describe('a Responses request for a Chat worker', () => {
  it('becomes messages, and nothing is said to be lost when nothing is', () => {
    const { body, losses } = request({
      input: 'Hello',
      store: false,
      truncation: 'disabled',
      background: false,
    })
    expect(body).toEqual({ model: 'target-model', messages: [{ role: 'user', content: 'Hello' }] })
    expect(losses).toEqual([])
  })

  it('limits the answer by the field that the server knows', () => {
    expect(request({ max_output_tokens: 500 }).body['max_completion_tokens']).toBe(500)
    expect(request({ max_output_tokens: 500 }, compatible).body['max_tokens']).toBe(500)
  })

  it('asks for usage when it streams, where the server can tell', () => {
    expect(request({ stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(request({ stream: true }, { dialect: 'mistral' }).body).not.toHaveProperty('stream_options')
  })

  it('puts effort, verbosity and format where Chat has them', () => {
    const schema = { type: 'object', properties: {} }
    const { body, losses } = request({
      reasoning: { effort: 'low', summary: 'auto' },
      text: { verbosity: 'high', format: { type: 'json_schema', name: 'r', schema, strict: true } },
    })
    expect(body).toMatchObject({
      reasoning_effort: 'low',
      verbosity: 'high',
      response_format: { type: 'json_schema', json_schema: { name: 'r', schema, strict: true } },
    })
    expect(losses).toEqual([])
    const elsewhere = request(
      {
        reasoning: { effort: 'low', context: 'all_turns' },
        text: { verbosity: 'high', format: { type: 'text' } },
      },
      compatible,
    )
    expect(Object.keys(elsewhere.body)).toEqual(['model', 'messages'])
    expect(elsewhere.losses).toEqual([
      'removed:context',
      'removed:reasoning.effort',
      'removed:text.verbosity',
    ])
  })

  it('asks for no more effort than the model has in Chat', () => {
    const { body } = request({ reasoning: { effort: 'max' } }, { takes: { effortsInChat: ['low', 'high'] } })
    expect(body['reasoning_effort']).toBe('high')
  })

  it('names the person and the cache in the fields that the server has', () => {
    const told = {
      safety_identifier: 's',
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      service_tier: 'flex',
    }
    expect(request(told).body).toMatchObject(told)
    const { body, losses } = request(told, { dialect: 'groq' })
    expect(body['user']).toBe('s')
    expect(losses).toEqual([
      'removed:prompt_cache_key',
      'removed:prompt_cache_retention',
      'removed:service_tier',
    ])
    expect(request({ user: 'u' }, compatible).losses).toEqual(['removed:user'])
  })

  it('leaves out a tier that Chat does not have', () => {
    const { body, losses } = request({ service_tier: 'ultrafast' })
    expect(body).not.toHaveProperty('service_tier')
    expect(losses).toEqual(['removed:service_tier'])
    expect(request({ service_tier: 'auto' }, compatible).losses).toEqual([])
  })

  it('carries what the caller keeps beside it, and how it is cached, where Chat has that', () => {
    const fields = { metadata: { a: 'b' }, prompt_cache_options: { mode: 'explicit', ttl: '30m' } }
    expect(request(fields)).toMatchObject({ body: fields, losses: [] })
    const told = ['removed:prompt_cache_options', 'removed:metadata']
    expect(request(fields, compatible).losses).toEqual(told)
    expect(request(fields, compatible).body).not.toHaveProperty('metadata')
    const long = request({ prompt_cache_options: { mode: 'implicit', ttl: '12h' } })
    expect(long.body['prompt_cache_options']).toEqual({ mode: 'implicit' })
    expect(long.losses).toEqual(['removed:prompt_cache_options.ttl'])
  })

  it('drops with a loss what only makes the answer a little different', () => {
    const { losses } = request({
      store: true,
      truncation: 'auto',
      max_tool_calls: 3,
      include: ['reasoning.encrypted_content'],
    })
    expect(losses).toEqual(['removed:store', 'removed:truncation', 'removed:max_tool_calls'])
  })

  it.each([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'p' } }],
    ['background', { background: true }],
    ['moderation', { moderation: { model: 'm' } }],
    ['context_management', { context_management: [{ type: 'compaction' }] }],
    ['access_programs', { access_programs: { cyber: 'standard' } }],
    ['top_logprobs', { top_logprobs: 2 }],
    ['include.0', { include: ['message.output_text.logprobs'] }],
  ])('refuses %s by name', (path, body) => {
    expect(refusalOf(() => request(body))).toMatchObject({ code: 'untranslatable', path })
  })
})

describe('the input of a Responses request', () => {
  const read = (input: unknown, options?: TargetOptions, more: object = {}): PairRequest =>
    request({ input, ...more }, options)
  const messages = (input: unknown, options?: TargetOptions, more?: object): unknown =>
    read(input, options, more).body['messages']
  const call = (id: string, more: object = {}): object => ({
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    name: 'f',
    arguments: '{"a": 1}',
    ...more,
  })
  const output = (id: string, text: unknown = `R${id}`): object => ({
    type: 'function_call_output',
    call_id: id,
    output: text,
  })
  const toolCall = (id: string): object => ({
    id,
    type: 'function',
    function: { name: 'f', arguments: '{"a": 1}' },
  })

  it('keeps system text in its place, instructions first', () => {
    const input = [
      { role: 'developer', content: 'A' },
      { role: 'user', content: 'B' },
      { role: 'system', content: [{ type: 'input_text', text: 'C' }] },
    ]
    expect(messages(input, undefined, { instructions: 'I' })).toEqual([
      { role: 'developer', content: 'I' },
      { role: 'developer', content: 'A' },
      { role: 'user', content: 'B' },
      { role: 'developer', content: 'C' },
    ])
  })

  it('has one system message, at the start, for servers that take no other', () => {
    const input = [
      { role: 'developer', content: 'A' },
      { role: 'user', content: 'B' },
      { role: 'developer', content: 'C' },
      { role: 'user', content: 'D' },
    ]
    const { body, losses } = read(input, compatible, { instructions: 'I' })
    expect(body['messages']).toEqual([
      { role: 'system', content: 'I\n\nA' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'B' },
          { type: 'text', text: '[Note from the operator]\nC' },
          { type: 'text', text: 'D' },
        ],
      },
    ])
    expect(losses).toEqual(['system-rewritten'])
  })

  it('joins what the assistant said and called in one go, and puts the outputs directly after', () => {
    expect(
      messages([
        { role: 'user', content: 'A' },
        { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
        {
          type: 'message',
          id: 'msg_1',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'B', annotations: [] }],
        },
        call('c1'),
        call('c2'),
        output('c2'),
        output('c1'),
        call('c3'),
        { role: 'user', content: 'C' },
        output('c3'),
      ]),
    ).toEqual([
      { role: 'user', content: 'A' },
      { role: 'assistant', content: 'B', tool_calls: [toolCall('c1'), toolCall('c2')] },
      { role: 'tool', tool_call_id: 'c1', content: 'Rc1' },
      { role: 'tool', tool_call_id: 'c2', content: 'Rc2' },
      { role: 'assistant', content: null, tool_calls: [toolCall('c3')] },
      { role: 'tool', tool_call_id: 'c3', content: 'Rc3' },
      { role: 'user', content: 'C' },
    ])
  })

  it('tells that reasoning was left behind', () => {
    const { losses } = read([
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { role: 'user', content: 'A' },
    ])
    expect(losses).toEqual(['thinking:model'])
  })

  it('tells of every field that has no place', () => {
    const { losses } = read(
      [
        {
          role: 'assistant',
          content: [{ type: 'output_text', text: 'A', logprobs: [] }],
          phase: 'commentary',
        },
        { ...call('c1'), async: true },
        { ...output('c1'), caller: { type: 'direct' } },
        { role: 'user', content: [{ type: 'input_text', text: 'B', odd: 1, prompt_cache_breakpoint: {} }] },
      ],
      compatible,
    )
    expect(losses).toEqual([
      'removed:phase',
      'removed:async',
      'removed:caller',
      'removed:odd',
      'removed:prompt_cache_breakpoint',
    ])
  })

  it('gives each call its own output, also where ids come again in every turn', () => {
    expect(
      messages([call('c'), output('c', '1'), call('c'), output('c', '2'), { role: 'user', content: 'A' }]),
    ).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', content: '1' },
      { role: 'assistant' },
      { role: 'tool', content: '2' },
      { role: 'user' },
    ])
  })

  it('takes an output for that of the last call before it', () => {
    const read = messages([call('c'), { role: 'user', content: 'A' }, call('c'), output('c', '2')])
    expect(read).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', content: expect.stringContaining('cancelled') },
      { role: 'user' },
      { role: 'assistant' },
      { role: 'tool', content: '2' },
    ])
  })

  it('answers a call that nobody answered', () => {
    expect(messages([call('c1'), { role: 'user', content: 'A' }])).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', tool_call_id: 'c1', content: expect.stringContaining('cancelled') },
      { role: 'user' },
    ])
  })

  it('carries images and files, out of an output in the message that follows', () => {
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'auto' }
    const file = { type: 'input_file', file_data: 'data:application/pdf;base64,AA', filename: 'a.pdf' }
    expect(
      messages([
        { role: 'user', content: [{ type: 'input_text', text: 'A' }, { ...image, detail: 'low' }, file] },
        call('c1'),
        output('c1', [{ type: 'input_text', text: 'see' }, image]),
      ]),
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'A' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'a.pdf' } },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [toolCall('c1')] },
      {
        role: 'tool',
        tool_call_id: 'c1',
        content: [
          { type: 'text', text: 'see' },
          { type: 'text', text: '[attachment 1 of tool result c1] follows in the next message' },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[attachment 1 of tool result c1]' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
    ])
  })

  it('keeps ids that match where a server takes nine characters only', () => {
    const [, assistant, tool] = messages([{ role: 'user', content: 'A' }, call('call_1'), output('call_1')], {
      dialect: 'mistral',
    }) as { tool_calls: { id: string }[]; tool_call_id: string }[]
    expect(tool?.tool_call_id).toMatch(/^[A-Za-z0-9]{9}$/)
    expect(assistant?.tool_calls[0]?.id).toBe(tool?.tool_call_id)
  })

  it('carries calls of custom tools as they are to OpenAI, and as functions elsewhere', () => {
    const input = [
      { type: 'custom_tool_call', call_id: 'c1', name: 'g', input: 'free "text"' },
      { type: 'custom_tool_call_output', call_id: 'c1', output: 'R' },
      { role: 'user', content: 'A' },
    ]
    expect(messages(input)).toMatchObject([
      { tool_calls: [{ id: 'c1', type: 'custom', custom: { name: 'g', input: 'free "text"' } }] },
      { role: 'tool', content: 'R' },
      {},
    ])
    expect(messages(input, compatible)).toMatchObject([
      {
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'g', arguments: '{"input":"free \\"text\\""}' } },
        ],
      },
      { role: 'tool', content: 'R' },
      {},
    ])
  })

  it.each([
    'item_reference',
    'compaction',
    'compaction_trigger',
    'configuration_update',
    'additional_tools',
    'file_search_call',
    'computer_call',
    'code_interpreter_call',
    'mcp_call',
    'mcp_approval_response',
    'shell_call',
    'local_shell_call',
    'apply_patch_call',
    'image_generation_call',
    'tool_search_call',
    'program',
  ])('with an item of type %s is refused by name', (type) => {
    const refusal = refusalOf(() =>
      read([
        { role: 'user', content: 'A' },
        { type, id: 'x' },
      ]),
    )
    expect(refusal).toMatchObject({ code: 'untranslatable', path: 'input.1' })
    expect(refusal.message).toContain(type)
  })

  it.each([
    ['untranslatable', 'input.0', [{ id: 'msg_1' }]],
    ['untranslatable', 'input.0.content.0', [{ role: 'user', content: [{ type: 'input_audio' }] }]],
    [
      'untranslatable',
      'input.0.content.0.file_id',
      [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }],
    ],
    [
      'untranslatable',
      'input.0.content.0.file_url',
      [{ role: 'user', content: [{ type: 'input_file', file_url: 'u' }] }],
    ],
    [
      'untranslatable',
      'input.0.content',
      [{ role: 'developer', content: [{ type: 'input_image', image_url: 'u' }] }],
    ],
    ['untranslatable', 'input.0.namespace', [{ ...call('c1'), namespace: 'n' }]],
    [
      'untranslatable',
      'input',
      [
        { role: 'user', content: 'A' },
        { role: 'assistant', content: 'B' },
      ],
    ],
    ['invalid-message', 'input.0', [output('c1')]],
    ['invalid-message', 'input.0', [call('c1'), call('c1')]],
    ['invalid-message', 'input.2', [call('c1'), output('c1'), output('c1')]],
    ['invalid-message', 'input.0.role', [{ role: 'robot', content: 'A' }]],
    ['invalid-message', 'input.0.content', [{ role: 'user', content: null }]],
    ['invalid-message', 'input', []],
    ['invalid-message', 'input', undefined],
    ['invalid-message', 'input', 7],
  ])('is refused where it cannot go: %s at %s', (code, path, input) => {
    expect(refusalOf(() => read(input))).toMatchObject({ code, path })
  })

  it('refuses documents where servers take none', () => {
    const file = { type: 'input_file', file_data: 'data:application/pdf;base64,AA' }
    expect(refusalOf(() => read([{ role: 'user', content: [file] }], compatible)).path).toBe(
      'input.0.content.0',
    )
  })
})

describe('the tools of a Responses request', () => {
  const parameters = { type: 'object', properties: { a: { type: 'string' } } }
  const tool = { type: 'function', name: 'f', description: 'd', parameters, strict: false }
  const other = { type: 'function', name: 'g', parameters: {}, strict: true }
  const grammar = {
    type: 'custom',
    name: 'h',
    description: 'd',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' },
  }

  it('lie one level deeper in Chat', () => {
    const { body, losses, customTools } = request({
      tools: [tool, other, grammar],
      parallel_tool_calls: true,
    })
    expect(body).toMatchObject({
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters } },
        {
          type: 'function',
          function: { name: 'g', parameters: { type: 'object', properties: {} }, strict: true },
        },
        {
          type: 'custom',
          custom: {
            name: 'h',
            description: 'd',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } },
          },
        },
      ],
      parallel_tool_calls: true,
    })
    expect(losses).toEqual([])
    expect(customTools).toBeUndefined()
  })

  it('of free text go as functions to servers without them, and are remembered', () => {
    const { body, losses, customTools } = request({ tools: [grammar, tool] }, compatible)
    expect(body['tools']).toMatchObject([
      {
        type: 'function',
        function: {
          name: 'h',
          description: 'd\n\nThe input must match this lark grammar:\nstart: "a"',
          parameters: { properties: { input: { type: 'string' } }, required: ['input'] },
        },
      },
      {},
    ])
    expect(losses).toEqual(['removed:format'])
    expect(customTools).toEqual(new Set(['h']))
  })

  it.each([
    ['auto', 'auto', 'auto'],
    ['none', 'none', 'none'],
    ['required', 'required', 'required'],
    [
      { type: 'function', name: 'f' },
      { type: 'function', function: { name: 'f' } },
      { type: 'function', function: { name: 'f' } },
    ],
    [
      { type: 'custom', name: 'h' },
      { type: 'custom', custom: { name: 'h' } },
      { type: 'function', function: { name: 'h' } },
    ],
  ])('are chosen among as before: %j', (choice, atOpenAi, elsewhere) => {
    const body = { tools: [tool, grammar], tool_choice: choice }
    expect(request(body).body['tool_choice']).toEqual(atOpenAi)
    expect(request(body, compatible).body['tool_choice']).toEqual(elsewhere)
  })

  it('are limited to those allowed, by offering no others where a server cannot be told', () => {
    const body = {
      tools: [tool, other],
      tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
    }
    expect(request(body).body['tool_choice']).toEqual({
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] },
    })
    expect(request(body, compatible).body).toMatchObject({
      tools: [{ function: { name: 'g' } }],
      tool_choice: 'required',
    })
  })

  it('are not forced on a model that cannot be forced', () => {
    const options = { takes: { forcedTools: false } }
    const forced = request({ tools: [tool], tool_choice: { type: 'function', name: 'f' } }, options)
    expect(forced.body['tool_choice']).toBe('auto')
    expect(forced.losses).toEqual(['tool-choice-relaxed'])
  })

  it.each([
    'web_search',
    'web_search_preview',
    'file_search',
    'code_interpreter',
    'computer',
    'image_generation',
    'mcp',
    'local_shell',
    'shell',
    'apply_patch',
    'namespace',
    'tool_search',
  ])('that the vendor runs are refused by name: %s', (type) => {
    const refusal = refusalOf(() => request({ tools: [tool, { type }] }))
    expect(refusal).toMatchObject({ code: 'untranslatable', path: 'tools.1' })
    expect(refusal.message).toContain(type)
  })

  it.each([
    ['invalid-message', 'tool_choice', { tool_choice: 'required' }],
    ['invalid-message', 'tool_choice', { tools: [tool], tool_choice: 'sometimes' }],
    ['untranslatable', 'tool_choice', { tools: [tool], tool_choice: { type: 'mcp', server_label: 'x' } }],
    ['untranslatable', 'tools.0.name', { tools: [{ ...tool, name: 'f'.repeat(65) }] }],
  ])('are refused where they cannot be: %s at %s', (code, path, body) => {
    expect(refusalOf(() => request(body))).toMatchObject({ code, path })
  })

  it('lose what only the vendor makes use of', () => {
    expect(request({ tools: [{ ...tool, defer_loading: true, async: true }] }).losses).toEqual([
      'removed:defer_loading',
      'removed:async',
    ])
  })
})

describe('a search that the vendor made', () => {
  it('is told in words, where the answer used it', () => {
    const action = { type: 'search', query: 'x', sources: [{ type: 'url', url: 'https://x.test' }] }
    const { body, losses } = request({
      input: [
        { role: 'user', content: 'A' },
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'B' }] },
        { role: 'user', content: 'C' },
      ],
    })
    const text = '[web_search: {"type":"search","query":"x"}]\n- https://x.test'
    expect(body['messages']).toMatchObject([
      {},
      {
        role: 'assistant',
        content: [
          { type: 'text', text },
          { type: 'text', text: 'B' },
        ],
      },
      {},
    ])
    expect(losses).toEqual(['removed:web_search_call'])
  })
})

describe('the ends of cached prefixes', () => {
  const mark = { prompt_cache_breakpoint: { mode: 'explicit' } }

  it('stay, in a part of their own', () => {
    const part = { type: 'input_text', text: 'A', ...mark }
    const { body, losses } = request({
      input: [
        { role: 'developer', content: [part] },
        { role: 'user', content: [part] },
      ],
    })
    const content = [{ type: 'text', text: 'A', ...mark }]
    expect(body['messages']).toEqual([
      { role: 'developer', content },
      { role: 'user', content },
    ])
    expect(losses).toEqual([])
  })
})

describe('more tools than the model takes', () => {
  it('are refused', () => {
    const tools = [1, 2].map((number) => ({ type: 'function', name: `f${number}`, parameters: {} }))
    const refusal = refusalOf(() => request({ tools }, { takes: { toolsMax: 1 } }))
    expect(refusal).toMatchObject({ code: 'untranslatable', path: 'tools' })
  })
})
