import { describe, expect, it } from 'vitest'
import { parseExact } from './json-tree.ts'

describe('parsing JSON exactly', () => {
  it.each([
    '{"id":12345678901234567890}',
    '[-9007199254740993]',
    '{"a":[{"b":100000000000000000000000001}],"c":1.5}',
    '{"a":"1234567890123456"}',
    '{"1234567890123456":true}',
  ])('writes the same text again: %s', (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text)
  })

  it('leaves numbers that fit as numbers', () => {
    expect(parseExact('{"a":1234567890123456,"b":0.1234567890123456,"c":1e30}')).toEqual({
      a: 1234567890123456,
      b: 0.1234567890123456,
      c: 1e30,
    })
  })

  it('keeps a key that other objects inherit by', () => {
    const text = '{"__proto__":{"a":12345678901234567890}}'
    expect(JSON.stringify(parseExact(text))).toBe(text)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })
})
