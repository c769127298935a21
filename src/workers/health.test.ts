import { describe, expect, it } from 'vitest'
import { newHealth, observe, RAMP_MS, shareOf, stateOf } from './health.ts'

describe('health', () => {
  it('is degraded while a fifth of the recent answers failed, and healthy again after successes', () => {
    let health = newHealth
    for (let i = 0; i < 3; i++) health = observe(health, 'failure', 0)
    expect(stateOf(health, 'closed')).toBe('degraded')
    for (let i = 0; i < 5; i++) health = observe(health, 'success', 0)
    expect(stateOf(health, 'closed')).toBe('healthy')
  })

  it('is degraded after one lost probe, unavailable after two, and back with the first answer', () => {
    let health = observe(newHealth, 'probe-failed', 0)
    expect(stateOf(health, 'closed')).toBe('degraded')
    health = observe(health, 'probe-failed', 0)
    expect(stateOf(health, 'closed')).toBe('unavailable')
    health = observe(health, 'probe-ok', 1_000)
    expect(stateOf(health, 'closed')).toBe('healthy')
  })

  it('is unhealthy while its breaker is open', () => {
    expect(stateOf(newHealth, 'open')).toBe('unhealthy')
  })

  it('gets its traffic back gradually after it was out', () => {
    const health = observe(newHealth, 'recovered', 1_000)
    expect(shareOf(health, 1_000)).toBeCloseTo(0.1)
    expect(shareOf(health, 1_000 + RAMP_MS / 2)).toBeCloseTo(0.5)
    expect(shareOf(health, 1_000 + RAMP_MS)).toBe(1)
  })
})
