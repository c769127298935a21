import { describe, expect, it } from 'vitest'
import { retryHeaders } from './retry-after.ts'

describe('retryHeaders', () => {
  it('says no to what more time cannot mend', () => {
    expect(retryHeaders('invalid-message', 5_000)).toEqual({ 'x-should-retry': 'false' })
    expect(retryHeaders('worker-budget-spent', 600_000)).toEqual({ 'x-should-retry': 'false' })
  })

  it('names a time for want of capacity, of a minute at most', () => {
    expect(retryHeaders('queue-full', 1_234.5)).toEqual({
      'retry-after': '2',
      'retry-after-ms': '1235',
      'x-should-retry': 'true',
    })
    expect(retryHeaders('no-worker', 3_600_000)).toMatchObject({
      'retry-after': '60',
      'retry-after-ms': '60000',
    })
    expect(retryHeaders('expired', undefined)).toMatchObject({ 'retry-after': '1' })
  })

  it('leaves the backoff of other failures to the client', () => {
    expect(retryHeaders('worker-failed', undefined)).toEqual({})
  })
})
