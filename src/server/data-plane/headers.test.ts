import { describe, expect, it } from 'vitest'
import { priorities } from '../../core/message.ts'
import { clampPriority, passedOn, wishesOf } from './headers.ts'

describe('the headers of ours', () => {
  it('are all optional', () => {
    expect(wishesOf({})).toEqual({})
    expect(wishesOf({ 'x-signalbox-unheard-of': 'x', accept: '*/*' })).toEqual({})
  })

  it.each([
    ['class', 'strategic', { class: 'strategic' }],
    ['class', 'x'.repeat(256), { class: 'x'.repeat(256) }],
    ...priorities.map((priority) => ['priority', priority, { priority }] as const),
    ['deadline-ms', '1', { deadlineMs: 1 }],
    ['deadline-ms', '2147483647', { deadlineMs: 2_147_483_647 }],
    ['session', 's/1', { session: 's/1' }],
    ['tenant', 'acme', { tenant: 'acme' }],
    ['context', '{}', { context: {} }],
    ['context', '{"urgent":true,"files":3}', { context: { urgent: true, files: 3 } }],
    ['context', JSON.stringify(keys(64)), { context: keys(64) }],
  ] as const)('are understood: x-signalbox-%s: %s', (suffix, value, wishes) => {
    expect(wishesOf({ [`x-signalbox-${suffix}`]: value })).toEqual(wishes)
  })

  it.each([
    ['class', ''],
    ['class', 'two words'],
    ['class', 'x'.repeat(257)],
    ['priority', 'urgent'],
    ['priority', 'High'],
    ['priority', ''],
    ['deadline-ms', '0'],
    ['deadline-ms', '-1'],
    ['deadline-ms', '1.5'],
    ['deadline-ms', '1e3'],
    ['deadline-ms', ' 5'],
    ['deadline-ms', ''],
    ['deadline-ms', '2147483648'],
    ['deadline-ms', '12345678901'],
    ['session', ''],
    ['session', 'café'],
    ['tenant', 'a b'],
    ['tenant', 'x'.repeat(257)],
    ['context', '{'],
    ['context', '[]'],
    ['context', 'null'],
    ['context', '"text"'],
    ['context', '5'],
    ['context', JSON.stringify(keys(65))],
  ])('are refused by name when they say nothing that can be meant: x-signalbox-%s: %s', (suffix, value) => {
    const path = `x-signalbox-${suffix}`
    expect(() => wishesOf({ [path]: value })).toThrow(
      expect.objectContaining({ code: 'invalid-message', path, message: expect.stringContaining(path) }),
    )
  })

  it('are refused when they ask for what this version does not do', () => {
    expect(() => wishesOf({ 'x-signalbox-idempotency-key': 'x' })).toThrow(
      expect.objectContaining({ code: 'not-in-this-version' }),
    )
  })

  it('leave Claude Code’s own name for its conversation second, each agent with one of its own', () => {
    const session = { 'x-claude-code-session-id': 's1' }
    expect(wishesOf(session)).toEqual({ session: 's1' })
    expect(wishesOf({ ...session, 'x-claude-code-agent-id': 'a1' })).toEqual({ session: 's1/a1' })
    expect(wishesOf({ ...session, 'x-claude-code-agent-id': 'a 1' })).toEqual({ session: 's1' })
    expect(wishesOf({ 'x-claude-code-session-id': 's 1', 'x-claude-code-agent-id': 'a1' })).toEqual({})
    expect(wishesOf({ 'x-claude-code-agent-id': 'a1' })).toEqual({})
    expect(wishesOf({ ...session, 'x-signalbox-session': 'mine' })).toEqual({ session: 'mine' })
    expect(wishesOf({ ...session, 'x-signalbox-class': 'simple' })).toEqual({
      session: 's1',
      class: 'simple',
    })
  })
})

describe('a wished priority', () => {
  it('is lowered to what the key allows, and never raised', () => {
    for (const [place, max] of priorities.entries())
      for (const [wish, wished] of priorities.entries())
        expect(clampPriority(wished, max)).toBe(priorities[Math.max(wish, place)])
  })

  it('is normal where none is named', () => {
    expect(clampPriority(undefined, 'critical')).toBe('normal')
    expect(clampPriority(undefined, 'low')).toBe('low')
  })
})

describe('the headers that travel on', () => {
  it('are those of the vendors’ SDKs, as they are', () => {
    const headers = {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'a,b',
      'anthropic-dangerous-direct-browser-access': 'true',
      'openai-organization': 'org',
      'user-agent': 'sdk/1',
      'x-stainless-lang': 'js',
      'content-type': 'application/json',
      accept: 'application/json',
    }
    expect(passedOn(headers)).toEqual(headers)
  })

  it.each([
    'accept-encoding',
    'authorization',
    'connection',
    'content-encoding',
    'content-length',
    'cookie',
    'expect',
    'forwarded',
    'host',
    'keep-alive',
    'origin',
    'proxy-authorization',
    'proxy-connection',
    'referer',
    'sec-fetch-mode',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
    'x-api-key',
    'x-forwarded-for',
    'x-signalbox-class',
  ])('are not those of this hop, this host or this caller: %s', (name) => {
    expect(passedOn({ [name]: 'x', accept: '*/*' })).toEqual({ accept: '*/*' })
  })

  it('are none that the connection header names', () => {
    const headers = {
      connection: 'Keep-Alive , X-Private,x-other',
      'x-private': '1',
      'x-other': '2',
      'x-kept': '3',
    }
    expect(passedOn(headers)).toEqual({ 'x-kept': '3' })
  })

  it('are none that Node gives as a list', () => {
    expect(passedOn({ 'set-cookie': ['a=1'], accept: '*/*' })).toEqual({ accept: '*/*' })
  })
})

function keys(count: number): Readonly<Record<string, boolean>> {
  return Object.fromEntries(Array.from({ length: count }, (_, number) => [`k${number}`, true]))
}
