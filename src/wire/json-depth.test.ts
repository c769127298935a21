import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isTooDeep } from './json-depth.ts'
import { DEPTH_MAX } from './json-scanner.ts'

/** Long enough to be looked at. */
const filler = 'x'.repeat(70_000)
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

describe('isTooDeep', () => {
  it('allows as many levels as a request may have, and no more', () => {
    expect(isTooDeep(`["${filler}",${nested(DEPTH_MAX - 1)}]`)).toBe(false)
    expect(isTooDeep(`["${filler}",${nested(DEPTH_MAX)}]`)).toBe(true)
    expect(isTooDeep('{"a":'.repeat(100_000))).toBe(true)
    expect(isTooDeep('['.repeat(1_000))).toBe(false)
  })

  it('counts no brackets within strings, whatever is escaped in them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('[', '{', '"', '\\', 'a', ']'), { maxLength: 40 }), (marks) => {
        const text = marks.join('')
        const json = JSON.stringify([text.repeat(600), filler, { [text]: text }])
        expect(isTooDeep(json)).toBe(false)
        expect(isTooDeep(`[${json},${nested(DEPTH_MAX)}]`)).toBe(true)
      }),
    )
  })

  it('adds up what is side by side only once', () => {
    expect(isTooDeep(`[${'[[]],'.repeat(20_000)}0]`)).toBe(false)
  })

  it('looks through a text without end in a moment', () => {
    expect(isTooDeep(`["${'["'.repeat(5_000_000)}`)).toBe(true)
    expect(isTooDeep(`["${'\\'.repeat(10_000_000)}`)).toBe(false)
    expect(isTooDeep(`["${'\\"'.repeat(5_000_000)}`)).toBe(false)
  })
})
