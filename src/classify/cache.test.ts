import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Classification } from '../core/decision.ts'
import { virtualClock } from '../core/virtual-clock.ts'
import { cacheKey, createCache, KEY_CHARS_MAX } from './cache.ts'
import type { Classifiable } from './classifier.ts'

const answer: Classification = {
  class: 'simple',
  confidence: 0.99,
  source: 'pattern',
  reasons: [],
  micros: 1,
}

describe('the key of a message', () => {
  const message: fc.Arbitrary<Classifiable> = fc.record(
    {
      text: fc.string({ unit: fc.constantFrom('a', '1', ':', 'b', 'e', 't', 'c', '[') }),
      earlier: fc.array(fc.string({ unit: fc.constantFrom('a', '1', ':', 'b') }), { maxLength: 2 }),
      context: fc.dictionary(fc.constantFrom('a', 'urgent'), fc.boolean()),
      tools: fc.boolean(),
      effort: fc.constantFrom('low', '1:a', ''),
    },
    { requiredKeys: ['text'] },
  )

  /** What a message says; absent and empty are the same. */
  const meaning = ({ text, earlier, context, tools, effort }: Classifiable): string =>
    JSON.stringify([
      text,
      earlier ?? [],
      Object.entries(context ?? {}).sort(),
      tools ?? false,
      effort ?? null,
    ])

  it('is the same for the same message, and for no other', () => {
    fc.assert(
      fc.property(message, message, (one, other) => {
        expect(cacheKey(one) === cacheKey(other)).toBe(meaning(one) === meaning(other))
        expect(cacheKey(one)).toBe(cacheKey({ ...one }))
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not depend on the order of the facts in the context', () => {
    expect(cacheKey({ text: 'a', context: { x: 1, y: 2 } })).toBe(
      cacheKey({ text: 'a', context: { y: 2, x: 1 } }),
    )
  })

  it('is missing for what is too long to keep, or what JSON cannot say', () => {
    expect(cacheKey({ text: 'x'.repeat(KEY_CHARS_MAX) })).toBeDefined()
    expect(cacheKey({ text: 'x'.repeat(KEY_CHARS_MAX + 1) })).toBeUndefined()
    expect(cacheKey({ text: 'x', earlier: ['x'.repeat(10_000)] })).toBeUndefined()
    expect(cacheKey({ text: 'x', context: { note: 'x'.repeat(10_000) } })).toBeUndefined()
    expect(cacheKey({ text: 'x', context: { big: 1n } })).toBeUndefined()
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    expect(cacheKey({ text: 'x', context: cyclic })).toBeUndefined()
  })
})

describe('the cache', () => {
  it('forgets what is older than its time, on the clock that it was given', () => {
    const clock = virtualClock(1_000)
    const cache = createCache({ entries: 10, ttlMs: 5_000 }, clock)
    cache?.set('a', answer)
    clock.advance(4_999)
    expect(cache?.get('a')).toBe(answer)
    clock.advance(2)
    expect(cache?.get('a')).toBeUndefined()
    expect(clock.pendingTimers).toBe(0)
  })

  it('keeps no more entries than it may, dropping what was not asked for longest', () => {
    const cache = createCache({ entries: 2, ttlMs: 5_000 }, virtualClock(1))
    cache?.set('a', answer)
    cache?.set('b', answer)
    cache?.get('a')
    cache?.set('c', answer)
    expect(cache?.get('a')).toBe(answer)
    expect(cache?.get('b')).toBeUndefined()
    expect(cache?.size).toBe(2)
  })

  it('keeps no more than eight million characters of keys', () => {
    const cache = createCache({ entries: 10_000, ttlMs: 5_000 }, virtualClock(1))
    for (let count = 0; count < 1_200; count++) cache?.set(`${count}`.padEnd(KEY_CHARS_MAX, 'x'), answer)
    expect(cache?.size).toBe(1_000)
  })

  it('is none when it may keep nothing', () => {
    for (const options of [
      { entries: 0, ttlMs: 1 },
      { entries: 1, ttlMs: 0 },
      { entries: Number.NaN, ttlMs: 1 },
      { entries: -1, ttlMs: 1 },
    ])
      expect(createCache(options, virtualClock())).toBeUndefined()
  })
})
