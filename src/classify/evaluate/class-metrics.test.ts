import { describe, expect, it } from 'vitest'
import { calibrationBins, calibrationError } from './calibration-bins.ts'
import { type ClassAnswer, classMetrics } from './class-metrics.ts'

const answer = (
  label: string,
  said: string,
  { confidence = 0.9, outOfScope = false, group = 'g' } = {},
): ClassAnswer => ({
  label,
  group,
  said: { class: said, confidence, score: 0.5, outOfScope },
})

describe('the figures of a classes model', () => {
  const metrics = classMetrics([
    answer('a', 'a'),
    answer('a', 'a', { outOfScope: true, group: 'h' }),
    answer('a', 'b'),
    answer('b', 'b'),
    answer('oos', 'a', { outOfScope: true }),
    answer('oos', 'b'),
  ])

  it('count rows in scope before and after the threshold, and those out of scope apart', () => {
    expect(metrics).toMatchObject({
      rows: 6,
      inScopeRows: 4,
      accuracy: 0.75,
      accuracyAtThreshold: 0.5,
      outOfScopeRecall: 0.5,
    })
  })

  it('have the mean F1 of the classes', () => {
    // a: 2 right of 3, said twice; b: 1 right of 1, said twice.
    expect(metrics.macroF1).toBeCloseTo((4 / 5 + 2 / 3) / 2, 9)
  })

  it('say what is taken for what, and how each group fares', () => {
    expect(metrics.confusions).toEqual([{ label: 'a', said: 'b', rows: 1 }])
    expect(metrics.byGroup).toEqual({ g: { rows: 3, accuracy: 2 / 3 }, h: { rows: 1, accuracy: 1 } })
  })

  it('know no recall without rows out of scope', () => {
    expect(classMetrics([answer('a', 'a')]).outOfScopeRecall).toBeNull()
  })
})

describe('the calibration', () => {
  it('is how far confidence and accuracy lie apart', () => {
    const bins = calibrationBins([0.95, 0.95, 0.95, 0.95, 0.15], [1, 1, 0, 0, 0])
    expect(bins[9]).toEqual({ rows: 4, confidence: 0.95, accuracy: 0.5 })
    expect(calibrationError(bins)).toBeCloseTo((4 * 0.45 + 0.15) / 5, 9)
    expect(calibrationError(calibrationBins([], []))).toBe(0)
  })
})
