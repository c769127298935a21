import { describe, expect, it } from 'vitest'
import { apgrOf } from '../evaluate/routing-metrics.ts'
import { learnedModel, type RoutingModel } from '../learned/learned-model.ts'
import { encodeModel } from '../learned/model-file.ts'
import { routingExamples } from './examples-harness.ts'
import { trainRouting } from './train-routing.ts'

const names = ['small', 'large']

describe('training routing', () => {
  it('learns which prompts deserve the strong model', () => {
    const model = learnedModel(trainRouting(routingExamples(400, 1), names, { seed: 1 })) as RoutingModel
    const fresh = routingExamples(400, 2)
    const scored = fresh.map(({ prompt, outcomes }) => ({ outcomes, score: model.route(prompt).score }))
    expect(apgrOf(scored)).toBeGreaterThan(0.7)
    const [small = 1, large = 0] = model.route('prove that it and the last one hold').outcomes
    expect(small).toBeLessThan(0.3)
    expect(large).toBeGreaterThan(0.7)
  })

  it('makes the same file of the same rows in any order', () => {
    const rows = routingExamples(60, 3)
    const file = encodeModel(trainRouting(rows, names, { seed: 1 }))
    expect(encodeModel(trainRouting(rows.toReversed(), names, { seed: 1 })).equals(file)).toBe(true)
  })

  it('has a head for each tier', () => {
    const rows = routingExamples(100, 4).map((row) => ({
      ...row,
      outcomes: [row.outcomes[0] as number, 0.5, row.outcomes[1] as number],
    }))
    const model = learnedModel(trainRouting(rows, ['a', 'b', 'c'], { seed: 1 })) as RoutingModel
    expect(model.names).toEqual(['a', 'b', 'c'])
    expect(model.route('say that it holds').outcomes[1]).toBeCloseTo(0.5, 1)
  })

  it('learns from outcomes that never differ, and from two rows', () => {
    const same = routingExamples(50, 5).map((row) => ({ ...row, outcomes: [1, 1] }))
    for (const rows of [same, same.slice(0, 2)]) {
      const model = learnedModel(trainRouting(rows, names, { seed: 1 })) as RoutingModel
      const { score, outcomes } = model.route('say that it holds')
      expect(score).toBeCloseTo(0.5, 6)
      expect(outcomes.every((outcome) => outcome > 0.5 && outcome <= 1)).toBe(true)
    }
  })
})
