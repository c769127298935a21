import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { virtualClock } from '../core/virtual-clock.ts'
import { createRetryBudget, type RetryBudget, retryBudgetDefaults } from './budget.ts'

function withdrawAll(budget: RetryBudget): number {
  let granted = 0
  while (budget.withdraw()) granted++
  return granted
}

function deposit(budget: RetryBudget, times: number): void {
  for (let time = 0; time < times; time++) budget.deposit()
}

describe('createRetryBudget', () => {
  it('allows the floor where there is no traffic', () => {
    const budget = createRetryBudget({ ...retryBudgetDefaults, clock: virtualClock() })
    expect(withdrawAll(budget)).toBe(3)
  })

  it('allows a tenth of the first attempts more', () => {
    const budget = createRetryBudget({ ...retryBudgetDefaults, clock: virtualClock() })
    deposit(budget, 39)
    expect(withdrawAll(budget)).toBe(6)
    deposit(budget, 1)
    expect(withdrawAll(budget)).toBe(1)
  })

  it('gives back what was used when the window has passed over it', () => {
    const clock = virtualClock(123_456)
    const budget = createRetryBudget({ ...retryBudgetDefaults, clock })
    expect(withdrawAll(budget)).toBe(3)
    clock.advance(60_000)
    expect(withdrawAll(budget)).toBe(0)
    clock.advance(3_000)
    expect(withdrawAll(budget)).toBe(3)
  })

  it('forgets first attempts with the window', () => {
    const clock = virtualClock()
    const budget = createRetryBudget({ ...retryBudgetDefaults, clock })
    deposit(budget, 1_000)
    clock.advance(56_000)
    expect(withdrawAll(budget)).toBe(103)
    clock.advance(70_000)
    expect(withdrawAll(budget)).toBe(3)
  })

  it('remembers nothing after a long pause', () => {
    for (const pauseMs of [61_000, 63_000, 66_000, 1e6, 1e12]) {
      const clock = virtualClock(1_000)
      const budget = createRetryBudget({ ...retryBudgetDefaults, clock })
      deposit(budget, 500)
      clock.advance(10_000)
      deposit(budget, 500)
      withdrawAll(budget)
      clock.advance(pauseMs)
      expect(withdrawAll(budget), `after ${pauseMs} ms`).toBe(3)
      deposit(budget, 100)
      expect(withdrawAll(budget), `after ${pauseMs} ms`).toBe(10)
    }
  })

  it('refuses everything when nothing is allowed', () => {
    const budget = createRetryBudget({ ratio: 0, floor: 0, windowMs: 1_000, clock: virtualClock() })
    deposit(budget, 1_000)
    expect(budget.withdraw()).toBe(false)
  })

  it('refuses numbers that bound nothing', () => {
    const clock = virtualClock()
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const name of ['ratio', 'floor', 'windowMs']) {
        expect(() => createRetryBudget({ ...retryBudgetDefaults, [name]: wrong, clock })).toThrow(RangeError)
      }
    }
    expect(() => createRetryBudget({ ...retryBudgetDefaults, windowMs: 0, clock })).toThrow(RangeError)
  })
})

describe('a retry budget, under any sequence of calls', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('deposit' as const), times: fc.nat(30) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), times: fc.nat(10) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), times: fc.nat(400) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), times: fc.nat(5_000) }) },
  )

  it('never grants more in a window than floor + ratio × first attempts of that window', () => {
    const steps = fc.array(step, { maxLength: 150, size: 'max' })
    const ratios = fc.constantFrom(0, 0.1, 0.2, 0.333, 1)
    fc.assert(
      fc.property(steps, ratios, fc.nat(4), fc.nat(100_000), (steps, ratio, floor, startMs) => {
        const windowMs = 1_000
        const clock = virtualClock(startMs)
        const budget = createRetryBudget({ ratio, floor, windowMs, clock })
        const firsts: number[] = []
        const retries: number[] = []
        const within = (times: number[]): number =>
          times.filter((timeMs) => timeMs > clock.now() - windowMs).length
        for (const { kind, times } of steps) {
          if (kind === 'pass') clock.advance(times)
          for (let time = 0; kind !== 'pass' && time < times; time++) {
            if (kind === 'deposit') {
              budget.deposit()
              firsts.push(clock.now())
            } else if (budget.withdraw()) {
              retries.push(clock.now())
              expect(within(retries)).toBeLessThanOrEqual(floor + ratio * within(firsts) + 1e-6)
            }
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  it('grants the whole of what a steady load earns', () => {
    const clock = virtualClock()
    const budget = createRetryBudget({ ...retryBudgetDefaults, clock })
    let granted = 0
    for (let second = 0; second < 600; second++) {
      deposit(budget, 10)
      // An outage: everything would be tried again.
      for (let time = 0; time < 10; time++) if (budget.withdraw()) granted++
      clock.advance(1_000)
    }
    // 6,000 first attempts earn 600; the partial bucket keeps back a twentieth, the floor gives 3 a window.
    expect(granted).toBeGreaterThan(560)
    expect(granted).toBeLessThanOrEqual(600 + 3 * 11)
  })
})
