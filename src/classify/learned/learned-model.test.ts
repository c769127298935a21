import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { classExamples, routingExamples } from '../train/examples-harness.ts'
import { trainClasses } from '../train/train-classes.ts'
import { trainRouting } from '../train/train-routing.ts'
import { type ClassesModel, learnedModel, type RoutingModel } from './learned-model.ts'

let classes: ClassesModel
let routing: RoutingModel
beforeAll(() => {
  classes = learnedModel(trainClasses(classExamples(200, 1), { seed: 1 })) as ClassesModel
  routing = learnedModel(
    trainRouting(routingExamples(300, 1), ['small', 'large'], { seed: 1 }),
  ) as RoutingModel
})

const anyText = fc.string({ unit: 'binary', maxLength: 300 })

describe('a classes model', () => {
  it('gives shares that sum to 1, the class having the largest', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shares = classes.probabilities(text)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9)
        const said = classes.classify(text)
        expect(said.confidence).toBeCloseTo(Math.max(...shares), 9)
        expect(classes.names[shares.indexOf(Math.max(...shares))]).toBe(said.class)
        expect(said.score).toBeGreaterThanOrEqual(0)
        expect(said.score).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('says the same of a text whatever it was asked before', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const first = classes.classify(text)
        classes.classify(other)
        expect(classes.classify(text)).toEqual(first)
      }),
    )
  })

  it('turns nothing away where no training row was out of scope', () => {
    expect(classes.threshold).toBe(0)
    expect(classes.classify('xyzzy').outOfScope).toBe(false)
  })

  it('names the words that spoke for the class first', () => {
    const [first] = classes.explain('please refund my order')
    expect(first?.word).toBe('refund')
    expect(first?.weight).toBeGreaterThan(0)
  })

  it('explains no more than it is asked for, and any text in bounded time', () => {
    expect(classes.explain('please refund my order', 2)).toHaveLength(2)
    expect(classes.explain('計画 👍 '.repeat(50_000)).length).toBeLessThanOrEqual(8)
    expect(classes.explain('')).toEqual([])
  })
})

describe('a routing model', () => {
  it('gives P(good) of each tier, and a score that follows their difference', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { score, outcomes } = routing.route(text)
        expect(outcomes).toHaveLength(2)
        const [small = 0, large = 0] = outcomes
        expect(score).toBeCloseTo((1 + large - small) / 2, 9)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('explains for what the strong is worth more', () => {
    expect(routing.explain('prove that it and it hold')[0]?.word).toBe('prove')
  })
})
