import { describe, expect, it } from 'vitest'
import type { ClientRequest, RequestKind } from '../../core/client-request.ts'
import { conversationKind, followsHome } from './kind.ts'

const request = (kind: RequestKind, stays = false): ClientRequest => ({
  kind,
  guessed: false,
  promptId: undefined,
  contextCompacted: false,
  stays,
})

describe('the kind of a conversation', () => {
  it.each([
    ['main', 'main'],
    ['compaction', 'main'],
    ['side_reply', 'main'],
    ['subagent', 'subagent'],
    ['workflow', 'subagent'],
    ['auxiliary', 'auxiliary'],
  ] as const)('is told by what a request is for: %s is of kind %s', (kind, expected) => {
    expect(conversationKind(request(kind))).toBe(expected)
  })

  it('is unknown where the client says and shows nothing', () => {
    expect(conversationKind(undefined)).toBe('unknown')
  })

  it('is the main one for a helper that keeps its prompt warm', () => {
    expect(conversationKind(request('auxiliary', true))).toBe('main')
  })
})

describe('what is about a conversation', () => {
  it.each([
    ['compaction', true],
    ['side_reply', true],
    ['main', false],
    ['auxiliary', false],
  ] as const)('follows its home: %s is %s', (kind, follows) => {
    expect(followsHome(request(kind))).toBe(follows)
  })

  it('follows its home where it keeps the prompt warm there', () => {
    expect(followsHome(request('auxiliary', true))).toBe(true)
    expect(followsHome(undefined)).toBe(false)
  })
})
