import { describe, expect, it } from 'vitest'
import { openingOf } from './opening.ts'

const openingWord = (text: string): string => {
  const opening = openingOf(text)
  return opening < 0 ? '' : (text.slice(opening).split(/[\s,.:!?]/)[0] ?? '')
}

describe('the opening of a text', () => {
  it.each([
    ['Translate this', 'Translate'],
    ['  \n- "Translate this"', 'Translate'],
    ['please translate this', 'translate'],
    ['Could you please now translate this?', 'translate'],
    ['OK. Then, translate this', 'translate'],
    ['Hi there! I’d like you to translate this', 'translate'],
    ["let's translate this", 'translate'],
    ['Your task is to translate this', 'translate'],
    ['Kannst du bitte translate this', 'translate'],
  ])('in "%s" is "%s"', (text, word) => {
    expect(openingWord(text)).toBe(word)
  })

  it('is the first word where a courtesy is only begun', () => {
    expect(openingWord('can we translate this')).toBe('can')
    expect(openingWord('I want a translation')).toBe('I')
    expect(openingWord('pleased to translate this')).toBe('pleased')
  })

  it('is nowhere in a text without words, or of courtesies alone', () => {
    for (const text of ['', '?!', ' \n', 'please', 'could you please', '\ud800'])
      expect(openingOf(text), text).toBe(-1)
  })

  it('is looked for within bounds', () => {
    expect(openingWord(`${'please '.repeat(8)}translate`)).toBe('translate')
    expect(openingWord(`${'please '.repeat(9)}translate`)).toBe('please')
    expect(openingOf(`${' '.repeat(64)}translate`)).toBe(-1)
    expect(openingOf(' '.repeat(1_000_000))).toBe(-1)
    expect(openingOf('a'.repeat(1_000_000))).toBe(0)
  })
})
