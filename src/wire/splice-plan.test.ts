import { describe, expect, it } from 'vitest'
import { type Edit, planOf, plannedValue } from './splice-plan.ts'

/** What edits alone make, where nothing was before. */
const made = (...edits: readonly [Edit['path'], unknown][]): unknown =>
  plannedValue(planOf(edits.map(([path, value]) => ({ path, value }))))

describe('a place that edits want as another kind', () => {
  it('becomes what the last of them says, and keeps nothing of the others', () => {
    expect(made([['a', 'b'], 1], [['a', 0], 2])).toEqual({ a: [2] })
    expect(made([['a', 0], 2], [['a', 'b'], 1])).toEqual({ a: { b: 1 } })
    expect(made([['a', 'b'], 1], [['a', 'c'], 2], [['a'], 3])).toEqual({ a: 3 })
  })
})

describe('an edit below what an earlier edit put', () => {
  it('appends where its index lies past the end, and leaves no gap', () => {
    expect(made([['a'], [1]], [['a', 7], 2])).toEqual({ a: [1, 2] })
    expect(made([['a'], [1]], [['a', 7, 'b'], 2])).toEqual({ a: [1, { b: 2 }] })
    expect(made([['a'], 'x'], [['a', 7], 2])).toEqual({ a: [2] })
  })

  it('sets what is there in place, and removes it without a gap', () => {
    expect(made([['a'], [1, 2, 3]], [['a', 1], 9])).toEqual({ a: [1, 9, 3] })
    expect(made([['a'], [1, 2, 3]], [['a', 1], undefined])).toEqual({ a: [1, 3] })
    expect(made([['a'], [1]], [['a', 7], undefined])).toEqual({ a: [1] })
    expect(made([['a'], 'x'], [['a', 0], undefined])).toEqual({ a: 'x' })
  })
})

describe('elements of a list that is new', () => {
  it('come in the order of their indexes, whatever that of their edits', () => {
    expect(made([['a', 10], 'c'], [['a', 9], 'b'], [['a', 0], 'a'])).toEqual({ a: ['a', 'b', 'c'] })
  })
})
