import { describe, expect, it } from 'vitest'
import { systemClock } from '../core/clock.ts'
import { parseYaml } from './yaml-source.ts'

describe('the text of signalbox.yaml', () => {
  it('tells where each key and value stands', () => {
    const source = parseYaml(
      'server:\n  port: 1\npools:\n  a: { workers: [ { kind: x }, { kind: y } ] }\nempty:\n',
    )
    expect(source.problems).toEqual([])
    expect(source.locate(['server', 'port'], false)).toEqual({ line: 2, column: 9 })
    expect(source.locate(['server', 'port'], true)).toEqual({ line: 2, column: 3 })
    expect(source.locate(['pools', 'a', 'workers', 1, 'kind'], false)).toEqual({ line: 4, column: 40 })
    expect(source.locate(['empty'], false)).toEqual({ line: 5, column: 1 })
  })

  it('tells the nearest place around what is not there', () => {
    const source = parseYaml('pools:\n  a:\n    workers: []\n')
    expect(source.locate(['pools', 'a', 'workers', 0, 'model'], false)).toEqual({ line: 3, column: 14 })
    expect(source.locate([], false)).toEqual({ line: 1, column: 1 })
  })

  it('follows aliases', () => {
    const source = parseYaml('a: &x { deep: 1 }\nb: *x\n')
    expect(source.value).toEqual({ a: { deep: 1 }, b: { deep: 1 } })
    expect(source.locate(['b', 'deep'], false)).toEqual({ line: 1, column: 15 })
  })

  it.each([
    ['a: [1,', 'bracket'],
    ['\ta: 1', 'tabs'],
    ['a: "x', 'missing'],
    ['a: b: c', 'one line'],
    ['--- 1\n--- 2', 'one YAML document'],
    ['a: !!js/function x', 'tag'],
    ['a: @x', 'quotes'],
    ['a: 1\nb: 2\na: 3', 'twice'],
    ['? [a]\n: 1', 'plain text'],
    ['a: *nope', 'alias'],
    ['['.repeat(20_000), 'deep'],
  ])('is refused in words when it is not sound (%#)', (text, word) => {
    const { problems } = parseYaml(text)
    expect(problems.map((problem) => problem.message).join()).toContain(word)
  })

  it('is never quoted in an error, for it may hold secrets', () => {
    for (const text of [
      'key: sk-secret: x',
      '"sk-secret": [\nsk-secret: }',
      'a: *sk-secret',
      'a: !sk-secret 1',
    ])
      expect(JSON.stringify(parseYaml(text).problems)).not.toContain('sk-secret')
  })

  it('cannot be a bomb of aliases', () => {
    const levels = 'bcdefghij'.split('').map((name, index) => {
      const below = `*${'abcdefghij'[index]}`
      return `${name}: &${name} [${Array.from({ length: 9 }, () => below).join(', ')}]`
    })
    const { problems } = parseYaml(['a: &a [x, x, x]', ...levels].join('\n'))
    expect(problems).toHaveLength(1)
  })

  it('is read in good time however many names it has', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `name${index}: 1`).join('\n')
    const start = systemClock.now()
    expect(Object.keys(parseYaml(text).value as object)).toHaveLength(20_000)
    expect(systemClock.now() - start).toBeLessThan(5_000)
  })
})
