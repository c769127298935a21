import { describe, expect, it } from 'vitest'
import { createRate } from './rate.ts'

describe('rate', () => {
  it('is the mean of the last ten full seconds', () => {
    const rate = createRate()
    for (let ms = 0; ms < 10_000; ms += 100) rate.count(ms)
    expect(rate.perSecond(10_000)).toBe(10)
    expect(rate.perSecond(15_000)).toBe(5)
    expect(rate.perSecond(60_000)).toBe(0)
  })

  it('counts again after a long silence', () => {
    const rate = createRate()
    rate.count(0)
    rate.count(1_000_000)
    expect(rate.perSecond(1_001_000)).toBe(0.1)
  })
})
