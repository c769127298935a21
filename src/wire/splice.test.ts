import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openaiResponsesRequest } from './openai-responses/request.ts'
import { viewRequest } from './request-view.ts'
import { anthropicRequest } from './anthropic/request.ts'
import { type Edit, splice } from './splice.ts'

const spliced = (body: string, ...edits: [Edit['path'], unknown][]): string =>
  Buffer.concat(
    splice(
      Buffer.from(body),
      edits.map(([path, value]) => ({ path, value })),
    ),
  ).toString()

describe('a splice', () => {
  it('without edits is the body', () => {
    const body = Buffer.from('{"a":1}')
    expect(splice(body, [])).toEqual([body])
  })

  it('sets a value in place, white space kept', () => {
    expect(spliced(' { "a" :\t1.0e2 ,"b":"\\u00e9" }\n', [['a'], { x: [true] }])).toBe(
      ' { "a" :\t{"x":[true]} ,"b":"\\u00e9" }\n',
    )
  })

  it.each([
    ['the first', [['a']], '{ "b": 2, "c": 3 }'],
    ['one between', [['b']], '{ "a": 1, "c": 3 }'],
    ['the last', [['c']], '{ "a": 1, "b": 2 }'],
    ['the first two', [['a'], ['b']], '{ "c": 3 }'],
    ['the last two', [['c'], ['b']], '{ "a": 1 }'],
    ['the outer two', [['a'], ['c']], '{ "b": 2 }'],
    ['all', [['a'], ['b'], ['c']], '{  }'],
    ['none that is there', [['d'], ['a', 'x'], ['b', 0]], '{ "a": 1, "b": 2, "c": 3 }'],
  ])('takes the comma with a removed member: %s', (_name, paths, after) => {
    const edits = paths.map((path): [Edit['path'], unknown] => [path, undefined])
    expect(spliced('{ "a": 1, "b": 2, "c": 3 }', ...edits)).toBe(after)
  })

  it('removes elements of lists, by their places in the body as it was sent', () => {
    expect(spliced('{"a":[0, 1, 2,3]}', [['a', 0], undefined], [['a', 2], undefined])).toBe('{"a":[1, 3]}')
    expect(spliced('{"a":[0 , 1]}', [['a', 1], undefined], [['a', 0], undefined])).toBe('{"a":[]}')
  })

  it('adds a member at the end, also to an empty object and beside removed ones', () => {
    expect(spliced('{"a":1}', [['b'], 2], [['c'], null])).toBe('{"a":1,"b":2,"c":null}')
    expect(spliced('{ }', [['b'], 2])).toBe('{"b":2 }')
    expect(spliced('{ "a":1 }', [['a'], undefined], [['b'], 2])).toBe('{ "b":2 }')
    expect(spliced('{"a":1, "b":2}', [['c'], 3], [['b'], undefined])).toBe('{"a":1,"c":3}')
  })

  it('adds what is missing on the way, and only for something that comes there', () => {
    expect(spliced('{}', [['a', 'b', 'c'], 1], [['a', 'd'], 2])).toBe('{"a":{"b":{"c":1},"d":2}}')
    expect(spliced('{}', [['a', 'b'], undefined])).toBe('{}')
    expect(spliced('{"a":null,"b":"x"}', [['a', 'b'], 1], [['b', 'c'], undefined])).toBe(
      '{"a":{"b":1},"b":"x"}',
    )
    expect(spliced('{"a":[1]}', [['a', 7], 2], [['a', 9, 'b'], 3])).toBe('{"a":[1,2,{"b":3}]}')
  })

  it('reaches what lies deep', () => {
    const body =
      '{"messages":[{"role":"user"},{"content":"x","role":"system"}],"tools":[{},{"model":"m", "n":1}]}'
    expect(
      spliced(
        body,
        [['messages', 1, 'role'], 'user'],
        [['tools', 1, 'model'], undefined],
        [['output_config', 'effort'], 'low'],
      ),
    ).toBe(
      '{"messages":[{"role":"user"},{"content":"x","role":"user"}],"tools":[{},{"n":1}],"output_config":{"effort":"low"}}',
    )
  })

  it('knows keys by what they say, not how they are written', () => {
    expect(spliced('{"\\u0061\\/":1,"é\\n":2}', [['a/'], 3], [['é\n'], 4])).toBe('{"\\u0061\\/":3,"é\\n":4}')
    expect(spliced('{}', [['a"\n'], 1])).toBe('{"a\\"\\n":1}')
    expect(spliced('{"__proto__":{"a":1}}', [['__proto__', 'a'], 2])).toBe('{"__proto__":{"a":2}}')
    expect(spliced('{}', [['__proto__', 'a'], 2])).toBe('{"__proto__":{"a":2}}')
  })

  it('leaves one of doubled keys, so that all servers read the same', () => {
    expect(spliced('{"a":1, "b":2, "\\u0061":3}', [['a'], 4])).toBe('{"b":2, "\\u0061":4}')
    expect(spliced('{"a":1, "b":2, "a":3}', [['a'], undefined])).toBe('{"b":2}')
    expect(spliced('{"a":{"x":1},"a":{"y":1}}', [['a', 'x'], 2])).toBe('{"a":{"y":1,"x":2}}')
  })

  it('lets the later edit win', () => {
    expect(spliced('{"a":1}', [['a'], 2], [['a'], 3])).toBe('{"a":3}')
    expect(spliced('{"a":1}', [['a'], undefined], [['a'], 3])).toBe('{"a":3}')
    expect(spliced('{"a":{"b":1}}', [['a', 'b'], 2], [['a'], undefined])).toBe('{}')
    expect(
      spliced('{"a":{"b":1}}', [['a'], { c: [1] }], [['a', 'c', 0], undefined], [['a', 'd', 'e'], 2]),
    ).toBe('{"a":{"c":[],"d":{"e":2}}}')
    expect(spliced('{"a":{"b":1}}', [['a'], undefined], [['a', 'c'], 2])).toBe('{"a":{"c":2}}')
    expect(spliced('{"a":[1]}', [['a', 'b'], 1], [['a', 0], 2])).toBe('{"a":[2]}')
  })

  it('refuses what is no object', () => {
    for (const body of ['[1]', '', '7', '{"a":']) expect(() => spliced(body, [['a'], 1])).toThrow('the body')
  })

  it('changes nothing by a path that names no member of the root', () => {
    expect(spliced('{"0":1}', [[], { b: 1 }], [[0], 2])).toBe('{"0":1}')
  })
})

/** The same on a parsed body. */
function changeParsed(value: unknown, path: Edit['path'], to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return to
  if (typeof key === 'number') {
    if (to === undefined && !Array.isArray(value)) return value
    const list: unknown[] = Array.isArray(value) ? value : []
    const next = changeParsed(list[key], rest, to)
    return [...list.slice(0, key), ...(next === undefined ? [] : [next]), ...list.slice(key + 1)]
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (to === undefined && !isObject) return value
  const members = new Map<string, unknown>(isObject ? Object.entries(value) : [])
  const next = changeParsed(members.get(key), rest, to)
  if (next === undefined) members.delete(key)
  else members.set(key, next)
  return Object.fromEntries(members)
}

const key = fc.constantFrom('a', 'b', 'c', 'é', '__proto__', 'a/"')
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(1, 'x', null, '{"}'),
    tie('list'),
    tie('object'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
}))
const someEdit = fc.record({
  path: fc
    .tuple(key, fc.array(fc.oneof(key, fc.nat(3)), { maxLength: 2 }))
    .map(([root, rest]) => [root, ...rest]),
  value: fc.constantFrom(undefined, undefined, 2, 'new', { n: [1] }, [], null),
})

describe('splice is parse, change and write', () => {
  it('for one edit, whatever the body', () => {
    fc.assert(
      fc.property(json.object, someEdit, fc.constantFrom(undefined, 1, '\t'), (fields, edit, indent) => {
        const body = ownMemory(JSON.stringify(fields, null, indent))
        const parts = splice(body, [edit])
        const parsed: unknown = JSON.parse(body.toString())
        const after: unknown = JSON.parse(Buffer.concat(parts).toString())
        expect(after).toEqual(changeParsed(parsed, edit.path, edit.value))
        expectOneCut(body, parts)
      }),
      { numRuns: 3_000 },
    )
  })

  it('for edits of different members, in any order', () => {
    const edits = fc.uniqueArray(someEdit, { maxLength: 4, selector: ({ path }) => path[0] })
    fc.assert(
      fc.property(json.object, edits, (fields, all) => {
        const body = JSON.stringify(fields)
        const change = (value: unknown, { path, value: to }: Edit): unknown => changeParsed(value, path, to)
        const after = spliced(body, ...all.map(({ path, value }): [Edit['path'], unknown] => [path, value]))
        expect(JSON.parse(after)).toEqual(all.reduce(change, JSON.parse(body)))
      }),
      { numRuns: 2_000 },
    )
  })

  it('through a view as without one', () => {
    const views = [
      {
        reading: anthropicRequest,
        start: { model: 'm', messages: [{ role: 'user', a: { b: 1 } }, { role: 'x' }] },
      },
      { reading: openaiResponsesRequest, start: { model: 'm', input: 'hello' } },
      {
        reading: openaiResponsesRequest,
        start: { model: 'm', input: [{ type: 'reasoning' }, { role: 'user' }] },
      },
    ]
    const root = fc.constantFrom('model', 'messages', 'input', 'a', 'x')
    const edit = fc.record({
      path: fc
        .tuple(root, fc.array(fc.oneof(key, fc.nat(3)), { maxLength: 3 }))
        .map(([first, rest]) => [first, ...rest]),
      value: fc.constantFrom(undefined, 2, { n: [1] }),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...views),
        json.object,
        fc.array(edit, { maxLength: 3 }),
        ({ reading, start }, fields, edits) => {
          const body = Buffer.from(JSON.stringify({ ...fields, ...start }))
          const viewed = Buffer.concat(viewRequest(body, reading).edited(edits)).toString()
          expect(viewed).toBe(Buffer.concat(splice(body, edits)).toString())
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('also where a body has more members than a view keeps', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x${index}`, index]))
    const body = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user' }], ...many, last: 1 }))
    const parts = viewRequest(body, anthropicRequest).edited([{ path: ['last'], value: undefined }])
    expect(Buffer.concat(parts).toString()).toBe(body.toString().replace(',"last":1', ''))
  })
})

/** Node puts small buffers side by side into one memory; this one stands alone. */
function ownMemory(text: string): Buffer {
  const body = Buffer.alloc(Buffer.byteLength(text))
  body.write(text)
  return body
}

/** What is taken out lies in one place, and all the rest are bytes of the body itself, in order. */
function expectOneCut(body: Buffer, parts: readonly Buffer[]): void {
  const ours = parts.filter((part) => part.buffer === body.buffer)
  expect(parts.length - ours.length).toBeLessThanOrEqual(1)
  const [first, last] = [ours[0], ours.at(-1)]
  expect(ours.length).toBeLessThanOrEqual(2)
  expect(first?.byteOffset).toBe(body.byteOffset)
  if (ours.length === 2 && last) expect(last.byteOffset + last.length).toBe(body.byteOffset + body.length)
}
