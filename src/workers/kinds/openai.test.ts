import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { realSystem } from '../../core/system.ts'
import type { Worker } from '../../core/worker.ts'
import { startUpstream, type Upstream } from '../../../test/upstream/upstream.ts'
import { describeHttpWorker, type HttpKind, requestOf } from './http-worker.suite.ts'
import { openaiWorker } from './openai.ts'
import { idle } from './worker.suite.ts'

const kind: HttpKind = {
  wire: 'openai-chat',
  path: '/chat/completions',
  end: 'data: [DONE]',
  create: (options, system) => openaiWorker({ kind: 'openai', model: 'some-model', ...options }, system),
}

describeHttpWorker('openai', kind)

describe('an openai worker', () => {
  let upstream: Upstream
  let worker: Worker
  const sent = async (credentials: Readonly<Record<string, string>>): Promise<unknown> => {
    await worker.call(requestOf(kind, false, { credentials }), idle())
    const headers = upstream.requests.at(-1)?.headers
    return { key: headers?.['x-api-key'], bearer: headers?.authorization }
  }

  beforeEach(async () => {
    upstream = await startUpstream({ wire: 'openai-chat' })
    worker = kind.create({ baseUrl: upstream.baseUrl }, realSystem())
  })
  afterEach(async () => {
    await worker.close()
    await upstream.close()
  })

  it('sends its own key only', async () => {
    worker = kind.create({ baseUrl: upstream.baseUrl, apiKey: 'own' }, realSystem())
    expect(await sent({ authorization: 'Bearer callers' })).toEqual({ key: undefined, bearer: 'Bearer own' })
  })

  it('passes a caller’s key on under the name that it reads', async () => {
    expect(await sent({ authorization: 'Bearer t' })).toEqual({ key: undefined, bearer: 'Bearer t' })
    expect(await sent({ 'x-api-key': 'k' })).toEqual({ key: undefined, bearer: 'Bearer k' })
    expect(await sent({})).toEqual({ key: undefined, bearer: undefined })
  })

  it('shows its key in the probe too, and no caller’s', async () => {
    const shown: unknown[] = []
    const server = createServer((req, res) => {
      shown.push(req.headers.authorization)
      res.end()
    })
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    for (const key of [{ apiKey: 'own' }, {}]) {
      const probed = kind.create({ baseUrl, ...key }, realSystem())
      expect(await probed.probe(idle())).toBe(true)
      await probed.close()
    }
    expect(shown).toEqual(['Bearer own', undefined])
  })

  it('does not claim a version of another protocol', async () => {
    await worker.call(requestOf(kind, false), idle())
    expect(upstream.requests.at(-1)?.headers['anthropic-version']).toBeUndefined()
  })
})
