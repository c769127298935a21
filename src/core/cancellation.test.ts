import { describe, expect, it } from 'vitest'
import { Cancellation, type CancelSignal } from './cancellation.ts'

interface Switch {
  readonly signal: CancelSignal
  abort(reason: unknown): void
}

const kinds: readonly (readonly [string, () => Switch])[] = [
  [
    'a Cancellation',
    (): Switch => {
      const both = new Cancellation()
      return { signal: both, abort: (reason) => both.abort(reason) }
    },
  ],
  ['an AbortController', (): Switch => new AbortController()],
]

describe.each(kinds)('%s', (_name, make) => {
  it('tells all who listen, once, with the first reason', () => {
    const { signal, abort } = bound(make())
    const told: string[] = []
    signal.addEventListener('abort', () => told.push(`a ${String(signal.reason)}`), { once: true })
    signal.addEventListener('abort', () => told.push('b'), { once: true })
    expect(signal.aborted).toBe(false)
    signal.throwIfAborted()
    abort('enough')
    abort('again')
    expect(told).toEqual(['a enough', 'b'])
    expect(signal.aborted).toBe(true)
    expect(() => signal.throwIfAborted()).toThrow('enough')
  })

  it('tells nobody who has stopped listening, or came too late', () => {
    const { signal, abort } = bound(make())
    const told: string[] = []
    const gone = (): void => void told.push('gone')
    signal.addEventListener('abort', gone, { once: true })
    signal.removeEventListener('abort', gone)
    abort('enough')
    signal.addEventListener('abort', () => told.push('late'), { once: true })
    expect(told).toEqual([])
  })
})

function bound(each: Switch): Switch {
  return { signal: each.signal, abort: (reason) => each.abort(reason) }
}
