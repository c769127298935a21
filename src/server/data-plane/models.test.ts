import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Engine, ModelListing } from '../../core/engine.ts'
import type { Wire } from '../../core/wire.ts'
import { fakeEngine } from '../../testing/fake-engine.ts'
import { writeModels } from './models.ts'

const listed: readonly ModelListing[] = ['auto', 'fast/é', '50%'].map((id) => ({
  id,
  kind: 'model',
  description: 'a model',
}))
const engine: Engine = { ...fakeEngine(), models: () => listed }

interface Asked {
  readonly method?: string
  readonly wire?: Wire
  readonly behind?: Engine
}

/** What a request for the models writes: the parts of a response that are used are there. */
function asked(path: string, { method = 'GET', wire = 'anthropic', behind = engine }: Asked = {}) {
  const headers: Record<string, unknown> = {}
  let status = 0
  let body: Buffer | undefined
  const res = {
    setHeader: (name: string, value: string) => void (headers[name] = value),
    writeHead(code: number, more: object) {
      status = code
      Object.assign(headers, more)
    },
    end: (written?: Buffer) => void (body = written),
  }
  let refusal: unknown
  try {
    writeModels({ method } as IncomingMessage, res as unknown as ServerResponse, path, wire, behind)
  } catch (error) {
    refusal = error
  }
  return { status, headers, body, refusal, told: body && JSON.parse(body.toString()) }
}

describe('the list of models', () => {
  it('names its ends where Anthropic’s clients turn pages, and has but one page', () => {
    const ends = { has_more: false, first_id: 'auto', last_id: '50%' }
    expect(asked('/v1/models').told).toMatchObject(ends)
    const none = asked('/v1/models', { behind: { ...engine, models: () => [] } })
    expect(none.told).toEqual({ data: [], has_more: false, first_id: null, last_id: null })
    expect(Object.keys(asked('/v1/models', { wire: 'openai-chat' }).told)).toEqual(['object', 'data'])
  })

  it.each(['/v1/models', '/v1/models/auto'])('may be asked for its head alone: %s', (path) => {
    const whole = asked(path)
    const head = asked(path, { method: 'HEAD' })
    expect([head.status, head.headers, head.body]).toEqual([200, whole.headers, undefined])
    expect(head.headers['content-length']).toBe(whole.body?.length)
  })

  it.each(['POST', 'DELETE'])('is not to be changed: %s', (method) => {
    const { refusal, headers } = asked('/v1/models', { method })
    expect(refusal).toMatchObject({ code: 'method-not-allowed' })
    expect(headers).toEqual({ allow: 'GET' })
  })
})

describe('one model', () => {
  it.each([
    ['auto', 'auto'],
    ['fast%2F%C3%A9', 'fast/é'],
    ['fast/é', 'fast/é'],
    ['50%25', '50%'],
    ['50%', '50%'],
  ])('is found by its name as a path writes it: %s', (written, id) => {
    expect(asked(`/v1/models/${written}`).told).toMatchObject({ type: 'model', id })
  })

  it.each(['%', '%E0%A4%A', 'x'.repeat(300)])('that is none is refused by name: %s', (written) => {
    expect(asked(`/v1/models/${written}`).refusal).toMatchObject({
      code: 'unknown-model',
      path: 'model',
      message: expect.stringContaining(`"${written.slice(0, 100)}"`),
    })
  })
})
