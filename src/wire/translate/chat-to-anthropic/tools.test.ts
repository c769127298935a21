import { describe, expect, it } from 'vitest'
import { refusalOf, type TargetOptions, toAnthropicRequest } from '../requests.suite.ts'

const schema = { type: 'object', properties: { a: { type: 'string' } } }
const tool = (more: object = {}): object => ({
  type: 'function',
  function: { name: 'f', description: 'D', parameters: schema, ...more },
})
const chosen = (choice: unknown, options?: TargetOptions, more: object = {}) =>
  toAnthropicRequest({ tools: [tool()], tool_choice: choice, ...more }, options)

describe('tools', () => {
  it('keep name, description and schema', () => {
    expect(toAnthropicRequest({ tools: [tool()] })).toMatchObject({
      body: { tools: [{ name: 'f', description: 'D', input_schema: schema }] },
      losses: [],
    })
  })

  it('without parameters take none', () => {
    expect(toAnthropicRequest({ tools: [tool({ parameters: undefined })] }).body['tools']).toMatchObject([
      { input_schema: { type: 'object' } },
    ])
  })

  it('are not strict any more, and say so', () => {
    expect(toAnthropicRequest({ tools: [tool({ strict: true })] }).losses).toEqual(['removed:strict'])
    expect(toAnthropicRequest({ tools: [tool({ strict: false })] }).losses).toEqual([])
  })

  it('of other kinds are refused', () => {
    const other = { type: 'mcp', mcp: { name: 'x' } }
    expect(refusalOf(() => toAnthropicRequest({ tools: [tool(), other] }))).toMatchObject({
      code: 'untranslatable',
      path: 'tools.1',
    })
  })

  it('with a name that is too long are refused by name', () => {
    const name = 'x'.repeat(65)
    const error = refusalOf(() => toAnthropicRequest({ tools: [tool({ name })] }))
    expect(error).toMatchObject({ code: 'untranslatable', path: 'tools.0.function.name' })
    expect(error.message).toContain(name)
  })
})

describe('custom tools', () => {
  const grammar = { definition: 'start: "a"', syntax: 'lark' }
  const patch = { type: 'custom', custom: { name: 'patch', format: { type: 'grammar', grammar } } }

  it('take an object with one text, and are called as what they are', () => {
    const { body, losses, customTools } = toAnthropicRequest({ tools: [tool(), patch] })
    expect(body['tools']).toMatchObject([
      { name: 'f' },
      {
        name: 'patch',
        description: 'The input must match this lark grammar:\nstart: "a"',
        input_schema: { properties: { input: { type: 'string' } }, required: ['input'] },
      },
    ])
    expect(losses).toEqual(['removed:format'])
    expect(customTools).toEqual(new Set(['patch']))
  })

  it('were called in the same form before', () => {
    const calls = [{ id: 'c', type: 'custom', custom: { name: 'patch', input: 'a' } }]
    const { body } = toAnthropicRequest({
      tools: [patch],
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: null, tool_calls: calls },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
      ],
    })
    expect(body['messages']).toMatchObject([
      {},
      { content: [{ type: 'tool_use', id: 'c', name: 'patch', input: { input: 'a' } }] },
      {},
    ])
  })
})

describe('the choice of a tool', () => {
  it('among some of them offers only those', () => {
    const allowed = (mode: string) => ({
      type: 'allowed_tools',
      allowed_tools: { mode, tools: [{ type: 'function', function: { name: 'f' } }] },
    })
    const tools = [tool(), tool({ name: 'g' })]
    expect(toAnthropicRequest({ tools, tool_choice: allowed('required') })).toMatchObject({
      body: { tools: [{ name: 'f' }], tool_choice: { type: 'any' } },
      losses: [],
    })
    expect(toAnthropicRequest({ tools, tool_choice: allowed('auto') }).body['tool_choice']).toEqual({
      type: 'auto',
    })
  })

  it.each<[unknown, object]>([
    ['auto', { type: 'auto' }],
    ['required', { type: 'any' }],
    ['none', { type: 'none' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
  ])('%j is %j', (choice, expected) => {
    expect(chosen(choice).body['tool_choice']).toEqual(expected)
  })

  it('carries the ban on calls at once, and is made for it', () => {
    const alone = { parallel_tool_calls: false }
    expect(chosen('required', {}, alone).body['tool_choice']).toEqual({
      type: 'any',
      disable_parallel_tool_use: true,
    })
    expect(chosen(undefined, {}, alone).body['tool_choice']).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(chosen('none', {}, alone).body['tool_choice']).toEqual({ type: 'none' })
    expect(chosen(undefined, {}, { parallel_tool_calls: true }).body).not.toHaveProperty('tool_choice')
    expect(toAnthropicRequest(alone).body).not.toHaveProperty('tool_choice')
  })

  it('is relaxed for a model that cannot be forced, and says so', () => {
    expect(chosen('required', { takes: { forcedTools: false } })).toMatchObject({
      body: { tool_choice: { type: 'auto' } },
      losses: ['tool-choice-relaxed'],
    })
  })

  it('needs tools, unless it asks for none', () => {
    expect(refusalOf(() => toAnthropicRequest({ tool_choice: 'required' })).path).toBe('tool_choice')
    expect(toAnthropicRequest({ tool_choice: 'auto' }).body).not.toHaveProperty('tool_choice')
  })

  it('of an unknown kind is refused', () => {
    expect(refusalOf(() => chosen('some')).code).toBe('invalid-message')
    const other = { type: 'mcp', mcp: { name: 'f' } }
    expect(refusalOf(() => chosen(other))).toMatchObject({ code: 'untranslatable', path: 'tool_choice' })
  })
})
