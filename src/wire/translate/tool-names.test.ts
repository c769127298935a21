import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusalOf } from './requests.suite.ts'
import { ToolNames } from './tool-names.ts'

describe('names of tools for OpenAI', () => {
  it('stay as they are up to 64 characters', () => {
    const names = new ToolNames()
    expect(names.sent('a'.repeat(64), 'x')).toBe('a'.repeat(64))
    expect(names.originals.size).toBe(0)
  })

  it('are cut beyond, each to one of its own, the same every time, and can be told back', () => {
    const long = fc.stringMatching(/^[A-Za-z0-9_-]{65,128}$/)
    fc.assert(
      fc.property(long, long, (one, other) => {
        const names = new ToolNames()
        const sent = names.sent(one, 'x')
        expect(sent).toMatch(/^[A-Za-z0-9_-]{64}$/)
        expect(new ToolNames().sent(one, 'x')).toBe(sent)
        expect(names.originals.get(sent)).toBe(one)
        if (one !== other) expect(names.sent(other, 'x')).not.toBe(sent)
      }),
    )
    const twins = new ToolNames()
    expect(twins.sent(`${'a'.repeat(100)}1`, 'x')).not.toBe(twins.sent(`${'a'.repeat(100)}2`, 'x'))
  })

  it('are refused when they are no names', () => {
    for (const name of ['', 'a b', 'é', 'a'.repeat(129)]) {
      const refused = refusalOf(() => new ToolNames().sent(name, 'tools.0.name'))
      expect(refused).toMatchObject({ code: 'untranslatable', path: 'tools.0.name' })
    }
    expect(refusalOf(() => new ToolNames().sent(7, 'tools.0.name')).code).toBe('invalid-message')
  })
})
