import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorTable } from '../core/errors.ts'
import { readUpstreamFailure } from './upstream-failure.ts'

const read = (status: number, body: string | Buffer = ''): ReturnType<typeof readUpstreamFailure> =>
  readUpstreamFailure(status, {}, Buffer.from(body))

describe('what an error reply means', () => {
  it.each([
    ...[400, 409, 413, 415, 422].map((status) => [status, 'worker-refused', 'caller'] as const),
    ...[401, 403].map((status) => [status, 'worker-credentials', 'account'] as const),
    [402, 'worker-budget-spent', 'account'] as const,
    [429, 'worker-rate-limited', 'account'] as const,
    ...[408, 504].map((status) => [status, 'worker-timeout', 'worker'] as const),
    ...[503, 529].map((status) => [status, 'worker-overloaded', 'worker'] as const),
    ...[500, 501, 502, 520].map((status) => [status, 'worker-failed', 'worker'] as const),
    ...[204, 301, 304, 404, 405, 600, 999].map((status) => [status, 'worker-protocol', 'worker'] as const),
  ])('by status alone, %i is %s of the %s', (status, code, blame) => {
    expect(read(status)).toMatchObject({ kind: 'failed', code, blame, status })
  })

  it('is a refusal where an endpoint that is there says that something is not', () => {
    const body = '{"type":"error","error":{"type":"not_found_error","message":"model: nope"}}'
    expect(read(404, body)).toMatchObject({ code: 'worker-refused', blame: 'caller', message: 'model: nope' })
  })

  it.each<[string, string, string]>([
    ['nested', '{"error":{"message":"no such field","type":"t"}}', 'no such field'],
    ['flat', '{"object":"error","message":"no such field","type":"t","code":400}', 'no such field'],
    ['a string', '{"error":"no such field"}', 'no such field'],
    ['an array', '[{"error":{"code":400,"message":"no such field"}}]', 'no such field'],
    ['of FastAPI', '{"detail":"no such field"}', 'no such field'],
    ['of FastAPI, as a list', '{"detail":[{"loc":["body"],"msg":"no such field"}]}', 'no such field'],
    ['beside the error', '{"error":{"code":1},"message":"no such field"}', 'no such field'],
    ['after blank lines', '\n\n  {"error":{"message":"no such field"}}', 'no such field'],
    ['a bare JSON string', '"no such field"', 'no such field'],
    ['plain text', 'no such\r\n\u0000field\n', 'no such field'],
    ['a page', '<html><title>502 on host-7.internal</title></html>', 'the worker answered 400'],
    ['nothing', '', 'the worker answered 400'],
    ['null', 'null', 'null'],
    ['without words', '{"error":{"message":7,"type":"odd_thing"}}', 'the worker answered 400 (odd_thing)'],
    ['with a name that is none', '{"error":{"type":"a b\\nc"}}', 'the worker answered 400'],
    ['cut off', '{"error":{"message":"no su', 'the worker answered 400'],
    ['nested without end', '{"error":'.repeat(9) + '"x"' + '}'.repeat(9), 'the worker answered 400'],
  ])('with words that are %s', (_name, body, message) => {
    expect(read(400, body).message).toBe(message)
  })

  it('bounds the words, and does not cut a character', () => {
    expect(read(400, JSON.stringify({ error: { message: 'x'.repeat(10_000) } })).message).toBe(
      'x'.repeat(500),
    )
    const cut = read(400, `${'x'.repeat(499)}😀`).message
    expect(cut).toHaveLength(500)
    expect(cut.isWellFormed()).toBe(true)
  })

  it('looks at no more than the first 64 KB', () => {
    expect(read(400, Buffer.alloc(50 * 1024 * 1024, 'x')).message).toBe('x'.repeat(500))
    expect(read(400, `{"error":{"message":"x","pad":"${'x'.repeat(70_000)}"}}`).message).toBe(
      'the worker answered 400',
    )
  })

  it('keeps to itself what the worker says of its own keys, accounts and hosts', () => {
    const body = '{"error":{"message":"bad key sk-abc of org-7 at host-7","type":"x","code":"y"}}'
    for (const status of [401, 429, 500, 503])
      expect(read(status, body).message).toBe(`the worker answered ${status} (y)`)
  })

  it('is one of our codes, whatever the worker sends', () => {
    const body = fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 700 }), body, (status, bytes) => {
        const failure = read(status, bytes)
        expect(errorTable).toHaveProperty(failure.code)
        expect(failure.message.length).toBeLessThanOrEqual(500)
        expect(failure.message).not.toBe('')
      }),
    )
  })
})

describe('an error inside a 200', () => {
  it.each([
    ['invalid_prompt', 'worker-refused'],
    ['bio_policy', 'worker-refused'],
    ['server_error', 'worker-failed'],
    ['rate_limit_exceeded', 'worker-rate-limited'],
    ['something_else', 'worker-protocol'],
  ])('means what its name says: %s', (name, code) => {
    const body = JSON.stringify({ status: 'failed', error: { code: name, message: 'no' } })
    expect(read(200, body).code).toBe(code)
  })
})
