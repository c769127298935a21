import { describe, expect, it } from 'vitest'
import { type Pack, readPack } from './pack.ts'
import { compilePatterns } from './patterns.ts'

function packOf(name: string, classes: string): Pack {
  const { pack } = readPack(`name: ${name}\nclasses:\n${classes}`, `${name}.yaml`)
  if (!pack) throw new Error('no pack')
  return pack
}

describe('the patterns of several packs', () => {
  it('vote for their classes, under the name of their pack', () => {
    const patterns = compilePatterns([
      packOf('a', '  x:\n    5: plan\n'),
      packOf('b', '  y:\n    7: plan a route\n'),
    ])
    expect(patterns.match('Plan a route')).toEqual([
      { class: 'x', reason: { signal: 'pattern:a', detail: 'plan', weight: 5 } },
      { class: 'y', reason: { signal: 'pattern:b', detail: 'plan a route', weight: 7 } },
    ])
  })

  it('count once where two packs hold the same, as the heavier', () => {
    const light = packOf('a', '  x:\n    5: analyse\n')
    const heavy = packOf('b', '  x:\n    9: analyze\n')
    for (const packs of [
      [light, heavy],
      [heavy, light],
    ])
      expect(compilePatterns(packs).match('analysing')).toEqual([
        { class: 'x', reason: { signal: 'pattern:b', detail: 'analyze', weight: 9 } },
      ])
  })

  it('vote with frozen votes, since all answers share them', () => {
    const [vote] = compilePatterns([packOf('a', '  x:\n    5: plan\n')]).match('plan')
    expect(Object.isFrozen(vote)).toBe(true)
    expect(Object.isFrozen(vote?.reason)).toBe(true)
  })
})
