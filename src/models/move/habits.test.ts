import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expectedChangeRate,
  expectedRest,
  type Habits,
  learnEnd,
  learnNext,
  learnTurn,
  priorHabits,
  usualTurn,
} from './habits.ts'

function afterEnds(count: number, turnsOf: (index: number) => number): Habits {
  let habits = priorHabits('unknown')
  for (let index = 0; index < count; index++) habits = learnEnd(habits, turnsOf(index))
  return habits
}

describe('how long a conversation goes on', () => {
  it('is the prior of its kind before any has ended', () => {
    expect(expectedRest(priorHabits('main'), 1).turns).toBeCloseTo(7, 6)
    expect(expectedRest(priorHabits('main'), 30).turns).toBeCloseTo(7, 6)
    expect(expectedRest(priorHabits('auxiliary'), 1).turns).toBeCloseTo(0.1, 6)
  })

  it('is learned from those that ended', () => {
    const habits = afterEnds(300, () => 5)
    const { turns } = expectedRest(habits, 1)
    expect(turns).toBeGreaterThan(3.7)
    expect(turns).toBeLessThan(4.3)
    expect(expectedRest(habits, 5).turns).toBeLessThan(0.3)
  })

  it('is longer for one that has outlived the short ones', () => {
    const habits = afterEnds(400, (index) => (index % 10 === 0 ? 30 : 1))
    expect(expectedRest(habits, 1).turns).toBeLessThan(5)
    expect(expectedRest(habits, 2).turns).toBeGreaterThan(12)
  })

  it('is less certain the fewer came so far', () => {
    const habits = afterEnds(300, (index) => (index % 10 === 0 ? 30 : 1))
    const share = (turn: number): number => {
      const { turns, errorTurns } = expectedRest(habits, turn)
      return errorTurns / turns
    }
    expect(share(1)).toBeLessThan(share(2))
    // 300 came so far as the first turn, of which the older count a little less.
    expect(share(1)).toBeCloseTo(1 / Math.sqrt(10 + (1 - 0.998 ** 300) / 0.002), 6)
    expect(share(40)).toBeCloseTo(1 / Math.sqrt(10), 6)
  })

  it('follows when people work differently', () => {
    let habits = afterEnds(1_000, () => 1)
    for (let index = 0; index < 1_500; index++) habits = learnEnd(habits, 6)
    expect(expectedRest(habits, 1).turns).toBeGreaterThan(4.4)
  })

  it('is a finite number of turns, whatever ended', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 30 }), fc.nat(300), (ends, turn) => {
        const { turns, errorTurns } = expectedRest(ends.reduce(learnEnd, priorHabits('main')), turn)
        expect(turns).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(turns) && Number.isFinite(errorTurns)).toBe(true)
        expect(errorTurns).toBeLessThanOrEqual(turns)
      }),
    )
  })
})

describe('what a turn is like', () => {
  it('is learned for each class apart', () => {
    let habits = priorHabits('main')
    for (let index = 0; index < 300; index++) {
      habits = learnTurn(habits, { class: 'simple', requests: 1, outputTokens: 100, grownTokens: 0 })
      habits = learnTurn(habits, {
        class: 'strategic',
        requests: 9,
        outputTokens: 9 * 800,
        grownTokens: 8 * 3_000,
      })
    }
    expect(usualTurn(habits, 'simple').requests).toBeCloseTo(1, 0)
    expect(usualTurn(habits, 'simple').outputTokens).toBeLessThan(130)
    expect(usualTurn(habits, 'strategic').requests).toBeGreaterThan(8.5)
    expect(usualTurn(habits, 'strategic').grownTokens).toBeGreaterThan(2_800)
    expect(usualTurn(habits, 'tactical')).toEqual(usualTurn(priorHabits('main'), 'tactical'))
  })

  it('takes a prompt that has shrunk for one that has not grown', () => {
    const turn = { class: 'simple', requests: 3, outputTokens: 300 }
    const learned = (grownTokens: number) => learnTurn(priorHabits('main'), { ...turn, grownTokens })
    expect(usualTurn(learned(-90_000), 'simple')).toEqual(usualTurn(learned(0), 'simple'))
    expect(usualTurn(learned(9_000), 'simple').grownTokens).toBeGreaterThan(1_500)
  })

  it('learns nothing from a turn that got no answer', () => {
    const habits = priorHabits('main')
    expect(learnTurn(habits, { class: 'simple', requests: 0, outputTokens: 0, grownTokens: 0 })).toBe(habits)
  })
})

describe('the next turn', () => {
  it('asks for another model as often as the conversation has shown', () => {
    const habits = priorHabits('main')
    expect(expectedChangeRate(habits, 21, 20)).toBeGreaterThan(0.85)
    expect(expectedChangeRate(habits, 21, 0)).toBeLessThan(0.05)
    expect(expectedChangeRate(habits, 1, 0)).toBeCloseTo(0.3, 10)
  })

  it('finds the cache warm as often as it did before', () => {
    let habits = priorHabits('main')
    for (let index = 0; index < 500; index++)
      habits = learnNext(habits, { changed: false, warm: index % 2 === 0 })
    expect(habits.warmRate.value).toBeCloseTo(0.5, 1)
    expect(habits.changeRate.value).toBeLessThan(0.05)
  })
})
