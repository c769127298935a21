import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../core/random.ts'
import { type ClassesModel, learnedModel } from '../learned/learned-model.ts'
import { encodeModel } from '../learned/model-file.ts'
import { designOf, readTexts } from './design.ts'
import { classExamples } from './examples-harness.ts'
import { shuffled } from './folds.ts'
import { fitHinge } from './hinge.ts'
import { scoreRow } from './raw-scores.ts'
import { type ClassRow, trainClasses } from './train-classes.ts'

const classesOf = (rows: readonly ClassRow[], seed = 1): ClassesModel =>
  learnedModel(trainClasses(rows, { seed })) as ClassesModel

describe('training classes', () => {
  it('learns what tells them apart', () => {
    const model = classesOf(classExamples(200, 1))
    const fresh = classExamples(300, 2)
    const right = fresh.filter(({ text, label }) => model.classify(text).class === label)
    expect(right.length / fresh.length).toBeGreaterThan(0.98)
    expect(model.card.metrics['heldOutAccuracy']).toBeGreaterThan(0.9)
  })

  it('makes the same file of the same rows in any order', () => {
    const rows = classExamples(40, 3)
    const file = encodeModel(trainClasses(rows, { seed: 1 }))
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const permuted = shuffled(rows.length, seededRandom(seed)).map((row) => rows[row] as ClassRow)
        expect(encodeModel(trainClasses(permuted, { seed: 1 })).equals(file)).toBe(true)
      }),
      { numRuns: 5 },
    )
  })

  it('tells other rows by their fingerprint', () => {
    const rows = classExamples(40, 3)
    const { dataFingerprint } = trainClasses(rows, { seed: 1 }).card
    expect(trainClasses(rows.slice(1), { seed: 1 }).card.dataFingerprint).not.toBe(dataFingerprint)
  })

  it('sets a threshold where rows are out of scope, and turns their like away', () => {
    const outside = [
      'sing a song',
      'tell me a joke',
      'is it raining',
      'how tall is Everest',
      'good morning to you',
    ]
    const rows = [...classExamples(150, 4), ...outside.map((text) => ({ text, label: 'oos' }))]
    const model = classesOf(rows)
    expect(model.names).toEqual(['account', 'billing', 'shipping'])
    expect(model.threshold).toBeGreaterThan(0)
    expect(model.classify('tell me a joke').outOfScope).toBe(true)
    expect(model.classify('please refund my order').outOfScope).toBe(false)
  })

  it('learns from two rows', () => {
    const model = classesOf([
      { text: 'yes', label: 'a' },
      { text: 'no', label: 'b' },
    ])
    expect(model.classify('yes').class).toBe('a')
    expect(model.classify('no').class).toBe('b')
  })

  it('changes the class of hardly a row by rounding the weights', () => {
    const rows = classExamples(400, 5).map((row, index) =>
      index % 7 === 0 ? { ...row, label: 'account' } : row,
    )
    const model = trainClasses(rows, { seed: 1 })
    const rounded = learnedModel(model) as ClassesModel
    const fixed = rows.toSorted((one, other) =>
      `${one.label}\u0000${one.text}` < `${other.label}\u0000${other.text}` ? -1 : 1,
    )
    const read = readTexts(
      fixed.map(({ text }) => text),
      model.features,
    )
    const design = designOf(read, [...fixed.keys()])
    const heads = model.names.map((name) =>
      fitHinge(design, (row) => fixed[row]?.label === name, { cost: 1, passes: 6, random: seededRandom(1) }),
    )
    const scores = new Float32Array(heads.length)
    const changed = fixed.filter(({ text }, row) => {
      scoreRow(read, row, { heads, traitScale: design.traitScale }, scores, 0)
      return model.names[scores.indexOf(Math.max(...scores))] !== rounded.classify(text).class
    })
    expect(changed.length / rows.length).toBeLessThan(0.005)
  })
})
