import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

describe('nearest', () => {
  it.each([
    ['capcity', 'capacity'],
    ['prot', 'port'],
    ['Sonet', 'sonnet'],
    ['opsu', 'opus'],
  ])('takes %s for %s', (slip, meant) => {
    expect(nearest(slip, ['opus', 'sonnet', 'capacity', 'port', 'host'])).toBe(meant)
  })

  it('suggests nothing where nothing is near', () => {
    expect(nearest('temperature', ['opus', 'port'])).toBeUndefined()
    expect(nearest('x', ['a'])).toBeUndefined()
    expect(nearest('a'.repeat(100_000), ['a'.repeat(99_999)])).toBeUndefined()
  })
})

describe('the edit distance', () => {
  it('counts a swap of neighbours as one', () => {
    expect(editDistance('prot', 'port')).toBe(1)
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('', 'abc')).toBe(3)
  })

  it('is zero only for equal texts, symmetric, and at most the longer length', () => {
    const text = fc.string({ maxLength: 12 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        const distance = editDistance(a, b)
        expect(distance).toBe(editDistance(b, a))
        expect(distance === 0).toBe(a === b)
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
