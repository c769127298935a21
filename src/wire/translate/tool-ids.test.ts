import { describe, expect, it } from 'vitest'
import { dialects } from '../dialects.ts'
import { anthropicToolId, chatToolId, derivedToolId, shortened } from './tool-ids.ts'

describe('ids of tool calls', () => {
  it('stay as they are where the other side takes them', () => {
    expect(anthropicToolId('call_9-Z')).toBe('call_9-Z')
    expect(chatToolId('functions.f:0', dialects.openai)).toBe('functions.f:0')
    expect(chatToolId('abcDEF123', dialects.mistral)).toBe('abcDEF123')
  })

  it.each(['x'.repeat(65), 'functions.f:0', 'ä', ''])(
    'that do not fit become a digest, always the same: "%s"',
    (id) => {
      expect(anthropicToolId(id)).toMatch(/^toolu_[0-9a-f]{32}$/)
      expect(anthropicToolId(id)).toBe(anthropicToolId(id))
    },
  )

  it('are at most 64 characters long for Chat, and never empty', () => {
    for (const id of ['x'.repeat(65), ''])
      expect(chatToolId(id, dialects.vllm)).toMatch(/^call_[0-9a-f]{32}$/)
    expect(chatToolId('x'.repeat(64), dialects.vllm)).toBe('x'.repeat(64))
  })

  it('have nine letters and digits where a server wants that, and stay apart', () => {
    const ids = Array.from({ length: 1_000 }, (_, number) => chatToolId(`toolu_${number}`, dialects.mistral))
    expect(ids.every((id) => /^[0-9a-z]{9}$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(1_000)
  })

  it('that are missing are derived from the trace', () => {
    expect(derivedToolId('ab'.repeat(16), 3)).toBe(`call_${'ab'.repeat(16)}_3`)
  })
})

describe('an id of a person', () => {
  it('is shortened only where it must be', () => {
    expect(shortened('x'.repeat(128), 128)).toBe('x'.repeat(128))
    expect(shortened('x'.repeat(129), 128)).toMatch(/^[0-9a-f]{64}$/)
  })
})
