import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../../core/errors.ts'
import { parseJsonBody } from './json-body.ts'

function refusalOf(body: string | Buffer): string {
  try {
    parseJsonBody(Buffer.from(body))
  } catch (error) {
    if (SignalboxError.is(error)) return error.code
    throw error
  }
  return 'taken'
}

describe('parseJsonBody', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes('__proto__'))
        expect(parseJsonBody(Buffer.from(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('gives nothing for an empty body', () => {
    expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined()
  })

  it('refuses JSON deeper than 512 levels before a parser sees it', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect(refusalOf(nested(512))).toBe('taken')
    expect(refusalOf(nested(513))).toBe('invalid-message')
    expect(refusalOf('{"a":'.repeat(100_000))).toBe('invalid-message')
  })

  it('does not count brackets in strings', () => {
    expect(refusalOf(JSON.stringify({ text: `\\"${'['.repeat(2_000)}` }))).toBe('taken')
  })

  it.each(['{', '{"a":1}x', '{a:1}', "{'a':1}", '"\\ud8"', '[1,]', 'NaN'])(
    'refuses %s as malformed',
    (body) => {
      expect(refusalOf(body)).toBe('malformed-json')
    },
  )

  it('refuses bytes that are not UTF-8', () => {
    expect(refusalOf(Buffer.from([0x22, 0xc3, 0x28, 0x22]))).toBe('malformed-json')
  })

  it('refuses keys that reach a prototype, however they are spelled', () => {
    expect(refusalOf('{"a":[{"__proto__":{"x":1}}]}')).toBe('invalid-message')
    expect(refusalOf('{"\\u005f_proto__":{"x":1}}')).toBe('invalid-message')
    expect(refusalOf('{"constructor":{"prototype":{"x":1}}}')).toBe('invalid-message')
    expect(Object.prototype).not.toHaveProperty('x')
  })

  it('takes texts that only speak of such keys', () => {
    expect(refusalOf('{"text":"what is \\"__proto__\\" and constructor.prototype?"}')).toBe('taken')
    expect(refusalOf('{"constructor":"Ada"}')).toBe('taken')
  })
})
