import { describe, expect, it } from 'vitest'
import { refusalOf, type TargetOptions, toChatRequest } from '../requests.suite.ts'

const closed = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
}
const tool = (more: object = {}): object => ({ name: 'f', description: 'D', input_schema: closed, ...more })
const chosen = (choice: object, options?: TargetOptions) =>
  toChatRequest({ tools: [tool()], tool_choice: choice }, options)

describe('tools', () => {
  it('become functions', () => {
    const { body, losses } = toChatRequest({ tools: [tool({ type: 'custom' })] })
    expect(body['tools']).toEqual([
      { type: 'function', function: { name: 'f', description: 'D', parameters: closed } },
    ])
    expect(losses).toEqual([])
  })

  it('stay strict only where the schema fits', () => {
    expect(toChatRequest({ tools: [tool({ strict: true })] }).body['tools']).toMatchObject([
      { function: { strict: true } },
    ])
    const open = toChatRequest({
      tools: [tool({ strict: true, input_schema: { type: 'object', properties: {} } })],
    })
    expect(open.body['tools']).not.toMatchObject([{ function: { strict: true } }])
    expect(open.losses).toEqual(['removed:strict'])
  })

  it('get a schema that every server takes', () => {
    expect(toChatRequest({ tools: [tool({ input_schema: {} })] }).body['tools']).toMatchObject([
      { function: { parameters: { type: 'object', properties: {} } } },
    ])
  })

  it('lose what is about Anthropic’s own ways, and say so', () => {
    const { losses } = toChatRequest({
      tools: [
        tool({
          cache_control: { type: 'ephemeral' },
          defer_loading: true,
          input_examples: [{}],
          strict: false,
        }),
        tool({ name: 'g', cache_control: { type: 'ephemeral' }, eager_input_streaming: true }),
      ],
    })
    expect(losses).toEqual([
      'removed:cache_control',
      'removed:defer_loading',
      'removed:input_examples',
      'removed:eager_input_streaming',
    ])
  })

  it('that Anthropic runs itself are refused', () => {
    const search = { type: 'web_search_20260318', name: 'web_search' }
    const error = refusalOf(() => toChatRequest({ tools: [tool(), search] }))
    expect(error).toMatchObject({ code: 'untranslatable', path: 'tools.1' })
    expect(error.message).toContain('web_search_20260318')
  })

  it('with names that are too long get shorter ones, the same in tools, history and choice', () => {
    const name = `mcp__${'x'.repeat(70)}`
    const { body, toolNames } = toChatRequest({
      tools: [tool({ name })],
      tool_choice: { type: 'tool', name },
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name, input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'y' }] },
      ],
    })
    const [sent] = [...(toolNames?.keys() ?? [])]
    expect(sent).toMatch(/^mcp__x{50}_[0-9a-f]{8}$/)
    expect(toolNames?.get(sent ?? '')).toBe(name)
    expect(body).toMatchObject({
      tools: [{ function: { name: sent } }],
      tool_choice: { function: { name: sent } },
      messages: [{}, { tool_calls: [{ function: { name: sent } }] }, {}],
    })
  })

  it('with names of other letters are refused by name', () => {
    const error = refusalOf(() => toChatRequest({ tools: [tool({ name: 'a b' })] }))
    expect(error).toMatchObject({ code: 'untranslatable', path: 'tools.0.name' })
    expect(error.message).toContain('a b')
  })
})

describe('the choice of a tool', () => {
  it.each<[object, unknown]>([
    [{ type: 'auto' }, 'auto'],
    [{ type: 'any' }, 'required'],
    [{ type: 'none' }, 'none'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
  ])('%j is %j', (choice, expected) => {
    expect(chosen(choice).body['tool_choice']).toEqual(expected)
  })

  it('carries the ban on calls at once', () => {
    expect(chosen({ type: 'auto', disable_parallel_tool_use: true }).body['parallel_tool_calls']).toBe(false)
    expect(chosen({ type: 'auto', disable_parallel_tool_use: false }).body).not.toHaveProperty(
      'parallel_tool_calls',
    )
  })

  it('is relaxed for a model that cannot be forced, and says so', () => {
    const takes = { forcedTools: false }
    const { body, losses } = chosen({ type: 'any', disable_parallel_tool_use: true }, { takes })
    expect(body).toMatchObject({ tool_choice: 'auto', parallel_tool_calls: false })
    expect(losses).toEqual(['tool-choice-relaxed'])
    expect(chosen({ type: 'none' }, { takes }).losses).toEqual([])
  })

  it('needs tools, unless it asks for none', () => {
    expect(refusalOf(() => toChatRequest({ tool_choice: { type: 'any' } })).path).toBe('tool_choice')
    expect(toChatRequest({ tool_choice: { type: 'auto' } }).body).not.toHaveProperty('tool_choice')
  })

  it('of an unknown kind is refused', () => {
    expect(refusalOf(() => chosen({ type: 'some' }))).toMatchObject({
      code: 'invalid-message',
      path: 'tool_choice.type',
    })
  })
})
