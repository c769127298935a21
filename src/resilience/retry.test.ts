import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Random, seededRandom } from '../core/random.ts'
import { backoffDefaults, backoffMs, nextDelayMs, RETRY_WAIT_MS_MAX } from './retry.ts'

function always(value: number): Random {
  return { next: () => value, uint32: () => Math.floor(value * 2 ** 32) }
}

/** The longest that may be drawn. */
function ceilings(attempts: number): number[] {
  return Array.from({ length: attempts }, (_, index) =>
    Math.round(backoffMs(index + 1, always(1 - 2 ** -32))),
  )
}

describe('backoffMs', () => {
  it('doubles its ceiling from 250 ms to 20 s', () => {
    expect(ceilings(9)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000])
  })

  it('may be as short as nothing', () => {
    expect(backoffMs(8, always(0))).toBe(0)
  })

  it('stays within its bounds for any attempt', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer(), (attempt, seed) => {
        const delayMs = backoffMs(attempt, seededRandom(seed))
        expect(delayMs).toBeGreaterThanOrEqual(0)
        expect(delayMs).toBeLessThanOrEqual(Math.min(20_000, 250 * 2 ** (attempt - 1)))
      }),
    )
  })

  it('spreads evenly over the whole range', () => {
    const random = seededRandom(7)
    const quarters = [0, 0, 0, 0]
    for (let draw = 0; draw < 4_000; draw++) {
      const quarter = Math.floor(backoffMs(4, random) / 500)
      quarters[quarter] = (quarters[quarter] ?? 0) + 1
    }
    for (const count of quarters) expect(count).toBeGreaterThan(900)
  })
})

describe('nextDelayMs', () => {
  const failed = { attempt: 1, retryAfterMs: undefined, remainingMs: 5_000, random: always(0.5) }

  it('backs off when the worker asked for nothing', () => {
    expect(nextDelayMs(failed)).toBe(125)
    expect(nextDelayMs({ ...failed, attempt: 3 })).toBe(500)
    expect(nextDelayMs({ ...failed, attempt: 3 }, { ...backoffDefaults, capMs: 10 })).toBe(5)
  })

  it('waits as long as the worker asked for', () => {
    expect(nextDelayMs({ ...failed, retryAfterMs: 3_000 })).toBe(3_000)
    expect(nextDelayMs({ ...failed, retryAfterMs: 0 })).toBe(0)
  })

  it('does not wait when no time would be left', () => {
    expect(nextDelayMs({ ...failed, retryAfterMs: 4_999 })).toBe(4_999)
    expect(nextDelayMs({ ...failed, retryAfterMs: 5_000 })).toBeUndefined()
    expect(nextDelayMs({ ...failed, remainingMs: 100 })).toBeUndefined()
    expect(nextDelayMs({ ...failed, retryAfterMs: 0, remainingMs: 0 })).toBeUndefined()
  })

  it('does not wait for days because a header says so', () => {
    const forever = { ...failed, remainingMs: Number.POSITIVE_INFINITY }
    expect(nextDelayMs({ ...forever, retryAfterMs: RETRY_WAIT_MS_MAX })).toBe(RETRY_WAIT_MS_MAX)
    expect(nextDelayMs({ ...forever, retryAfterMs: 2 ** 31 - 1 })).toBeUndefined()
    expect(nextDelayMs({ ...forever, retryAfterMs: Number.POSITIVE_INFINITY })).toBeUndefined()
  })

  it('backs off when what was asked for is no time', () => {
    for (const retryAfterMs of [-1, Number.NaN]) expect(nextDelayMs({ ...failed, retryAfterMs })).toBe(125)
  })

  it('always leaves time, whatever was asked', () => {
    const times = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.option(times, { nil: undefined }),
        times,
        fc.integer(),
        (attempt, retryAfterMs, remainingMs, seed) => {
          const delayMs = nextDelayMs({ attempt, retryAfterMs, remainingMs, random: seededRandom(seed) })
          if (delayMs !== undefined) expect(delayMs).toBeLessThan(remainingMs)
          if (delayMs !== undefined && retryAfterMs !== undefined) expect(delayMs).toBe(retryAfterMs)
        },
      ),
    )
  })
})
