import { describe, expect, it } from 'vitest'
import { transportFault } from './fault.ts'

/** As undici and Node throw them: a code, and a message that tells too much. */
function thrown(code: string | undefined, name = 'Error'): Error {
  return Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443 for api.internal'), { code, name })
}

describe('a fault of the connection', () => {
  it.each([
    ['ECONNREFUSED', 'worker-failed'],
    ['ENOTFOUND', 'worker-failed'],
    ['ECONNRESET', 'worker-failed'],
    ['UND_ERR_SOCKET', 'worker-failed'],
    ['CERT_HAS_EXPIRED', 'worker-failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'worker-failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'worker-failed'],
    ['SOMETHING_NEW', 'worker-failed'],
    [undefined, 'worker-failed'],
    ['ETIMEDOUT', 'worker-timeout'],
    ['UND_ERR_CONNECT_TIMEOUT', 'worker-timeout'],
    ['UND_ERR_HEADERS_OVERFLOW', 'worker-protocol'],
    ['UND_ERR_INVALID_ARG', 'invalid-message'],
  ] as const)('%s before the reply is %s', (code, expected) => {
    expect(transportFault(thrown(code), 'waiting').code).toBe(expected)
  })

  it('is always the worker stopping once the reply had been handed on', () => {
    for (const code of ['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_INFO', undefined]) {
      expect(transportFault(thrown(code), 'stream').code).toBe('worker-stalled')
    }
  })

  it('tells bytes that are not HTTP from a body that was cut off', () => {
    const parser = thrown(undefined, 'HTTPParserError')
    expect(transportFault(parser, 'waiting').code).toBe('worker-protocol')
    expect(transportFault(parser, 'body').code).toBe('worker-failed')
    expect(transportFault(parser, 'stream').code).toBe('worker-stalled')
  })

  it('names the code for the operator, and nothing of the address', () => {
    const fault = transportFault(thrown('ECONNREFUSED'), 'waiting')
    expect(fault.message).toBe('could not connect (ECONNREFUSED)')
    expect(fault.cause).toBeUndefined()
    for (const odd of ['at api.internal', { code: 'at api.internal' }, { code: 7 }, null]) {
      expect(transportFault(odd, 'waiting').message).toBe('the connection failed')
    }
  })
})
