import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCards } from '../catalog.ts'
import { capped } from './capped.ts'
import { moveCase } from './move-case-harness.ts'
import { describeMovePolicy } from './policy.suite.ts'

describeMovePolicy(capped(0.1))

const cards = createCards()
const end = (model: string) => ({ model, card: cards.find(model) })
const opus = end('claude-opus-5-5')
const sonnet = end('claude-sonnet-5-5')

describe('with a cap', () => {
  it('a switch waits until the conversation has cost enough', () => {
    // Moving costs $0.105 once.
    const judge = (spentUsd: number, switchedUsd: number) =>
      capped(0.1).judge(moveCase({ home: opus, target: sonnet, spentUsd, switchedUsd }))
    expect(judge(1, 0)).toMatchObject({ move: false })
    expect(judge(1.1, 0)).toMatchObject({ move: true })
    expect(judge(1.1, 0.05)).toMatchObject({ move: false })
    expect(judge(1, 0).because).toBe(
      'stay: moving to claude-sonnet-5-5 saves $0.015 a turn and costs $0.105 once; switching may cost $0.100 by now',
    )
  })

  it('holds for climbing too', () => {
    const up = moveCase({ home: sonnet, target: opus, spentUsd: 1 })
    expect(capped(0.1).judge(up).move).toBe(false)
    expect(capped(1).judge(up).move).toBe(true)
  })

  it('all paid switches stay within the share, whatever comes', () => {
    const step = fc.record({ tokens: fc.nat(300_000), usd: fc.double({ min: 0, max: 2, noNaN: true }) })
    fc.assert(
      fc.property(fc.array(step), fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        let [home, target] = [opus, sonnet]
        let spentUsd = 0
        let switchedUsd = 0
        for (const { tokens, usd } of steps) {
          spentUsd += usd
          const { move, costsUsdOnce } = capped(share).judge(
            moveCase({ home, target, promptTokens: tokens, spentUsd, switchedUsd }),
          )
          if (!move) continue
          switchedUsd += Math.max(0, costsUsdOnce)
          ;[home, target] = [target, home]
          expect(switchedUsd).toBeLessThanOrEqual(share * spentUsd + 1e-12)
        }
      }),
    )
  })
})
