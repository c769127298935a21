import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildWordTrie, ROOT, type WordTrie } from './word-trie.ts'

const LETTERS = 7
const classOf = Uint16Array.from({ length: 128 }, (_, unit) => (unit >= 97 && unit < 101 ? unit - 97 + 3 : 0))

function lookUp(trie: WordTrie, word: string): number {
  let state = ROOT
  for (let index = 0; index < word.length; index++) {
    const step = (trie.base[state] ?? NaN) + (classOf[word.charCodeAt(index)] ?? NaN)
    expect(step).toBeLessThan(trie.check.length)
    state = trie.check[step] === state ? step : 0
  }
  return trie.value[state] ?? NaN
}

describe('the word trie', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 8 })

  it('finds every word that it holds, and no other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { maxLength: 60 }),
        fc.array(word, { maxLength: 60 }),
        (words, others) => {
          const values = new Map(words.map((each, index) => [each, index + 1]))
          const trie = buildWordTrie(values, classOf, LETTERS)
          for (const each of [...words, ...others]) expect(lookUp(trie, each)).toBe(values.get(each) ?? 0)
        },
      ),
    )
  })

  it('never leaves the dead state', () => {
    const trie = buildWordTrie(new Map([['ab', 1]]), classOf, LETTERS)
    for (let letter = 0; letter < LETTERS; letter++)
      expect(trie.check[(trie.base[0] ?? NaN) + letter]).not.toBe(0)
  })

  it('holds many words in little more room than their states', () => {
    const words = new Map<string, number>()
    for (let index = 1; index <= 5_000; index++)
      words.set(
        index.toString(4).replace(/\d/g, (d) => 'abcd'[+d] ?? ''),
        index,
      )
    const trie = buildWordTrie(words, classOf, LETTERS)
    const states = trie.check.filter((parent) => parent >= 0).length
    expect(trie.check.length).toBeLessThan(states * 1.2)
  })
})
