import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../core/random.ts'
import { templateOf } from '../train/template.ts'
import { drawSplits, foldSplits } from './splits.ts'

const groupsOf = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 12, maxLength: 60 })

describe('folds', () => {
  it('hold every row out once, and never train on its group', () => {
    fc.assert(
      fc.property(groupsOf, fc.nat(), (groups, seed) => {
        const splits = foldSplits({ labels: groups, groups }, 'all', seededRandom(seed))
        expect(splits.flatMap(({ test }) => test).toSorted((a, b) => a - b)).toEqual([...groups.keys()])
        for (const { train, test } of splits) {
          const held = new Set(test.map((row) => groups[row]))
          expect(held.size).toBe(1)
          expect(train.some((row) => held.has(groups[row]))).toBe(false)
          expect(train.length + test.length).toBe(groups.length)
        }
      }),
    )
  })

  it('are of one size, and without groups have the same share of every label', () => {
    const labels = Array.from({ length: 100 }, (_, row) => (row < 40 ? 'a' : 'b'))
    for (const { test } of foldSplits({ labels, groups: undefined }, 5, seededRandom(1)))
      expect(test.filter((row) => labels[row] === 'a')).toHaveLength(8)
    const groups = Array.from({ length: 100 }, (_, row) => (row < 30 ? 'big' : `small-${row >> 1}`))
    for (const { test } of foldSplits({ labels, groups }, 3, seededRandom(1)))
      expect(Math.abs(test.length - 33)).toBeLessThan(3)
  })
})

describe('draws', () => {
  it('train on so many rows of each label and measure on the others', () => {
    const labels = Array.from({ length: 90 }, (_, row) => `label-${row % 3}`)
    const splits = drawSplits({ labels, groups: undefined }, 30, 4, seededRandom(1))
    expect(splits).toHaveLength(4)
    for (const { train, test } of splits) {
      expect(train.filter((row) => labels[row] === 'label-1')).toHaveLength(10)
      expect(new Set([...train, ...test]).size).toBe(90)
    }
    expect(splits[0]?.train).not.toEqual(splits[1]?.train)
  })

  it('measure on no row whose group was drawn', () => {
    const labels = Array.from({ length: 60 }, () => '')
    const groups = labels.map((_, row) => `group-${row % 20}`)
    const [split] = drawSplits({ labels, groups }, 10, 1, seededRandom(1))
    const drawn = new Set(split?.train.map((row) => groups[row]))
    expect(split?.test.length).toBeGreaterThan(0)
    expect(split?.test.some((row) => drawn.has(groups[row]))).toBe(false)
  })
})

describe('a template', () => {
  it('is the first six words, whatever the figures', () => {
    expect(templateOf('Anna has 12 apples and 3 pears. How many?')).toBe(
      templateOf('Anna has 7 apples and 40 plums'),
    )
    expect(templateOf('  one two ')).toBe('one two')
  })
})
