import { describe, expect, it } from 'vitest'
import { createCards } from './catalog.ts'
import { tokenRatio } from './token-ratio.ts'

const cards = createCards()
const ratio = (from: string, to: string): number => tokenRatio(cards.find(from), cards.find(to))

describe('how many tokens one model counts where another counts one', () => {
  it.each([
    ['claude-opus-4-6', 'claude-opus-5-5', 1.3],
    ['claude-opus-5-5', 'claude-haiku-4-5', 1 / 1.3],
    ['claude-opus-5-5', 'claude-haiku-5-5', 1],
    ['claude-opus-5-5', 'gpt-6-luna', 1],
    ['claude-opus-5-5', 'some-model', 1],
  ])('from %s to %s: %d', (from, to, expected) => {
    expect(ratio(from, to)).toBe(expected)
  })
})
