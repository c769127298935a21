import { describe, expect, it } from 'vitest'
import { requestKinds } from '../core/client-request.ts'
import { protocols } from './catalog.ts'
import { claudeCodeRequest, isClaudeCode } from './claude-code.ts'

const cli = { 'user-agent': 'claude-cli/2.1.331 (external, cli)', 'x-claude-code-session-id': 's-1' }
const tools = [{ name: 'Bash', input_schema: { type: 'object' } }]
const schema = { format: { type: 'json_schema', schema: { type: 'object' } } }
const order = 'Your task is to create a detailed summary of'
const summary =
  `CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.\n\n${order} ` +
  'the conversation so far, paying close attention to the details.'
const person = { role: 'user', content: 'Fix the test' }

function viewOf(
  more: object,
  messages: readonly object[] = [person],
): Parameters<typeof claudeCodeRequest>[1] {
  return protocols.anthropic.view(
    Buffer.from(JSON.stringify({ model: 'm', max_tokens: 9, messages, ...more })),
  )
}

const kindOf = (headers: Readonly<Record<string, string>>, view = viewOf({ tools })): unknown => {
  const request = claudeCodeRequest(headers, view)
  return request && [request.kind, request.guessed]
}

describe('what Claude Code says of a request', () => {
  it('holds, whatever the request looks like', () => {
    for (const kind of requestKinds)
      expect(kindOf({ ...cli, 'x-claude-code-request-class': kind })).toEqual([kind, false])
    expect(kindOf({ 'x-claude-code-request-class': 'auxiliary' })).toEqual(['auxiliary', false])
    expect(kindOf({ ...cli, 'x-claude-code-compaction': 'auto' })).toEqual(['compaction', false])
  })

  it('is not believed where it is a word that nobody knows', () => {
    expect(kindOf({ ...cli, 'x-claude-code-request-class': 'supervisor' })).toEqual(['main', true])
    expect(kindOf({ 'x-claude-code-request-class': 'supervisor' })).toBeUndefined()
  })

  it('carries the prompt’s id, and that the context was compacted', () => {
    const headers = { ...cli, 'x-claude-code-prompt-id': 'p-1', 'x-claude-code-context-compacted': 'auto' }
    expect(claudeCodeRequest(headers, viewOf({ tools }))).toMatchObject({
      promptId: 'p-1',
      contextCompacted: true,
    })
    const without = {
      ...cli,
      'x-claude-code-prompt-id': 'p'.repeat(1000),
      'x-claude-code-context-compacted': 'false',
    }
    const request = claudeCodeRequest(without, viewOf({ tools }))
    expect(request).toMatchObject({ promptId: undefined, contextCompacted: false })
  })

  it.each([
    ['p'.repeat(256), 'p'.repeat(256)],
    ['p'.repeat(257), undefined],
    ['', undefined],
  ])('has an id of the prompt of at most 256 characters, or none: %s', (said, promptId) => {
    const headers = { ...cli, 'x-claude-code-prompt-id': said }
    expect(claudeCodeRequest(headers, viewOf({ tools }))).toHaveProperty('promptId', promptId)
  })

  it.each(['', '0', 'false'])('is off where a switch says “%s”', (said) => {
    const headers = { ...cli, 'x-claude-code-compaction': said, 'x-claude-code-context-compacted': said }
    const request = claudeCodeRequest(headers, viewOf({ tools }))
    expect(request).toMatchObject({ kind: 'main', contextCompacted: false })
  })

  it('tells the helpers that belong to the conversation’s own model', () => {
    const auxiliary = { ...cli, 'x-claude-code-request-class': 'auxiliary' }
    const staysWith = (headers: Readonly<Record<string, string>>, more: object): boolean | undefined =>
      claudeCodeRequest({ ...auxiliary, ...headers }, viewOf(more))?.stays
    expect(staysWith({}, { output_config: schema })).toBe(false)
    expect(staysWith({}, { tools })).toBe(true)
    expect(staysWith({ 'x-claude-code-request-source': 'cache_touch' }, {})).toBe(true)
    expect(staysWith({ 'x-claude-1p-request-class': 'resume_cache_warm' }, {})).toBe(true)
    expect(staysWith({ 'x-other-request-source': 'cache_touch' }, {})).toBe(false)
    expect(
      claudeCodeRequest({ ...cli, 'x-claude-code-request-class': 'main' }, viewOf({ tools }))?.stays,
    ).toBe(false)
  })
})

describe('without hints, a request of Claude Code', () => {
  it('without tools that wants JSON is a helper’s', () => {
    expect(kindOf(cli, viewOf({ output_config: schema }))).toEqual(['auxiliary', true])
    expect(kindOf(cli, viewOf({ output_config: { effort: 'low' } }))).toEqual(['main', true])
    expect(kindOf(cli, viewOf({ tools, output_config: schema }))).toEqual(['main', true])
  })

  it('with an agent’s id is a sub-agent’s', () => {
    expect(kindOf({ ...cli, 'x-claude-code-agent-id': 'a-1' })).toEqual(['subagent', true])
    expect(kindOf({ 'x-claude-code-agent-id': 'a-1' })).toEqual(['subagent', true])
  })

  it('that ends in its order to sum up is a compaction', () => {
    const result = { type: 'tool_result', tool_use_id: 't', content: 'ok' }
    const messages = [
      person,
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }] },
      { role: 'user', content: [result, { type: 'text', text: summary }] },
    ]
    expect(kindOf(cli, viewOf({ tools }, messages))).toEqual(['compaction', true])
    const orderedAt = (place: number): ReturnType<typeof viewOf> =>
      viewOf({ tools }, [{ role: 'user', content: order.padStart(place + order.length, 'x') }])
    expect(kindOf(cli, orderedAt(2_000 - order.length))).toEqual(['compaction', true])
    expect(kindOf(cli, orderedAt(2_001 - order.length))).toEqual(['main', true])
    const later = [...messages, { role: 'assistant', content: 'Done.' }, person]
    expect(kindOf(cli, viewOf({ tools }, later))).toEqual(['main', true])
  })
})

describe('a request of another client', () => {
  it('is of no kind, whatever it looks like', () => {
    for (const headers of [{}, { 'user-agent': 'python-requests/2' }, { 'x-app': 'web' }]) {
      expect(isClaudeCode(headers)).toBe(false)
      expect(kindOf(headers, viewOf({ output_config: schema }))).toBeUndefined()
    }
    expect(isClaudeCode({ 'x-app': 'cli' })).toBe(true)
  })
})
