import { describe, expect, it } from 'vitest'
import { nearestName, suggestion } from './nearest-name.ts'

const known = ['general', 'coding', 'speedrun']

describe('the nearest name', () => {
  it('is what a mistyped one most likely meant', () => {
    expect(nearestName('genral', known)).toBe('general')
    expect(nearestName('Coding', known)).toBe('coding')
    expect(nearestName('speed-run', known)).toBe('speedrun')
  })

  it('is missing when none is near', () => {
    expect(nearestName('legal', known)).toBeUndefined()
    expect(nearestName('', known)).toBeUndefined()
    expect(nearestName('x'.repeat(1_000_000), known)).toBeUndefined()
  })

  it('makes a question, or else the list of what there is', () => {
    expect(suggestion('genral', known)).toBe('did you mean "general"?')
    expect(suggestion('legal', known)).toBe('there are: general, coding, speedrun')
  })
})
