import { describe, expect, it } from 'vitest'
import { refusalOf } from '../requests.suite.ts'
import { toResponsesRequest } from '../anthropic-responses.suite.ts'

const closed = { type: 'object', properties: {}, required: [], additionalProperties: false }
const read = { name: 'Read', input_schema: { type: 'object', properties: { path: { type: 'string' } } } }

describe('tools for a Responses worker', () => {
  it('are functions that say whether they are strict', () => {
    const { body, losses } = toResponsesRequest({
      tools: [
        { ...read, description: 'reads' },
        { name: 'Strict', input_schema: closed, strict: true },
        { name: 'Not', input_schema: read.input_schema, strict: true },
      ],
    })
    expect(body.tools).toEqual([
      {
        type: 'function',
        name: 'Read',
        description: 'reads',
        parameters: read.input_schema,
        strict: false,
      },
      { type: 'function', name: 'Strict', parameters: closed, strict: true },
      { type: 'function', name: 'Not', parameters: read.input_schema, strict: false },
    ])
    expect(losses).toEqual(['removed:strict'])
  })

  it('get a schema that every server takes', () => {
    const { body } = toResponsesRequest({ tools: [{ name: 'f', input_schema: {} }] })
    expect(body.tools[0].parameters).toEqual({ type: 'object', properties: {} })
  })

  it('cannot carry the end of a cached prefix', () => {
    const tools = [{ ...read, cache_control: { type: 'ephemeral' } }]
    expect(toResponsesRequest({ tools }, { takes: { cacheOptions: true } }).losses).toEqual([
      'removed:cache_control',
    ])
  })

  it('with names that are too long get shorter ones, the same in tools, history and choice', () => {
    const long = `mcp__${'a'.repeat(80)}`
    const { body, losses, toolNames } = toResponsesRequest({
      tools: [{ ...read, name: long }, read],
      tool_choice: { type: 'tool', name: long },
      messages: [
        { role: 'user', content: 'x' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: long, input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'y' }] },
      ],
    })
    const { name } = body.tools[0]
    expect(name).toMatch(/^mcp__a{50}_[0-9a-f]{8}$/)
    expect(body.tool_choice).toEqual({ type: 'function', name })
    expect(body.input[1].name).toBe(name)
    expect([...(toolNames ?? [])]).toEqual([[name, long]])
    expect(losses).toEqual([])
  })

  it('with names of other letters are refused', () => {
    const found = refusalOf(() => toResponsesRequest({ tools: [{ ...read, name: 'a b' }] }))
    expect(found).toMatchObject({ code: 'untranslatable', path: 'tools.0.name' })
  })

  it('that search the web become the worker’s own', () => {
    const location = { type: 'approximate', city: 'Bern' }
    const { body, losses } = toResponsesRequest({
      tools: [
        {
          type: 'web_search_20250305',
          name: 'web_search',
          allowed_domains: ['a.example'],
          user_location: location,
          max_uses: 3,
        },
      ],
      tool_choice: { type: 'tool', name: 'web_search' },
    })
    expect(body).toMatchObject({
      tools: [{ type: 'web_search', filters: { allowed_domains: ['a.example'] }, user_location: location }],
      tool_choice: { type: 'web_search' },
      include: ['web_search_call.action.sources'],
    })
    expect(losses).toEqual(['removed:max_uses'])
  })

  it('that search among tools are not needed, because all are sent', () => {
    const { body, losses } = toResponsesRequest({
      tools: [
        { type: 'tool_search_tool_regex_20251119', name: 'tool_search' },
        { ...read, defer_loading: true },
      ],
    })
    expect(body.tools).toHaveLength(1)
    expect(losses).toEqual(['removed:tool_search', 'removed:defer_loading'])
  })

  it.each([
    'web_fetch_20250910',
    'code_execution_20250825',
    'bash_20250124',
    'text_editor_20250728',
    'computer_20251124',
    'memory_20250818',
  ])('of type %s are refused by name', (type) => {
    const found = refusalOf(() => toResponsesRequest({ tools: [read, { type, name: 'x' }] }))
    expect(found).toMatchObject({ code: 'untranslatable', path: 'tools.1' })
    expect(found.message).toContain(type)
  })

  it('that search the web are refused where the worker is not known to', () => {
    const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
    const found = refusalOf(() => toResponsesRequest({ tools }, { dialect: 'vllm' }))
    expect(found).toMatchObject({ code: 'untranslatable', path: 'tools.0' })
  })

  it.each<[object, object]>([
    [{ type: 'auto' }, { tool_choice: 'auto' }],
    [{ type: 'any' }, { tool_choice: 'required' }],
    [{ type: 'none' }, { tool_choice: 'none' }],
    [{ type: 'tool', name: 'Read' }, { tool_choice: { type: 'function', name: 'Read' } }],
    [
      { type: 'auto', disable_parallel_tool_use: true },
      { tool_choice: 'auto', parallel_tool_calls: false },
    ],
  ])('chosen by %o are chosen by %o', (tool_choice, expected) => {
    expect(toResponsesRequest({ tools: [read], tool_choice }).body).toMatchObject(expected)
  })

  it('are not forced on a model that refuses that', () => {
    const { body, losses } = toResponsesRequest(
      { tools: [read], tool_choice: { type: 'any' } },
      { takes: { forcedTools: false } },
    )
    expect(body.tool_choice).toBe('auto')
    expect(losses).toEqual(['tool-choice-relaxed'])
  })

  it('must be there to be chosen', () => {
    expect(refusalOf(() => toResponsesRequest({ tool_choice: { type: 'any' } }))).toMatchObject({
      code: 'invalid-message',
      path: 'tool_choice',
    })
  })
})
