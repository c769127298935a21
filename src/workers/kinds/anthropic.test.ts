import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realSystem } from '../../core/system.ts'
import type { Worker } from '../../core/worker.ts'
import { startUpstream, type Upstream } from '../../../test/upstream/upstream.ts'
import { anthropicWorker } from './anthropic.ts'
import { describeHttpWorker, type HttpKind, requestOf } from './http-worker.suite.ts'
import { idle, wholeOf } from './worker.suite.ts'

const kind: HttpKind = {
  wire: 'anthropic',
  path: '/v1/messages',
  end: 'data: {"type":"message_stop"}',
  create: (options, system) =>
    anthropicWorker({ kind: 'anthropic', model: 'some-model', ...options }, system),
}

describeHttpWorker('anthropic', kind)

describe('an anthropic worker', () => {
  let upstream: Upstream
  let worker: Worker
  const headersFor = async (
    headers: Readonly<Record<string, string>>,
    credentials?: Readonly<Record<string, string>>,
  ): Promise<unknown> => {
    await worker.call(requestOf(kind, false, { headers, ...(credentials ? { credentials } : {}) }), idle())
    const sent = upstream.requests.at(-1)?.headers
    return { key: sent?.['x-api-key'], bearer: sent?.authorization, version: sent?.['anthropic-version'] }
  }
  const start = (apiKey?: string): Worker =>
    kind.create({ baseUrl: upstream.baseUrl, ...(apiKey === undefined ? {} : { apiKey }) }, realSystem())

  beforeEach(async () => {
    upstream = await startUpstream({ wire: 'anthropic' })
    worker = start()
  })
  afterEach(async () => {
    await worker.close()
    await upstream.close()
  })

  it('sends its own key only', async () => {
    worker = start('own')
    const callers = { 'x-api-key': 'callers', authorization: 'Bearer callers' }
    expect(await headersFor({}, callers)).toEqual({ key: 'own', bearer: undefined, version: '2023-06-01' })
  })

  it('keeps the version that the caller speaks', async () => {
    expect(await headersFor({ 'anthropic-version': '2026-10-21' })).toMatchObject({ version: '2026-10-21' })
  })

  it('passes a caller’s credentials on as they are', async () => {
    const version = { 'anthropic-version': '2023-06-01' }
    expect(await headersFor(version, { 'x-api-key': 'k' })).toMatchObject({ key: 'k', bearer: undefined })
    expect(await headersFor(version, { authorization: 'Bearer t' })).toMatchObject({
      key: undefined,
      bearer: 'Bearer t',
    })
    const both = { 'x-api-key': 'k', authorization: 'Bearer t' }
    expect(await headersFor(version, both)).toMatchObject({ key: 'k', bearer: 'Bearer t' })
    expect(await headersFor(version, {})).toMatchObject({ key: undefined, bearer: undefined })
  })

  it('takes the bearer token of a caller of another protocol for a key', async () => {
    expect(await headersFor({}, { authorization: 'bearer t' })).toMatchObject({ key: 't', bearer: undefined })
    expect(await headersFor({}, { authorization: 'Basic t' })).toMatchObject({
      key: undefined,
      bearer: 'Basic t',
    })
  })

  it('takes what is told of its model up to a mebibyte, and for nothing where it is longer', async () => {
    let listing = ''
    const server = createServer((_request, response) => response.end(listing)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const asked = kind.create({ baseUrl, apiKey: 'own' }, realSystem())
    try {
      for (const [bytes, taken] of [
        [1024 * 1024, true],
        [1024 * 1024 + 1, false],
      ] as const) {
        listing = '['.repeat(bytes)
        expect([bytes, (await asked.listing?.(idle())) !== undefined]).toEqual([bytes, taken])
      }
    } finally {
      await asked.close()
      server.close()
    }
  })

  it('hands a refused key’s reply on as it is', async () => {
    await upstream.close()
    upstream = await startUpstream({ wire: 'anthropic', key: 'right' })
    worker = start('wrong')
    const reply = await worker.call(requestOf(kind, true), idle())
    expect(reply.status).toBe(401)
    expect(JSON.parse(wholeOf(reply))).toMatchObject({ error: { type: 'authentication_error' } })
  })
})
