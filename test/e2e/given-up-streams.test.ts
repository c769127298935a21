/** What the vendor bills of a stream that never came to its own figures. */
import { describe, expect, it } from 'vitest'
import { eventually, fleetOf, startGateway, upstreamOf, workerOf } from './harness.ts'

const messages = [{ role: 'user', content: 'Tell me a very long story. '.repeat(40) }]
const asks = [
  ['anthropic', '/v1/messages', { max_tokens: 100, messages }, 4],
  ['openai-chat', '/v1/chat/completions', { messages }, 3],
  ['openai-responses', '/v1/responses', { input: messages }, 6],
] as const

describe.each(asks)('a stream of %s that is given up after content', (wire, path, body, afterEvents) => {
  const ask = { ...body, model: 'auto', stream: true }

  it.each(['truncate', 'stall'] as const)(
    'costs what was seen of it, when it comes to a %s',
    async (kind) => {
      const behaviour = { kind, afterEvents }
      const upstream = await upstreamOf({ wire, script: () => behaviour })
      const gateway = await startGateway({ ...fleetOf([workerOf(upstream)]), retry: { maxAttempts: 1 } })
      const gone = new AbortController()
      const reply = await fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ask),
        signal: gone.signal,
      })
      expect(reply.status).toBe(200)
      if (kind === 'truncate') await reply.text()
      else gone.abort()
      const [record] = await eventually(() => {
        expect(gateway.records).toHaveLength(1)
        return gateway.records
      })
      expect(record?.outcome).toBe(kind === 'truncate' ? 'worker-stalled' : 'cancelled')
      expect(record?.usage.outputTokens).toBeGreaterThan(0)
      expect(record?.usage.inputTokens).toBeGreaterThan(wire === 'anthropic' ? 0 : 200)
      expect(record?.costUsd).toBeGreaterThan(0)
    },
  )
})
