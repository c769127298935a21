import { describe, expect, it } from 'vitest'
import { fakeSystem } from './index.ts'

describe('fakeSystem', () => {
  it('gives the same chances for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const { random } = fakeSystem({ seed })
      return [random.next(), random.next()]
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('moves time only when it is told to, and starts on the day that it is told', () => {
    const { clock } = fakeSystem({ wallStartMs: 1_000 })
    let ran = 0
    clock.after(10, () => ran++)
    clock.advance(9)
    expect(ran).toBe(0)
    clock.advance(1)
    expect([ran, clock.now(), clock.wallNow()]).toEqual([1, 10, 1_010])
    expect(new Date(fakeSystem().clock.wallNow()).toISOString()).toBe('2026-01-01T00:00:00.000Z')
  })

  it('remembers what was logged', () => {
    const system = fakeSystem()
    system.log.info('up')
    system.log.warn('slow', { ms: 9 })
    expect(system.logged).toEqual([
      { level: 'info', text: 'up', fields: {} },
      { level: 'warn', text: 'slow', fields: { ms: 9 } },
    ])
  })
})
