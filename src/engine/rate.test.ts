import { describe, expect, it } from 'vitest'
import { createRate } from './rate.ts'

describe('rate', () => {
  it('is the mean of the last ten seconds', () => {
    const rate = createRate()
    for (let ms = 0; ms < 20_000; ms += 100) rate.count(ms)
    expect(rate.perSecond(20_000)).toBe(10)
    expect(rate.perSecond(25_000)).toBe(5)
    expect(rate.perSecond(60_000)).toBe(0)
  })

  it('is true from the first second on', () => {
    const rate = createRate()
    expect(rate.perSecond(5_000)).toBe(0)
    for (let ms = 5_000; ms < 7_000; ms += 50) rate.count(ms)
    expect(rate.perSecond(7_000)).toBe(20)
  })

  it('counts again after a long silence', () => {
    const rate = createRate()
    rate.count(0)
    rate.count(1_000_000)
    expect(rate.perSecond(1_001_000)).toBeCloseTo(0.09, 1)
  })
})
