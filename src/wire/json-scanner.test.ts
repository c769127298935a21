import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { DEPTH_MAX, JsonScanner } from './json-scanner.ts'

/** The error that reading the text as one value ends in, or undefined. */
function fault(text: string | Buffer): SignalboxError | undefined {
  const scanner = new JsonScanner(Buffer.from(text))
  try {
    scanner.value()
    scanner.end()
    return undefined
  } catch (error) {
    if (SignalboxError.is(error)) return error
    throw error
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The text with what is inside its strings taken out: what a scanner that only finds their ends judges. */
const structureOf = (text: string): string => text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""')

describe('the scanner', () => {
  it.each([
    '{}',
    '[]',
    '""',
    '0',
    '-0',
    '-1.5e+10',
    '1E5',
    '10.01e-3',
    'true',
    'false',
    'null',
    ' \t\r\n[ 1 , 2 ]\n',
    '{"a":{"b":[{"c":null}]},"d":"e"}',
    '"\\""',
    '"\\\\"',
    '"\\\\\\""',
    '"\\u0041"',
    '[[],{},"",[[]]]',
    `"${'x'.repeat(100)}\\"${'y'.repeat(100)}"`,
    `"${'x'.repeat(100)}\\\\"`,
    '{"":""}',
    '{"a":1,"a":2}',
  ])('accepts %s', (text) => {
    expect(isJson(text)).toBe(true)
    expect(fault(text)).toBeUndefined()
  })

  it.each([
    '',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '{]',
    '[1}',
    '[1,[2}]',
    '{"a":1]',
    '[}',
    '[1 2]',
    '[1,]',
    '[,1]',
    '[1,,2]',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{a:1}',
    '{1:2}',
    "{'a':1}",
    '{"a":1 "b":2}',
    '{"a" 1}',
    '{"a"::1}',
    '01',
    '-',
    '+1',
    '1.',
    '.5',
    '1e',
    '1e+',
    '-a',
    '0x1',
    '1_0',
    'NaN',
    'Infinity',
    'tru',
    'truee',
    'nul',
    'True',
    '"',
    '"\\"',
    '"abc',
    '[1]]',
    '{}{}',
    '1 1',
    '//x',
    '[1]x',
    '\u00a01',
    '"a\nb"',
    `"${'x'.repeat(100)}\\\\\\"`,
    '{"a":[}',
    '[{"a":1]',
    '\uFEFF{}',
  ])('refuses %s', (text) => {
    expect(isJson(text)).toBe(false)
    expect(fault(text)?.code).toBe('malformed-json')
  })

  it('names the byte where it went wrong', () => {
    expect(fault('{"ä":1,}')?.message).toBe('the body is not valid JSON at byte 8: a key is expected')
    expect(fault('[1, 2')?.message).toContain('at byte 5: a comma or ] is expected, but the body ends')
    expect(fault('{"a": "bcd')?.message).toContain('at byte 6: this string has no end')
  })

  it('takes 512 levels and refuses the next one, naming the limit', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
    expect(fault(nested(DEPTH_MAX))).toBeUndefined()
    expect(fault(nested(DEPTH_MAX + 1))).toMatchObject({
      code: 'invalid-message',
      message: expect.stringContaining('512'),
    })
    expect(fault('{"a":'.repeat(10_000))?.code).toBe('invalid-message')
    expect(fault(`[${'[],'.repeat(10_000)}[]]`)).toBeUndefined()
  })

  it('accepts all that JSON.parse accepts', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, '\t'), (text, indent) => {
        expect(fault(text)).toBeUndefined()
        expect(fault(JSON.stringify(JSON.parse(text), null, indent))).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })

  it('judges damaged JSON as JSON.parse does, but for what is inside strings', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom(...'{}[]",:0-.e\\ tn\u0001'),
        fc.nat(2),
        (text, where, put, cut) => {
          const at = where % (text.length + 1)
          const damaged = text.slice(0, at) + put + text.slice(at + cut)
          if (isJson(damaged)) expect(fault(damaged)).toBeUndefined()
          if (!isJson(structureOf(damaged))) expect(fault(damaged)).toBeDefined()
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('throws nothing but its own errors, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        fault(Buffer.from(bytes))
      }),
      { numRuns: 500 },
    )
  })
})
