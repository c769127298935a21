import { describe, expect, it } from 'vitest'
import { anthropicApi } from '../../test/upstream/anthropic-api.ts'
import { openaiChatApi } from '../../test/upstream/openai-chat-api.ts'
import { openaiResponsesApi } from '../../test/upstream/openai-responses-api.ts'
import type { WireReply } from '../core/worker.ts'
import { wires } from '../core/wire.ts'
import { protocols } from '../wire/catalog.ts'
import type { Protocol, ReplyFacts } from '../wire/protocol.ts'
import { createSseReader } from '../wire/sse.ts'
import { type Attempted, attempt } from './attempt.ts'
import type { Exchange } from './exchange.ts'

const apis = {
  anthropic: anthropicApi,
  'openai-chat': openaiChatApi,
  'openai-responses': openaiResponsesApi(),
}
const KEY = 'sk-canary'

/** Bytes pass, as they do between a client and a worker of one protocol. */
function passed(protocol: Protocol, stream: boolean): Exchange {
  return {
    request: { path: protocol.path, headers: {}, body: [], stream },
    losses: [],
    protocol,
    changed: false,
    reply: (body) => body,
    event: (event) => protocol.renameEvent(event, 'asked'),
    over: () => false,
    failure: () => undefined,
    end: () => Buffer.alloc(0),
    headers: (reply) => reply.headers,
    error: (_failure, reply) => reply,
  }
}

async function* pieces(...bytes: readonly Buffer[]): AsyncGenerator<Buffer, undefined> {
  yield* bytes
}

function answered(protocol: Protocol, body: WireReply['body']): Promise<Attempted> {
  const reply: WireReply = {
    status: 200,
    headers: {},
    body,
    scrub: (text) => text.replaceAll(KEY, '***'),
  }
  const exchange = passed(protocol, !Buffer.isBuffer(body))
  return attempt(exchange, () => Promise.resolve(reply), new AbortController().signal)
}

/** What the client reads, and how the stream ended; undefined where it was never begun. */
async function relayed(protocol: Protocol, ...bytes: readonly Buffer[]) {
  const attempted = await answered(protocol, pieces(...bytes))
  if (attempted.kind !== 'stream') return undefined
  let ended = ''
  attempted.relay.attach(
    (outcome) => (ended = outcome.kind === 'failed' ? outcome.code : outcome.kind),
    (error) => protocol.errorEvent(error, 'trace'),
  )
  const parts: Buffer[] = []
  for await (const part of attempted.relay) parts.push(part)
  return { client: Buffer.concat(parts), ended }
}

function phaseAfter(protocol: Protocol, bytes: Buffer): string {
  const observer = protocol.observe()
  for (const event of createSseReader().push(bytes)) observer.see(event)
  return observer.phase
}

describe.each(wires)('a stream of %s', (wire) => {
  const protocol = protocols[wire]
  const events = apis[wire].events(
    { text: 'one twö three', tools: [{ name: 'look', input: { a: 'é' } }] },
    { model: 'm', stream: true, tools: [{ type: 'function', name: 'look' }] },
  )
  const whole = Buffer.from(events.join(''))

  it('that is cut at any byte ends in its own end or an error event, each event whole', async () => {
    let begun = 0
    for (let cut = 0; cut <= whole.length; cut++) {
      const told = await relayed(protocol, whole.subarray(0, cut >> 1), whole.subarray(cut >> 1, cut))
      if (!told) continue
      begun++
      const { client, ended } = told
      expect(client.subarray(-2).toString()).toBe('\n\n')
      const phase = phaseAfter(protocol, client)
      expect([cut, phase, ended]).toEqual([
        cut,
        ...(phase === 'ended' ? ['ended', 'ok'] : ['failed', 'worker-stalled']),
      ])
    }
    expect(begun).toBeGreaterThan(whole.length / 3)
  })

  it('passes byte for byte where it is whole, whatever lies between its events', async () => {
    const spaced = Buffer.from(events.map((event) => `: ping\n\n${event}`).join(''))
    const expected = events.map((event) => `: ping\n\n${event.replaceAll('"model":"m"', '"model":"asked"')}`)
    expect((await relayed(protocol, spaced))?.client.toString()).toBe(expected.join(''))
  })

  it('that is given up is billed by what was written, one that ends by its own figures', async () => {
    const text = 'words and words ✓ '.repeat(200)
    const usage = { input: 70, output: 9 }
    const answer = apis[wire].events(
      { text, usage },
      { model: 'm', stream: true, stream_options: { include_usage: true } },
    )
    const told = protocol.observe()
    let half: ReplyFacts['usage'] | undefined
    let seen = 0
    for (const event of createSseReader().push(Buffer.from(answer.join('')))) {
      told.see(event)
      seen += event.data.split('words').length - 1
      if (seen >= 200) half ??= told.facts.usage
    }
    expect(half?.estimated).toBe(true)
    const expected = text.length / 2 / 4
    expect(half?.outputTokens).toBeGreaterThan(0.7 * expected)
    expect(half?.outputTokens).toBeLessThan(1.5 * expected)
    expect(told.facts.usage).toMatchObject({ inputTokens: 70, outputTokens: 9 })
    expect(told.facts.usage).not.toHaveProperty('estimated')
  })

  it('tells nobody the worker’s key, in whatever error it comes', async () => {
    const nested = JSON.stringify({ error: { type: 'invalid_request_error', message: `no key ${KEY}` } })
    const errors = [apis[wire].errorEvent(`no key ${KEY}`), `event: error\ndata: ${nested}\n\n`]
    for (const error of errors.map((text) => Buffer.from(text))) {
      const soFar = Buffer.from(events.slice(0, -4).join(''))
      const told = await relayed(protocol, soFar, error)
      expect(told?.ended).not.toBe('ok')
      expect(told?.client.toString()).toContain('no key ***')
      expect(told?.client.toString()).not.toContain(KEY)
      const refusals = [
        await answered(protocol, pieces(error)),
        await answered(protocol, Buffer.from(nested)),
      ]
      for (const refusal of refusals) {
        expect(refusal.kind).toBe('failed')
        expect(JSON.stringify(refusal)).not.toContain(KEY)
      }
    }
  })
})
