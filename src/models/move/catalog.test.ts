import { createMovePolicy, movePolicies } from './catalog.ts'
import { describe, expect, it } from 'vitest'

describe('the catalog of move policies', () => {
  it('names each as it names itself', () => {
    for (const name of Object.keys(movePolicies) as (keyof typeof movePolicies)[])
      expect(createMovePolicy(name, { capShare: 0.1 }).name).toBe(name)
  })
})
