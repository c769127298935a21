import { describe, expect, it } from 'vitest'
import { dollars } from './words.ts'

describe('dollars', () => {
  it.each([
    [0, '$0.000'],
    [1234.5, '$1235'],
    [12.345, '$12.35'],
    [0.335, '$0.335'],
    [0.0249, '$0.025'],
    [0.00676, '$0.0068'],
    [0.00012, '$0.00012'],
    [0.0000001, 'less than $0.00001'],
  ])('%d is %s', (usd, text) => {
    expect(dollars(usd)).toBe(text)
  })
})
