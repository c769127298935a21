import { describe, expect, it } from 'vitest'
import { judge } from './verdict.ts'

const judged = (scores: Readonly<Record<string, number>>) =>
  judge(new Map(Object.entries(scores)), 'tactical')

describe('the verdict', () => {
  it('is the best class, with confidence best / (best + second)', () => {
    expect(judged({ strategic: 30, tactical: 10 })).toEqual({ class: 'strategic', confidence: 0.75 })
    expect(judged({ simple: 5, tactical: 8, strategic: 12 })).toEqual({ class: 'strategic', confidence: 0.6 })
  })

  it('is never surer than 0.99', () => {
    expect(judged({ simple: 6 })).toEqual({ class: 'simple', confidence: 0.99 })
    expect(judged({ simple: 1_000, tactical: 1 })?.confidence).toBe(0.99)
  })

  it('is the fallback class at 0.5 for a tie, whoever ties', () => {
    expect(judged({ strategic: 10, tactical: 10 })).toEqual({ class: 'tactical', confidence: 0.5 })
    expect(judged({ strategic: 10, simple: 10, tactical: 3 })).toEqual({ class: 'tactical', confidence: 0.5 })
    expect(judged({ strategic: 0.1 + 0.2, simple: 0.3 })).toEqual({ class: 'tactical', confidence: 0.5 })
  })

  it('is missing when nothing speaks for any class', () => {
    expect(judged({})).toBeUndefined()
    expect(judged({ strategic: 0 })).toBeUndefined()
  })
})
