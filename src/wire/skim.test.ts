import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../core/clock.ts'
import { SignalboxError } from '../core/errors.ts'
import { namesOf, type Span } from './json-text.ts'
import { KEPT_FIRST, KEPT_LAST, skim } from './skim.ts'

const keys = namesOf('model', 'messages', 'stream')

function fault(body: string | Buffer): SignalboxError | undefined {
  try {
    skim(Buffer.from(body), keys)
    return undefined
  } catch (error) {
    if (SignalboxError.is(error)) return error
    throw error
  }
}

const valueOf = (body: Buffer, span: Span | undefined): unknown =>
  span && JSON.parse(body.toString('utf8', span.start, span.end))

describe('a skim', () => {
  it('finds the values of the keys that were asked for, and no others', () => {
    const body = Buffer.from(' { "x" : [ {"model":"no"} ] , "model" : "m\\u00e9" ,"stream": true , "y":{} } ')
    const { values } = skim(body, keys)
    expect([...values.keys()]).toEqual(['model', 'stream'])
    expect(valueOf(body, values.get('model'))).toBe('mé')
    expect(valueOf(body, values.get('stream'))).toBe(true)
  })

  it('knows a key that is written with escapes', () => {
    const body = Buffer.from('{"\\u006dod\\u0065l":"m","\\u004Dodel":1,"mod\\u0065l2":2,"mode\\u006":3}')
    expect(valueOf(body, skim(body, keys).values.get('model'))).toBe('m')
  })

  it('refuses doubles of the keys that it reads, however written, and lets others pass', () => {
    expect(fault('{"model":"a","model":"b"}')).toMatchObject({
      code: 'malformed-json',
      message: expect.stringContaining('duplicate key "model"'),
    })
    expect(fault('{"model":"a","mod\\u0065l":"b"}')?.message).toContain('duplicate key "model"')
    expect(fault('{"messages":[],"messages":[]}')?.message).toContain('duplicate key "messages"')
    expect(
      fault('{"x":1,"x":2,"__proto__":{},"__proto__":{},"constructor":{"prototype":{}}}'),
    ).toBeUndefined()
  })

  it('keeps role and content of each message', () => {
    const body = Buffer.from('{"messages":[{"id":1,"content":["a"],"role":"user"},{"role":"x"}]}')
    const { messages } = skim(body, keys)
    expect(messages?.count).toBe(2)
    expect(valueOf(body, messages?.at(0)?.role)).toBe('user')
    expect(valueOf(body, messages?.at(0)?.content)).toEqual(['a'])
    expect(valueOf(body, messages?.at(1)?.role)).toBe('x')
    expect(messages?.at(1)?.content).toBeUndefined()
    expect(messages?.at(2)).toBeUndefined()
    expect(messages?.at(-1)).toBeUndefined()
  })

  it('counts all messages and keeps the first eight and the last 256', () => {
    for (const count of [1, 8, 9, 263, 264, 265, 266, 1_000]) {
      const list = Array.from({ length: count }, (_, index) => ({ role: 'user', content: index }))
      const body = Buffer.from(JSON.stringify({ messages: list }))
      const { messages } = skim(body, keys)
      expect(messages?.count).toBe(count)
      for (let index = 0; index < count; index++) {
        const isKept = index < KEPT_FIRST || index >= count - KEPT_LAST
        expect(valueOf(body, messages?.at(index)?.content)).toBe(isKept ? index : undefined)
      }
    }
  })

  it('points to the first element that is no message', () => {
    const faultOf = (list: string): unknown =>
      skim(Buffer.from(`{"messages":[${list}]}`), keys).messages?.fault
    expect(faultOf('{"role":"user"},7,[]')).toEqual({ index: 1, kind: 'no-object' })
    expect(faultOf('{"role":"user"},{"role":"user"},{"content":""},null')).toEqual({
      index: 2,
      kind: 'no-role',
    })
    expect(faultOf('{"role":null}')).toEqual({ index: 0, kind: 'no-role' })
    expect(faultOf('')).toBeUndefined()
  })

  it('has no messages when they are no array', () => {
    expect(skim(Buffer.from('{"messages":{"0":1}}'), keys).messages).toBeUndefined()
    expect(skim(Buffer.from('{}'), keys).messages).toBeUndefined()
  })

  it.each([
    ['an empty body', '', 'malformed-json', 'it is empty'],
    ['an array', '[{"model":"m"}]', 'invalid-message', 'must be a JSON object'],
    ['a string', '"x"', 'invalid-message', 'must be a JSON object'],
    ['no JSON at all', 'model=m', 'malformed-json', 'at byte 0: a value is expected'],
    ['trailing bytes', '{} x', 'malformed-json', 'at byte 3: nothing may follow'],
    ['a byte order mark', '\uFEFF{}', 'malformed-json', 'byte order mark'],
    [
      'bad UTF-8',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      'malformed-json',
      'not valid UTF-8',
    ],
    [
      'a surrogate as UTF-8',
      Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      'malformed-json',
      'not valid UTF-8',
    ],
    ['10,000 levels', `{"x":${'['.repeat(10_000)}`, 'invalid-message', 'more than 512 levels'],
    ['10,000 levels in a message', `{"messages":[{"a":${'{"b":'.repeat(10_000)}`, 'invalid-message', '512'],
  ])('refuses %s', (_name, body, code, words) => {
    expect(fault(body)).toMatchObject({ code, message: expect.stringContaining(words) })
  })

  it('throws nothing but its own errors, whatever the bytes', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '"model"',
      '"messages":[',
      '{"role":"user"}',
      '\\',
      '1',
      ' ',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((all) => Buffer.from(all.join(''))),
          fc.uint8Array(),
        ),
        (bytes) => {
          fault(Buffer.from(bytes))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

/** Measured: none takes longer than 30 ms on an idle core; a reader that is not linear takes minutes. */
describe('a hostile body of 1 MiB is read in time', () => {
  const bytes = 1024 * 1024
  const user = (content: string): string => `{"messages":[{"role":"user","content":"${content}"}]}`
  it.each([
    ['half a million elements', `{"messages":[${'1,'.repeat(bytes / 2)}1]}`],
    ['65,536 messages', `{"messages":[${'{"role":"user"},'.repeat(bytes / 16)}{}]}`],
    ['keys with escapes', `{${'"m\\u006fdem":1,'.repeat(bytes / 15)}"a":1}`],
    ['one string', user('a'.repeat(bytes))],
    ['a string of backslashes', user('\\\\'.repeat(bytes / 2))],
    ['a string of quotes', user('\\"'.repeat(bytes / 2))],
    ['a string of quotes far apart', user(`${'a'.repeat(62)}\\"`.repeat(bytes / 64))],
    ['backslashes without an end', `{"model":"${'\\'.repeat(bytes)}`],
    ['opening brackets', '['.repeat(bytes)],
    ['white space', `{${' '.repeat(bytes)}}`],
    ['digits', `{"x":${'1'.repeat(bytes)}}`],
  ])('%s', (_name, body) => {
    const buffer = Buffer.from(body)
    const startMs = systemClock.now()
    try {
      skim(buffer, keys)
    } catch (error) {
      if (!SignalboxError.is(error)) throw error
    }
    expect(systemClock.now() - startMs).toBeLessThan(1_000)
  })
})
