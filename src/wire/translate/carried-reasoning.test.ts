import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unwrapReasoning, wrapReasoning } from './carried-reasoning.ts'

describe('reasoning that is carried through a client of the other vendor', () => {
  it('comes back as it was, whatever it holds', () => {
    const carried = fc.record({
      vendor: fc.constantFrom('anthropic' as const, 'openai' as const),
      // Names come out of requests and replies that were UTF-8: no half characters.
      model: fc.string({ unit: 'binary' }),
      label: fc.string({ unit: 'binary' }),
      seal: fc.string(),
    })
    fc.assert(
      fc.property(carried, (reasoning) => {
        expect(unwrapReasoning(wrapReasoning(reasoning))).toEqual(reasoning)
      }),
    )
  })

  it('is not made of what somebody else sealed, or what was changed', () => {
    const others = [
      undefined,
      7,
      '',
      'EqQBCg==',
      'signalbox-reasoning-1',
      'signalbox-reasoning-1:google:m:l:s',
      'signalbox-reasoning-1:openai:m',
      'signalbox-reasoning-1:openai:%:l:s',
      ' signalbox-reasoning-1:openai:m:l:s',
    ]
    for (const other of others) expect(unwrapReasoning(other)).toBeUndefined()
  })
})
