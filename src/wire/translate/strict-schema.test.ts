import { describe, expect, it } from 'vitest'
import { fitsStrict } from './strict-schema.ts'

const string = { type: 'string' }
function closed(properties: Readonly<Record<string, unknown>>, more: object = {}): Record<string, unknown> {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
    ...more,
  }
}

describe('a schema fits the strict subset', () => {
  it.each<[string, Record<string, unknown>]>([
    ['closed, with all properties required', closed({ a: string, b: { type: 'number' } })],
    ['without properties', closed({})],
    [
      'with lists, choices and definitions that fit',
      closed(
        { a: { type: 'array', items: { anyOf: [string, { $ref: '#/$defs/x' }] } } },
        { $defs: { x: closed({ c: string }) } },
      ),
    ],
    ['with properties named like words of the language', closed({ not: string, allOf: string, if: string })],
    ['nested ten deep', nested(10)],
  ])('when it is %s', (_what, schema) => {
    expect(fitsStrict(schema)).toBe(true)
  })

  it.each<[string, Record<string, unknown>]>([
    ['no object', { type: 'string' }],
    ['open', { type: 'object', properties: {}, required: [] }],
    ['open further down', closed({ a: { type: 'object', properties: { b: string }, required: ['b'] } })],
    ['open in a list', closed({ a: { type: 'array', items: { type: 'object', properties: {} } } })],
    ['open in a definition', closed({}, { $defs: { x: { type: 'object', properties: {} } } })],
    ['with an optional property', { ...closed({ a: string, b: string }), required: ['a'] }],
    ['without a list of required properties', { ...closed({ a: string }), required: undefined }],
    ['with a word that is not known', closed({ a: { allOf: [string] } })],
    ['with true for a schema', closed({ a: true })],
    ['nested too deeply', nested(11)],
    [
      'with too many properties',
      closed(Object.fromEntries(Array.from({ length: 5_001 }, (_, n) => [`p${n}`, string]))),
    ],
    ['with too many values', closed({ a: { enum: Array.from({ length: 1_001 }, (_, n) => n) } })],
  ])('unless it is %s', (_what, schema) => {
    expect(fitsStrict(schema)).toBe(false)
  })
})

function nested(depth: number): Record<string, unknown> {
  let schema = closed({})
  for (let level = 1; level < depth; level++) schema = closed({ a: schema })
  return schema
}
