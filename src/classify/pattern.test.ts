import { describe, expect, it } from 'vitest'
import { patternKey, readPattern } from './pattern.ts'

function partsOf(written: string): unknown {
  const reading = readPattern(written)
  return 'parts' in reading ? reading.parts : reading.reason
}

describe('a pattern', () => {
  it('is words in lower case, with parts between "…" or "..."', () => {
    expect(partsOf('Plan')).toEqual([['plan']])
    expect(partsOf('route … planning')).toEqual([['route'], ['planning']])
    expect(partsOf('save state ... file…end')).toEqual([['save', 'state'], ['file'], ['end']])
  })

  it('splits terms at their joiners, and scripts without spaces at every character', () => {
    expect(partsOf("what's")).toEqual([['what', 's']])
    expect(partsOf('trade-off')).toEqual([['trade', 'off']])
    expect(partsOf('node.js')).toEqual([['node', 'js']])
    expect(partsOf('R&D')).toEqual([['r', 'd']])
    expect(partsOf('计划 plan')).toEqual([['计', '划', 'plan']])
    expect(partsOf('save_state')).toEqual([['save_state']])
  })

  it('may begin with "^", for the opening of the text', () => {
    expect(partsOf('^Translate')).toEqual([['^', 'translate']])
    expect(partsOf('^ rewrite … sentence')).toEqual([['^', 'rewrite'], ['sentence']])
  })

  it.each([
    ['^', 'has no word'],
    ['^ … plan', 'without words on both sides'],
    ['plan ^', 'stands before the first word'],
    ['plan … ^route', 'stands before the first word'],
    ['^^plan', 'stands before the first word'],
    ['^(plan)', 'no regular expressions'],
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['…', 'has no word'],
    ['... …', 'has no word'],
    ['plan …', 'without words on both sides'],
    ['plan … … route', 'without words on both sides'],
    ['!!', 'never matched'],
    ['-', 'never matched'],
    ['plan, route', 'never matched'],
    ['fix.*bug', 'no regular expressions'],
    ['(plan)', 'no regular expressions'],
    ['plan[s]', 'no regular expressions'],
    ['\\bplan', 'no regular expressions'],
    ['plan|route', 'no regular expressions'],
    ['plan?', 'no regular expressions'],
    ['a'.repeat(201), 'longer than 200'],
    ['a … b … c … d … e … f … g … h … i', 'more than 8 parts'],
    ['a b c d e f g h i', 'more than 8 words side by side'],
  ])('is refused when it is "%s"', (written, reason) => {
    expect(partsOf(written)).toContain(reason)
  })

  it('advises to write words and "…" instead of a regular expression', () => {
    expect(partsOf('fix.*bug')).toContain('write words, and "…"')
  })

  it('has one key for all ways to write it', () => {
    const key = (written: string): string => {
      const reading = readPattern(written)
      return 'parts' in reading ? patternKey(reading.parts) : ''
    }
    expect(key('Analyse … colour')).toBe(key('analyze...color'))
    expect(key('trade-off')).toBe(key('trade off'))
    expect(key('^analyse')).toBe(key('^ Analyze'))
    expect(key('^analyse')).not.toBe(key('analyse'))
    expect(key('trade … off')).not.toBe(key('trade off'))
  })
})
