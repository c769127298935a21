import { describe, expect, it } from 'vitest'
import { wires } from '../core/wire.ts'
import { isTokenCount } from './anthropic/token-count.ts'
import { protocols } from './catalog.ts'
import { inputTokensIn } from './openai-responses/token-count.ts'
import { createSseReader } from './sse.ts'

const DEEP = Buffer.alloc(15_000_000, '[')

describe.each(wires)('fifteen megabytes of brackets from a worker of %s', (wire) => {
  const protocol = protocols[wire]
  const isQuick = (read: () => void): boolean => {
    const startMs = performance.now()
    read()
    return performance.now() - startMs < 300
  }

  it('are no reply, which is found out without building them', () => {
    const read = (): void => {
      expect(protocol.readReply(DEEP)).toBeUndefined()
      expect(protocol.readFailure(200, {}, DEEP).code).toBe('worker-protocol')
    }
    expect(isQuick(read)).toBe(true)
  })

  it('are no event and no count either', () => {
    const event = Buffer.concat([Buffer.from('data: '), DEEP, Buffer.from('\n\n')])
    const read = (): void => {
      const observer = protocol.observe()
      for (const seen of createSseReader().push(event)) observer.see(seen)
      expect(observer.failure?.code).toBe('worker-protocol')
      expect([isTokenCount(DEEP), inputTokensIn(DEEP)]).toEqual([false, undefined])
    }
    expect(isQuick(read)).toBe(true)
  })
})
