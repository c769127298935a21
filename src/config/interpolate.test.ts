import { describe, expect, it } from 'vitest'
import { interpolate, type Sources } from './interpolate.ts'

const sources: Sources = {
  env: { KEY: 'sk-secret', EMPTY: '', NESTED: '${KEY}' },
  file: (path) => (path === '/run/key' ? { text: 'from file' } : { refusal: `needs ${path}` }),
}

describe('placeholders', () => {
  it('are filled in from the environment and from files, anywhere in a text', () => {
    const value = { a: '${KEY}', b: ['x-${KEY}-${file:/run/key}', 5, null, true] }
    const filled = interpolate(value, sources)
    expect(filled.value).toEqual({ a: 'sk-secret', b: ['x-sk-secret-from file', 5, null, true] })
    expect(filled.problems).toEqual([])
    expect(filled.isSecret(['b', 0])).toBe(true)
    expect(filled.isSecret(['b', 1])).toBe(false)
  })

  it('can be written out', () => {
    expect(interpolate('$${KEY} $KEY ${KEY}$', sources).value).toBe('${KEY} $KEY sk-secret$')
  })

  it('are not filled in twice', () => {
    expect(interpolate('${NESTED}', sources).value).toBe('${KEY}')
  })

  it.each([
    ['${NOPE}', 'needs the environment variable NOPE, which is not set'],
    ['${EMPTY}', 'needs the environment variable EMPTY, which is empty'],
    ['${file:/else}', 'needs /else'],
    ['${a b}', 'has a ${…} that is neither ${NAME} nor ${file:/path}; write $${ for a plain ${'],
    ['${}', 'has a ${…} that is neither ${NAME} nor ${file:/path}; write $${ for a plain ${'],
  ])('that cannot be filled in are problems: %s', (text, message) => {
    expect(interpolate({ key: [text] }, sources).problems).toEqual([{ path: ['key', 0], message }])
  })

  it('in a value of the library are problems, for nobody fills them in', () => {
    const [problem] = interpolate({ apiKey: '${KEY}' }, undefined).problems
    expect(problem?.message).toContain('only in signalbox.yaml')
    const others = interpolate(['$${KEY}', 'p${4$s}x'], undefined)
    expect(others.problems).toEqual([])
    expect(others.value).toEqual(['$${KEY}', 'p${4$s}x'])
  })
})

describe('values from outside', () => {
  it('may not reach a prototype', () => {
    const filled = interpolate(JSON.parse('{"a":{"__proto__":{"x":1}},"constructor":2}'), sources)
    expect(filled.problems.map((problem) => problem.path)).toEqual([['a', '__proto__'], ['constructor']])
    expect(filled.value).toEqual({ a: {} })
    expect((filled.value as { a: object }).a).not.toHaveProperty('x')
  })

  it('end at a depth and at a number of values, also when they contain themselves', () => {
    const loop: Record<string, unknown> = {}
    loop['left'] = loop
    loop['right'] = loop
    const filled = interpolate(loop, sources)
    expect(filled.problems.length).toBeGreaterThan(0)
  })

  it('are left out where they are undefined', () => {
    expect(interpolate({ a: undefined, b: 1 }, undefined).value).toStrictEqual({ b: 1 })
  })

  it('keep functions', () => {
    const pick = (): undefined => undefined
    expect(interpolate({ pick }, undefined).value).toEqual({ pick })
  })
})
