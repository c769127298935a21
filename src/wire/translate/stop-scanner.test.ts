import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StopScanner } from './stop-scanner.ts'

function cut(stops: readonly string[], pieces: readonly string[]): { text: string; found: boolean } {
  const scanner = new StopScanner(stops)
  const text = pieces.map((piece) => scanner.push(piece)).join('') + scanner.flush()
  return { text, found: scanner.hit !== undefined }
}

describe('a stop text', () => {
  it('ends the text before it, also when it comes in pieces', () => {
    expect(cut(['END'], ['one E', 'N', 'D two'])).toEqual({ text: 'one ', found: true })
  })

  it('that does not come leaves the text whole', () => {
    expect(cut(['END'], ['one EN', 'TER E'])).toEqual({ text: 'one ENTER E', found: false })
  })

  it('that is whole first counts, and the longer of two that end together', () => {
    expect(cut(['cd', 'bcde'], ['abcdef']).text).toBe('ab')
    expect(cut(['cd', 'bcd'], ['abcdef']).text).toBe('a')
  })

  it('holds back no more than what can be its beginning', () => {
    const scanner = new StopScanner(['aab'])
    expect(scanner.push('xaa')).toBe('x')
    expect(scanner.push('a')).toBe('a')
    expect(scanner.push('c')).toBe('aac')
  })

  it('that is empty stops nothing', () => {
    expect(cut([''], ['abc'])).toEqual({ text: 'abc', found: false })
  })

  it('is found alike however the text is cut', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 })
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 }), {
      maxLength: 3,
    })
    fc.assert(
      fc.property(stops, fc.array(letters, { maxLength: 6 }), (stops, pieces) => {
        const whole = pieces.join('')
        expect(cut(stops, pieces)).toEqual(cut(stops, [whole]))
        expect(cut(stops, pieces)).toEqual(cut(stops, [...whole]))
      }),
    )
  })
})
