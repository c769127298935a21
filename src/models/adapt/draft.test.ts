import { describe, expect, it } from 'vitest'
import { Draft } from './draft.ts'

describe('a field of a draft', () => {
  it('goes when its last member does, but one that came empty stays', () => {
    const draft = new Draft({ full: { x: 1 }, two: { x: 1, y: 2 }, empty: {} })
    for (const field of ['full', 'two', 'empty']) draft.setMember(field, 'x', undefined)
    expect(draft.edits()).toEqual([
      { path: ['full'], value: undefined },
      { path: ['two', 'x'], value: undefined },
    ])
    expect([draft.has('full'), draft.has('empty')]).toEqual([false, true])
  })

  it('that is no object is left alone, and one that is not there is made', () => {
    const draft = new Draft({ text: 'x', nothing: null })
    draft.setMember('text', 'x', 1)
    draft.setMember('nothing', 'x', 1)
    draft.setMember('new', 'x', 1)
    draft.setMember('other', 'x', undefined)
    expect(draft.edits()).toEqual([
      { path: ['nothing'], value: { x: 1 } },
      { path: ['new'], value: { x: 1 } },
    ])
  })

  it('that ends as it began is no edit', () => {
    const draft = new Draft({ a: 1, b: { x: 1 } })
    draft.set('a', 2)
    draft.set('a', 1)
    draft.setMember('b', 'y', 2)
    draft.setMember('b', 'y', undefined)
    draft.remove('c')
    expect(draft.edits()).toEqual([])
  })
})
