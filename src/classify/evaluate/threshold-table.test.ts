import { describe, expect, it } from 'vitest'
import { thresholdForQuality, thresholdForStrong, thresholdTable } from './threshold-table.ts'
import { tierCurve, upperHull } from './tiers.ts'

/** Ten prompts: the strong is needed for the three with the highest scores. */
const rows = Array.from({ length: 10 }, (_, row) => ({ score: row / 10, weak: row < 7 ? 1 : 0, strong: 1 }))

describe('a threshold', () => {
  it('sends the share that is asked for to the strong', () => {
    expect(thresholdForStrong(rows, 0.3)).toEqual({
      threshold: 0.7,
      strongShare: 0.3,
      quality: 1,
      qualityKept: 1,
    })
    expect(thresholdForStrong(rows, 0).strongShare).toBe(0)
    expect(thresholdForStrong(rows, 1).threshold).toBe(0)
  })

  it('is as high as the wanted quality allows', () => {
    expect(thresholdForQuality(rows, 0.9)).toMatchObject({
      threshold: 0.8,
      strongShare: 0.2,
      qualityKept: 0.9,
    })
    expect(thresholdForQuality(rows, 0.5).strongShare).toBe(0)
  })

  it('moves all rows of a score together', () => {
    const tied = rows.map((row) => ({ ...row, score: 0.5 }))
    expect(thresholdForStrong(tied, 0.3).strongShare).toBe(0)
    expect(thresholdTable(tied).every(({ strongShare }) => strongShare === 0 || strongShare === 1)).toBe(true)
  })
})

describe('several tiers', () => {
  it('have a hull of those that neither a cheaper one nor a mixture beats', () => {
    const points = [
      { cost: 1, quality: 0.5 },
      { cost: 2, quality: 0.6 },
      { cost: 3, quality: 0.9 },
      { cost: 4, quality: 0.8 },
    ]
    expect(upperHull(points)).toEqual([points[0], points[2]])
  })

  it('lie above it when it is known who answers what', () => {
    const answers = Array.from({ length: 100 }, (_, row) => {
      const outcomes = [row < 50 ? 1 : 0, row < 80 ? 1 : 0, 1]
      return { outcomes, said: outcomes }
    })
    const { aboveHullMean, single } = tierCurve(answers, [1, 4, 15])
    expect(single.map(({ quality }) => quality)).toEqual([0.5, 0.8, 1])
    expect(aboveHullMean).toBeGreaterThan(5)
  })

  it('lie on it when nothing is known', () => {
    const answers = Array.from({ length: 100 }, (_, row) => ({ outcomes: [row % 2, 1], said: [0.5, 0.6] }))
    expect(tierCurve(answers, [1, 2]).aboveHullMean).toBeCloseTo(0, 6)
  })
})
