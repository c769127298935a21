import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WINDOW_CHARS } from './feature-spec.ts'
import { Ngrams } from './ngrams.ts'

const words = { slotBits: 16, wordsMax: 2, charsMax: 0, traitsWeight: 0 } as const
const chars = { slotBits: 16, wordsMax: 0, charsMax: 5, traitsWeight: 0 } as const

function slotsOf(text: string, spec: typeof words | typeof chars = words): readonly number[] {
  const ngrams = new Ngrams(spec)
  ngrams.read(text)
  return [...ngrams.slots.subarray(0, ngrams.count)]
}

describe('the n-grams of a text', () => {
  it('have the same slots on every platform', () => {
    expect(slotsOf('Fix the bug')).toEqual([2948, 50439, 1312, 53554, 23571])
    expect(slotsOf('fix', chars)).toEqual([26543, 15817, 57989, 65400, 2453, 55427])
  })

  it('are runs of one and two words', () => {
    const [a, b, ab] = slotsOf('write tests')
    expect(slotsOf('write')).toEqual([a])
    expect(slotsOf('tests')).toEqual([b])
    expect(slotsOf('tests write')).not.toContain(ab)
  })

  it('see no difference in case, in figures and in what stands between words', () => {
    expect(slotsOf('Add 12 lines!')).toEqual(slotsOf('add 99  LINES'))
    expect(slotsOf('Add: 12 lines', chars)).toEqual(slotsOf('add 99 lines', chars))
  })

  it('take each Han character and each emoji for a word', () => {
    expect(slotsOf('計画')).toHaveLength(3)
    expect(slotsOf('👍')).toHaveLength(1)
    expect(slotsOf('👍')).not.toEqual(slotsOf('👎'))
  })

  it('of a long text are those of its two ends', () => {
    const first = 'first words '.repeat(200).slice(0, WINDOW_CHARS)
    const last = 'last words '.repeat(200).slice(-WINDOW_CHARS)
    expect(slotsOf(`${first}${'unread '.repeat(10_000)}${last}`)).toEqual(
      slotsOf(first).concat(slotsOf(last)),
    )
  })

  it('stay within their bounds for any text', () => {
    const both = new Ngrams({ slotBits: 12, wordsMax: 2, charsMax: 5, traitsWeight: 0 })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 8_000, size: 'max' }), (text) => {
        both.read(text)
        expect(both.count).toBeLessThanOrEqual(both.slots.length)
        expect(both.slots.subarray(0, both.count).every((slot) => slot >= 0 && slot < 4_096)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('fill no more than there is room for when every character is a word', () => {
    const both = new Ngrams({ slotBits: 16, wordsMax: 2, charsMax: 5, traitsWeight: 0 })
    both.read('計'.repeat(5_000))
    expect(both.count).toBeGreaterThan(4 * 2 * WINDOW_CHARS)
    expect(both.count).toBeLessThanOrEqual(both.slots.length)
  })
})
