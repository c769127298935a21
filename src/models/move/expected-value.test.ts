import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCards } from '../catalog.ts'
import { expectedValue } from './expected-value.ts'
import { moveCase } from './move-case-harness.ts'
import { describeMovePolicy } from './policy.suite.ts'

describeMovePolicy(expectedValue)

const cards = createCards()
const end = (model: string) => ({ model, card: cards.find(model) })
const opus = end('claude-opus-5-5')
const sonnet = end('claude-sonnet-5-5')
const haiku = end('claude-haiku-5-5')
const rest = (turns: number, errorTurns = 0) => ({ turns, errorTurns })

describe('by expected value', () => {
  it.each([
    [50_000, sonnet, 8],
    [150_000, sonnet, 15],
    [150_000, haiku, 3],
  ])('a conversation of %i tokens moves when enough turns follow', (promptTokens, target, turns) => {
    const judge = (more: number) =>
      expectedValue.judge(moveCase({ home: opus, target, promptTokens, rest: rest(more) })).move
    // The first turn at the target is one of them.
    expect(judge(turns - 2)).toBe(false)
    expect(judge(turns)).toBe(true)
  })

  it('goes to a cold haiku below 100,000 tokens at once', () => {
    expect(expectedValue.judge(moveCase({ home: opus, target: haiku, rest: rest(0) })).move).toBe(true)
  })

  it('says why it stays', () => {
    const { because } = expectedValue.judge(
      moveCase({ home: opus, target: sonnet, promptTokens: 150_000, rest: rest(5) }),
    )
    expect(because).toBe(
      'stay: moving to claude-sonnet-5-5 saves $0.025 a turn and costs $0.335 once (about 5 more turns there)',
    )
  })

  it('stays when later turns will likely ask for the home again', () => {
    const settled = moveCase({ home: opus, target: sonnet, rest: rest(30) })
    expect(expectedValue.judge(settled).move).toBe(true)
    expect(expectedValue.judge({ ...settled, changeRate: 0.3 }).move).toBe(false)
  })

  it('stays when it hardly knows how long the conversation goes on', () => {
    const judge = (error: number) =>
      expectedValue.judge(moveCase({ home: opus, target: sonnet, rest: rest(9, error) })).move
    expect(judge(1)).toBe(true)
    expect(judge(4)).toBe(false)
  })

  it('stays for the price of reasoning that would be thought again', () => {
    const near = moveCase({ home: opus, target: sonnet, rest: rest(7.2) })
    expect(expectedValue.judge(near).move).toBe(true)
    expect(expectedValue.judge({ ...near, thinking: true }).move).toBe(false)
  })

  it('climbs when the class asks for more, and says what that costs', () => {
    const up = expectedValue.judge(
      moveCase({ home: sonnet, target: opus, promptTokens: 150_000, rest: rest(0) }),
    )
    expect(up.move).toBe(true)
    expect(up.because).toBe(
      'move: moving to claude-opus-5-5 costs $0.025 a turn more and costs $0.745 once, for the quality that the class asks for',
    )
  })

  it('does not climb for a class that is a mere guess', () => {
    const up = moveCase({ home: sonnet, target: opus, confidence: 0.3 })
    expect(expectedValue.judge(up).move).toBe(false)
    expect(expectedValue.judge(up).because).toMatch(/^stay: .* little in the text asks for it$/)
  })

  it('fears the way back less when people are back before the cache is cold', () => {
    const errand = moveCase({
      home: opus,
      target: haiku,
      promptTokens: 95_000,
      changeRate: 0.6,
      rest: rest(8),
    })
    expect(expectedValue.judge({ ...errand, warmRate: 0.95 }).move).toBe(true)
    expect(expectedValue.judge({ ...errand, warmRate: 0.6 }).because).toMatch(/at risk/)
    const risk = (warmRate: number): number =>
      Number(/\$([\d.]+) at risk/.exec(expectedValue.judge({ ...errand, warmRate }).because)?.[1])
    expect(risk(0.6)).toBeGreaterThan(risk(0.95))
  })

  it('never turns a move down because more turns follow', () => {
    const size = fc.integer({ min: 1_000, max: 300_000 })
    const turns = fc.double({ min: 0, max: 60, noNaN: true })
    fc.assert(
      fc.property(size, turns, turns, fc.constantFrom(sonnet, haiku), (promptTokens, some, more, target) => {
        const judge = (count: number) =>
          expectedValue.judge(moveCase({ home: opus, target, promptTokens, rest: rest(count) })).move
        if (judge(some)) expect(judge(some + more)).toBe(true)
      }),
    )
  })
})
