import { describe, expect, it } from 'vitest'
import { earlierVotes, isShort, saysGoOn } from './follow-up.ts'
import type { Vote } from './verdict.ts'

const vote = (name: string, detail: string, weight: number): Vote => ({
  class: name,
  reason: { signal: 'pattern:general', detail, weight },
})

describe('a follow-up', () => {
  it('is short, whatever blanks stand around it', () => {
    expect(isShort('go on')).toBe(true)
    expect(isShort(`   ${'x'.repeat(39)}   `)).toBe(true)
    expect(isShort('x'.repeat(40))).toBe(false)
    expect(isShort(' '.repeat(1_000_000))).toBe(false)
  })

  it('may say to go on', () => {
    for (const text of ['go on, thanks', 'Continue.', 'yes, do that', 'weiter', 'NEXT'])
      expect(saysGoOn(text)).toBe(true)
    for (const text of ['thanks', 'ok', 'good', '']) expect(saysGoOn(text)).toBe(false)
  })

  it('weighs the texts before it at 0.6 and 0.3', () => {
    expect(earlierVotes([[vote('a', 'plan', 10)], [vote('b', 'fix', 7)]])).toEqual([
      { class: 'a', reason: { signal: 'earlier text', detail: 'plan', weight: 6 } },
      { class: 'b', reason: { signal: 'earlier text', detail: 'fix', weight: 2.1 } },
    ])
  })

  it('counts what both texts before it say once, as the newer says it', () => {
    expect(
      earlierVotes([[vote('a', 'plan', 10)], [vote('a', 'plan', 10)]]).map((each) => each.reason.weight),
    ).toEqual([6])
  })
})
