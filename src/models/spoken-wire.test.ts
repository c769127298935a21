import { describe, expect, it } from 'vitest'
import type { Wire } from '../core/wire.ts'
import { spokenWire } from './spoken-wire.ts'

const openai = ['openai-chat', 'openai-responses'] as const
const compatible = ['openai-chat'] as const
const anthropic = ['anthropic'] as const

const chosen = (
  wire: Wire,
  spoken: readonly [Wire, ...Wire[]],
  rest: { tools?: boolean; effort?: string; toolsInChat?: 'yes' | 'at-none' | 'no' } = {},
): Wire =>
  spokenWire(
    { wire, tools: rest.tools ?? false, effort: rest.effort },
    spoken,
    rest.toolsInChat && { toolsInChat: rest.toolsInChat },
  )

describe('the protocol that a worker is spoken to in', () => {
  it('is the client’s own where the worker speaks it', () => {
    expect(chosen('anthropic', anthropic, { tools: true })).toBe('anthropic')
    expect(chosen('openai-chat', openai)).toBe('openai-chat')
    expect(chosen('openai-responses', openai)).toBe('openai-responses')
    expect(chosen('openai-chat', compatible, { tools: true, toolsInChat: 'no' })).toBe('openai-chat')
  })

  it('is Responses for tools that the model takes nowhere else', () => {
    expect(chosen('openai-chat', openai, { tools: true, toolsInChat: 'no' })).toBe('openai-responses')
    expect(chosen('openai-chat', openai, { tools: true, toolsInChat: 'at-none' })).toBe('openai-responses')
    expect(chosen('openai-chat', openai, { tools: true, toolsInChat: 'at-none', effort: 'none' })).toBe(
      'openai-chat',
    )
    expect(chosen('openai-chat', openai, { tools: true, toolsInChat: 'yes' })).toBe('openai-chat')
    expect(chosen('openai-chat', openai, { tools: true })).toBe('openai-chat')
    expect(chosen('openai-chat', openai, { toolsInChat: 'no' })).toBe('openai-chat')
  })

  it('is, for other clients, Responses where tools and the worker allow, else its first', () => {
    expect(chosen('anthropic', openai, { tools: true })).toBe('openai-responses')
    expect(chosen('anthropic', openai)).toBe('openai-chat')
    expect(chosen('anthropic', compatible, { tools: true })).toBe('openai-chat')
    expect(chosen('openai-responses', compatible)).toBe('openai-chat')
    expect(chosen('openai-responses', anthropic, { tools: true })).toBe('anthropic')
  })
})
