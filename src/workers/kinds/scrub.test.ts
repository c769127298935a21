import { describe, expect, it } from 'vitest'
import type { WireReply } from '../../core/worker.ts'
import { scrubbed, scrubberOf } from './scrub.ts'

const reply = (status: number, body: string): WireReply => ({ status, headers: {}, body: Buffer.from(body) })

describe('scrubbed', () => {
  it('takes key and host out of an error, and leaves every other byte', () => {
    const scrub = scrubbed(
      reply(500, 'bad key sk-canary at h.internal:80, sk-canary é'),
      scrubberOf(['sk-canary', 'h.internal:80']),
    )
    expect(Buffer.isBuffer(scrub.body) && scrub.body.toString()).toBe('bad key *** at ***, *** é')
  })

  it('passes errors without them, and replies that are none, as the very same object', () => {
    const error = reply(400, 'prompt is too long')
    expect(scrubbed(error, scrubberOf(['sk-canary', '']))).toBe(error)
    const answer = reply(200, 'sk-canary')
    expect(scrubbed(answer, scrubberOf(['sk-canary']))).toBe(answer)
  })
})
