import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCards } from '../catalog.ts'
import { moveCase } from './move-case-harness.ts'
import type { MoveCase, MovePolicy } from './policy.ts'
import { priceMove } from './price-move.ts'

const cards = createCards()
const end = (model: string) => ({ model, card: cards.find(model) })

const anyCase: fc.Arbitrary<MoveCase> = fc
  .record({
    home: fc.constantFrom(
      'claude-opus-5-5',
      'claude-sonnet-5-5',
      'claude-haiku-5-5',
      'claude-opus-4-6',
      'some-model',
    ),
    target: fc.constantFrom('claude-opus-5-5', 'claude-haiku-5-5', 'gpt-6-luna', 'other-model'),
    promptTokens: fc.nat(300_000),
    cached: fc.double({ min: 0, max: 1, noNaN: true }),
    warm: fc.double({ min: 0, max: 1, noNaN: true }),
    turn: fc.record({
      requests: fc.double({ min: 1, max: 30, noNaN: true }),
      outputTokens: fc.nat(10_000),
      grownTokens: fc.nat(10_000),
    }),
    turns: fc.double({ min: 0, max: 100, noNaN: true }),
    error: fc.double({ min: 0, max: 1, noNaN: true }),
    changeRate: fc.double({ min: 0, max: 1, noNaN: true }),
    warmRate: fc.double({ min: 0, max: 1, noNaN: true }),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    thinking: fc.boolean(),
    longCache: fc.boolean(),
    spentUsd: fc.double({ min: 0, max: 50, noNaN: true }),
    switchedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ home, target, cached, warm, turns, error, switchedShare, ...rest }) => {
    const cachedTokens = rest.promptTokens * cached
    return {
      ...rest,
      home: end(home),
      target: end(target),
      cachedTokens,
      homeWarmTokens: cachedTokens * warm,
      targetWarmTokens: 0,
      rest: { turns, errorTurns: turns * error },
      switchedUsd: rest.spentUsd * switchedShare,
    }
  })

/** @param deviation why it takes no move at all, where it is so. */
export function describeMovePolicy(policy: MovePolicy, deviation?: { readonly takesNoMove: string }): void {
  const moves = deviation === undefined

  describe(`the policy ${policy.name}`, () => {
    it('says in words what it decides, and names the model', () => {
      fc.assert(
        fc.property(anyCase, (some) => {
          const { move, because } = policy.judge(some)
          expect(because).toMatch(move ? /^move: / : /^stay: /)
          expect(because).toContain(some.target.model)
          expect(because).not.toMatch(/NaN|Infinity|undefined/)
        }),
      )
    })

    it('tells the price whatever it decides', () => {
      fc.assert(
        fc.property(anyCase, (some) => {
          const { savesUsdPerTurn, costsUsdOnce } = policy.judge(some)
          const price = priceMove(some)
          expect(savesUsdPerTurn).toBe(price?.savesUsdPerTurn ?? 0)
          expect(costsUsdOnce).toBe(price?.costsUsdOnce ?? 0)
        }),
      )
    })

    it('decides the same case the same way', () => {
      fc.assert(
        fc.property(anyCase, (some) => {
          expect(policy.judge(Object.freeze(some))).toEqual(policy.judge(some))
        }),
      )
    })

    it(moves ? 'takes a move that pays at once and loses nothing' : 'takes no move, be it free', () => {
      const free = moveCase({ home: end('claude-opus-5-5'), target: end('claude-haiku-5-5') })
      expect(policy.judge(free)).toMatchObject({ move: moves })
    })

    it(moves ? 'follows the class where a price is not known' : 'stays where a price is not known', () => {
      const unknown = moveCase({ home: end('claude-opus-5-5'), target: end('some-model') })
      expect(policy.judge(unknown)).toMatchObject({ move: moves, savesUsdPerTurn: 0, costsUsdOnce: 0 })
    })
  })
}
