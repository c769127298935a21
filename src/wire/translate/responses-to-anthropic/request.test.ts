import { describe, expect, it } from 'vitest'
import { refusalOf } from '../requests.suite.ts'
import { toAnthropicRequest } from '../anthropic-responses.suite.ts'

const user = (content: unknown): object => ({ role: 'user', content })
const said = (text: string): object => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
})
const call = (id: string, more: object = {}): object => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
})
const output = (id: string, value: unknown = 'done'): object => ({
  type: 'function_call_output',
  call_id: id,
  output: value,
})
const messagesOf = (...input: readonly object[]) => toAnthropicRequest({ input }).body.messages
const read = {
  type: 'function',
  name: 'Read',
  description: 'reads',
  parameters: { type: 'object', properties: {} },
  strict: false,
}

describe('a Responses request for an Anthropic worker', () => {
  it('is the words of the person, where the input is a string', () => {
    const { body, losses } = toAnthropicRequest({ input: 'Hello', store: false, prompt_cache_key: 'k' })
    expect(body).toEqual({
      model: 'target-model',
      max_tokens: 4096,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
    })
    expect(losses).toEqual([])
  })

  it('has instructions and leading system text in front, later text in its place', () => {
    const { body } = toAnthropicRequest(
      {
        instructions: 'one',
        input: [
          { role: 'developer', content: 'two' },
          { type: 'message', role: 'system', content: [{ type: 'input_text', text: 'three' }] },
          user('x'),
          { role: 'developer', content: 'later' },
        ],
      },
      { takes: { systemMessages: true } },
    )
    expect(body.system.map(({ text }: { text: string }) => text)).toEqual(['one', 'two', 'three'])
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'x' }] },
      { role: 'system', content: [{ type: 'text', text: 'later' }] },
    ])
  })

  it('asks what it says where it says nothing but system text', () => {
    const { body, losses } = toAnthropicRequest({ instructions: 'go', input: [] })
    expect(body.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'go' }] }])
    expect(losses).toEqual(['system-rewritten'])
    expect(refusalOf(() => toAnthropicRequest({ input: [] }))).toMatchObject({ path: 'input' })
  })

  it('makes one turn of what the assistant said and called, and one of the results', () => {
    expect(
      messagesOf(user('x'), said('one'), call('a'), call('b'), output('b'), output('a'), user('y')),
    ).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'x' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'one' },
          { type: 'tool_use', id: 'a', name: 'f', input: {} },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'done' }] },
          { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'done' }] },
          { type: 'text', text: 'y' },
        ],
      },
    ])
  })

  it('keeps pictures and documents of a result in the result', () => {
    const parts = [
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      { type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' },
      { type: 'input_file', file_url: 'https://x/a.pdf' },
    ]
    expect(messagesOf(user('x'), call('a'), output('a', parts))[2].content[0].content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' },
        title: 'a.pdf',
      },
      { type: 'document', source: { type: 'url', url: 'https://x/a.pdf' } },
    ])
  })

  it('answers calls that nobody answered, and refuses outputs without a call', () => {
    expect(messagesOf(user('x'), call('a'), user('y'))[2].content[0]).toMatchObject({
      type: 'tool_result',
      tool_use_id: 'a',
      is_error: true,
    })
    expect(refusalOf(() => messagesOf(user('x'), output('a')))).toMatchObject({
      code: 'invalid-message',
      path: 'input.1',
    })
  })

  it('survives arguments that are no JSON, with a note', () => {
    const [, turn] = messagesOf(user('x'), call('a', { arguments: '{"a":' }), output('a'))
    expect(turn.content).toMatchObject([{ input: {} }, { type: 'text' }])
  })

  it('drops another vendor’s reasoning, and reasoning that led to nothing', () => {
    const sealed = (encrypted_content: string): object => ({
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'secret' }],
      encrypted_content,
    })
    const foreign = toAnthropicRequest({ input: [user('x'), sealed('gAAAA'), said('y'), user('z')] })
    expect(JSON.stringify(foreign.body)).not.toMatch(/secret|gAAAA/)
    expect(foreign.losses).toEqual(['thinking:model'])
    const own = 'signalbox-reasoning-1:anthropic:other-model:thinking:EqQ:='
    const kept = toAnthropicRequest({ input: [user('x'), sealed(own), said('y'), user('z')] })
    expect(kept.body.messages[1].content[0]).toEqual({
      type: 'thinking',
      thinking: 'secret',
      signature: 'EqQ:=',
    })
    const last = toAnthropicRequest({ input: [user('x'), said('y'), sealed(own), user('z')] })
    expect(last.body.messages[1].content).toHaveLength(1)
    expect(last.losses).toEqual(['thinking:prefix'])
  })

  it.each<[string, object]>([
    ['previous_response_id', { previous_response_id: 'resp_1' }],
    ['conversation', { conversation: 'conv_1' }],
    ['prompt', { prompt: { id: 'p' } }],
    ['background', { background: true }],
    ['moderation', { moderation: { model: 'x' } }],
    ['context_management', { context_management: [{ type: 'compaction' }] }],
    ['top_logprobs', { top_logprobs: 3 }],
    ['include.0', { include: ['message.output_text.logprobs'] }],
    ['input.0', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input.0', { input: [{ id: 'msg_1' }] }],
    ['input.0', { input: [{ type: 'compaction', encrypted_content: 'x' }] }],
    ['input.0', { input: [{ type: 'local_shell_call', call_id: 'x' }] }],
    ['input.0.content.0.file_id', { input: [user([{ type: 'input_image', file_id: 'f' }])] }],
    ['input.0.content.0.file_id', { input: [user([{ type: 'input_file', file_id: 'f' }])] }],
    ['input.0.content.0', { input: [user([{ type: 'input_audio' }])] }],
  ])('is refused for %s, with what to do', (path, fields) => {
    const refused = refusalOf(() => toAnthropicRequest(fields))
    expect(refused).toMatchObject({ code: 'untranslatable', path })
    expect(refused.message.length).toBeGreaterThan(path.length + 10)
  })

  it('may end with the assistant only where the model goes on', () => {
    const input = [user('x'), said('{')]
    expect(toAnthropicRequest({ input }).body.messages.at(-1).role).toBe('assistant')
    expect(refusalOf(() => toAnthropicRequest({ input }, { takes: { prefill: false } }))).toMatchObject({
      code: 'untranslatable',
      path: 'input',
    })
  })

  it.each<[object, object, readonly string[]]>([
    [{ reasoning: { effort: 'high' } }, { output_config: { effort: 'high' } }, []],
    [{ reasoning: { effort: 'none' } }, { thinking: { type: 'disabled' } }, []],
    [{ reasoning: { effort: 'minimal' } }, { output_config: { effort: 'low' } }, ['effort-clamped']],
    [
      { reasoning: { effort: 'low', summary: 'auto' } },
      { output_config: { effort: 'low' }, thinking: { type: 'adaptive', display: 'summarized' } },
      [],
    ],
    [{ reasoning: { context: 'all_turns' } }, {}, ['removed:context']],
  ])('%o becomes %o', (fields, expected, losses) => {
    const takes = { thinkingModes: ['adaptive', 'disabled'] }
    const found = toAnthropicRequest(fields, { takes })
    expect(found.body).toMatchObject(expected)
    expect(found.losses).toEqual(losses)
  })

  it('says nothing of thinking to a model of which nothing is known', () => {
    const { body } = toAnthropicRequest({ reasoning: { effort: 'low', summary: 'auto' } })
    expect(body).not.toHaveProperty('thinking')
    expect(toAnthropicRequest({ reasoning: { effort: 'none' } })).toMatchObject({
      body: { output_config: { effort: 'low' } },
      losses: ['thinking-forced-on'],
    })
  })

  it('has the schema of its text, and asks for JSON in words where it names none', () => {
    const schema = { type: 'object' }
    const format = { type: 'json_schema', name: 'n', schema, strict: true }
    expect(toAnthropicRequest({ text: { format } }).body.output_config).toEqual({
      format: { type: 'json_schema', schema },
    })
    const loose = toAnthropicRequest({ text: { format: { type: 'json_object' }, verbosity: 'low' } })
    expect(loose.body.system).toContain('JSON')
    expect(loose.losses).toEqual(['removed:text.verbosity', 'removed:text.format'])
    expect(toAnthropicRequest({ text: { format: { type: 'text' }, verbosity: 'medium' } }).losses).toEqual([])
  })

  it('marks where cached prefixes end, four at most, the last ones', () => {
    const part = (text: string): object => ({
      type: 'input_text',
      text,
      prompt_cache_breakpoint: { mode: 'explicit' },
    })
    const { body, losses } = toAnthropicRequest({
      input: [{ role: 'developer', content: [part('s')] }, user(['a', 'b', 'c', 'd'].map(part))],
    })
    expect(body.system).toBe('s')
    for (const block of body.messages[0].content) expect(block.cache_control).toEqual({ type: 'ephemeral' })
    expect(losses).toEqual(['removed:prompt_cache_breakpoint'])
  })

  it('notes what it drops', () => {
    const fields = { metadata: { a: 'b' }, store: true, truncation: 'auto', max_tool_calls: 3, user: 'u' }
    const { body, losses } = toAnthropicRequest(fields)
    expect(body.metadata).toEqual({ user_id: 'u' })
    expect(losses).toEqual([
      'removed:store',
      'removed:truncation',
      'removed:metadata',
      'removed:max_tool_calls',
    ])
  })
})

describe('tools of a Responses request for an Anthropic worker', () => {
  it('are functions, custom tools that take one text, and the vendor’s search', () => {
    const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
    const { body, losses, customTools } = toAnthropicRequest({
      tools: [
        read,
        { type: 'custom', name: 'apply_patch', description: 'patches', format: grammar },
        { type: 'web_search', filters: { allowed_domains: ['a.example'] }, search_context_size: 'low' },
      ],
    })
    expect(body.tools).toEqual([
      { name: 'Read', description: 'reads', input_schema: read.parameters },
      {
        name: 'apply_patch',
        description: 'patches\n\nThe input must match this lark grammar:\nstart: "x"',
        input_schema: expect.objectContaining({ required: ['input'] }),
      },
      { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'] },
    ])
    expect([...(customTools ?? [])]).toEqual(['apply_patch'])
    expect(losses).toEqual(['removed:format', 'removed:search_context_size'])
  })

  it('that were custom are called as such in the history', () => {
    const input = [
      user('x'),
      { type: 'custom_tool_call', call_id: 'a', name: 'apply_patch', input: '*** Begin' },
      { type: 'custom_tool_call_output', call_id: 'a', output: 'ok' },
    ]
    const { messages } = toAnthropicRequest({ input }).body
    expect(messages[1].content[0]).toMatchObject({ type: 'tool_use', input: { input: '*** Begin' } })
    expect(messages[2].content[0]).toMatchObject({ type: 'tool_result', tool_use_id: 'a' })
  })

  it.each(['file_search', 'code_interpreter', 'mcp', 'image_generation', 'local_shell', 'namespace', ''])(
    'of type %s are refused by name',
    (type) => {
      const refused = refusalOf(() => toAnthropicRequest({ tools: [read, { type }] }))
      expect(refused).toMatchObject({ code: 'untranslatable', path: 'tools.1' })
    },
  )

  it.each<[unknown, object]>([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'any' }],
    [
      { type: 'function', name: 'Read' },
      { type: 'tool', name: 'Read' },
    ],
  ])('chosen by %j are chosen by %j', (tool_choice, expected) => {
    expect(toAnthropicRequest({ tools: [read], tool_choice }).body.tool_choice).toEqual(expected)
  })

  it('are offered in part where only some are allowed', () => {
    const tool_choice = {
      type: 'allowed_tools',
      mode: 'required',
      tools: [{ type: 'function', name: 'Read' }],
    }
    const { body } = toAnthropicRequest({ tools: [read, { ...read, name: 'Write' }], tool_choice })
    expect(body.tools).toHaveLength(1)
    expect(body.tool_choice).toEqual({ type: 'any' })
  })

  it('are called one at a time where that is asked', () => {
    const { body } = toAnthropicRequest({ tools: [read], parallel_tool_calls: false })
    expect(body.tool_choice).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    const none = { tools: [read], tool_choice: 'none', parallel_tool_calls: false }
    expect(toAnthropicRequest(none).body.tool_choice).toEqual({ type: 'none' })
    const forced = { tools: [read], tool_choice: 'required' }
    expect(toAnthropicRequest(forced, { takes: { forcedTools: false } })).toMatchObject({
      body: { tool_choice: { type: 'auto' } },
      losses: ['tool-choice-relaxed'],
    })
  })
})
