import { describe, expect, it } from 'vitest'
import { safeguardResults, safeguardsAsked } from './safeguards.ts'

describe('the safeguards that a client asks for', () => {
  it('are its types, each once', () => {
    const safeguards = [{ type: 'a', classifier_context: {} }, { type: 'b' }, { type: 'a' }]
    expect(safeguardsAsked({ safeguards })).toEqual({ safeguards: ['a', 'b'] })
    expect(safeguardsAsked({})).toEqual({})
    expect(safeguardsAsked({ safeguards: null })).toEqual({})
    expect(safeguardsAsked({ safeguards: [] })).toEqual({})
  })

  it('are bounded in number and length', () => {
    const safeguards = Array.from({ length: 1000 }, (_, index) => ({ type: `${index}${'x'.repeat(1000)}` }))
    const asked = safeguardsAsked({ safeguards }).safeguards ?? []
    expect(asked).toHaveLength(16)
    expect(asked[0]).toHaveLength(64)
  })

  it('that are no list, or have no type, are refused by their path', () => {
    expect(() => safeguardsAsked({ safeguards: 'yes' })).toThrow('safeguards')
    expect(() => safeguardsAsked({ safeguards: [{}] })).toThrow('safeguards.0.type')
  })

  it('are answered one by one, and always as unsupported', () => {
    expect(safeguardResults({ safeguards: ['a', 'b'] })).toEqual({
      safeguard_results: [
        { type: 'a', status: { type: 'unsupported' } },
        { type: 'b', status: { type: 'unsupported' } },
      ],
    })
    expect(safeguardResults({})).toEqual({})
  })
})
