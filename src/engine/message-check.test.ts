import { describe, expect, it } from 'vitest'
import { checkMessage } from './message-check.ts'

describe('checkMessage', () => {
  it.each([
    [{ content: 'x' }],
    [
      {
        content: [{ type: 'text', text: 'x' }],
        priority: 'low',
        deadlineMs: 1,
        context: {},
        tools: [],
        system: '',
      },
    ],
    [{ content: 'x', session: undefined }],
    [{ content: 'x', signal: new AbortController().signal }],
  ])('takes %j', (message) => {
    expect(() => checkMessage(message)).not.toThrow()
  })

  it.each<[unknown, string]>([
    [null, 'message'],
    ['x', 'message'],
    [[], 'message'],
    [{}, 'content'],
    [{ content: '' }, 'content'],
    [{ content: [] }, 'content'],
    [{ content: ['x'] }, 'content'],
    [{ content: 'x', priority: 'urgent' }, 'priority'],
    [{ content: 'x', deadlineMs: -1 }, 'deadlineMs'],
    [{ content: 'x', deadlineMs: Number.NaN }, 'deadlineMs'],
    [{ content: 'x', deadlineMs: 2 ** 31 }, 'deadlineMs'],
    [{ content: 'x', class: '' }, 'class'],
    [{ content: 'x', context: [] }, 'context'],
    [{ content: 'x', maxTokens: 1.5 }, 'maxTokens'],
    [{ content: 'x', tools: 'all' }, 'tools'],
    [{ content: 'x', signal: {} }, 'signal'],
    [{ content: 'x', prioritty: 'low' }, 'prioritty'],
    [JSON.parse('{"content":"x","__proto__":{"priority":"low"}}'), '__proto__'],
  ])('refuses %j, naming %s', (message, path) => {
    expect(() => checkMessage(message)).toThrow(expect.objectContaining({ code: 'invalid-message', path }))
  })

  it('suggests the key that was meant', () => {
    expect(() => checkMessage({ content: 'x', prioritty: 'low' })).toThrow('did you mean "priority"?')
  })
})
