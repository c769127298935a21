import { describe, expect, it } from 'vitest'
import { takesSampling } from './sampling.ts'

describe('sampling at a model', () => {
  it.each([
    ['of which nothing is known', undefined, 'high', true],
    ['that takes it', { sampling: true }, 'high', true],
    ['that reasons', { sampling: false }, 'high', false],
    ['that is told not to reason', { sampling: false }, 'none', true],
    ['that reasons unless it is told', { sampling: false, effortDefault: 'medium' }, undefined, false],
    ['that does not reason unless it is told', { sampling: false, effortDefault: 'none' }, undefined, true],
    [
      'that does not reason unless it is told, and is',
      { sampling: false, effortDefault: 'none' },
      'high',
      false,
    ],
  ])('%s', (_name, takes, effort, expected) => {
    expect(takesSampling(takes, effort)).toBe(expected)
  })
})
