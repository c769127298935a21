/** A stream that has begun: nothing is tried again, and what breaks never looks like an end. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import type { SpokenWire as Wire } from '../upstream/upstream.ts'
import type { Behaviour } from '../upstream/upstream.ts'
import { fleetOf, type Gateway, refusalOf, startGateway, upstreamOf, workerOf } from './harness.ts'
import { sayBy, type Turn } from './talk.ts'

const wires = ['anthropic', 'openai-chat'] as const
const pairs = wires.flatMap((sdk) => wires.map((wire) => ({ sdk, wire })))
const turns: readonly Turn[] = [{ by: 'person', text: 'What is there to see?' }]
const pathOf = { anthropic: '/v1/messages', 'openai-chat': '/v1/chat/completions' } as const
const ask = { model: 'auto', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'x' }] }

/** After four events of Anthropic's stream, or two of OpenAI's, the first word is out. */
const begun = { anthropic: 4, 'openai-chat': 2 } as const

async function started(wire: Wire, behaviour: Behaviour): Promise<Gateway> {
  const failing = await upstreamOf({ wire, script: [behaviour] })
  const limits = behaviour.kind === 'stall' ? { idleMs: 150 } : {}
  const sound = await upstreamOf({ wire })
  return startGateway(fleetOf([workerOf(failing, limits)], [workerOf(sound)]))
}

/** Reads with the SDK until it throws; what was said until then comes with it. */
async function heardUntilBroken(gateway: Gateway, sdk: Wire): Promise<{ text: string; error: Error }> {
  let text = ''
  const read = async (): Promise<void> => {
    if (sdk === 'anthropic') {
      const params = { model: 'auto', max_tokens: 9, messages: [{ role: 'user' as const, content: 'x' }] }
      const stream = await gateway.anthropic().messages.create({ ...params, stream: true })
      for await (const event of stream)
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text
    } else {
      const params = { model: 'auto', messages: [{ role: 'user' as const, content: 'x' }] }
      const stream = await gateway.openai().chat.completions.create({ ...params, stream: true })
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    }
  }
  return { error: await refusalOf(read()), text }
}

describe.each(pairs)('a stream from an $wire worker to the $sdk SDK', ({ sdk, wire }) => {
  const afterEvents = begun[wire]
  it.each<readonly [what: string, behaviour: Behaviour, outcome: string]>([
    ['an error event', { kind: 'error-event', afterEvents, type: 'overloaded_error' }, 'worker-overloaded'],
    ['a clean close', { kind: 'truncate', afterEvents }, 'worker-stalled'],
    // A completion whose finish reason has come is whole, though its [DONE] is missing: many servers leave it out.
    [
      'a clean close just before its end',
      { kind: 'truncate', afterEvents: wire === 'anthropic' ? 9 : 5 },
      'worker-stalled',
    ],
    ['a reset', { kind: 'reset', afterEvents }, 'worker-stalled'],
    ['silence', { kind: 'stall', afterEvents }, 'worker-stalled'],
  ])(
    'that breaks off by %s ends in an error, after all that came before',
    async (_what, behaviour, outcome) => {
      const gateway = await started(wire, behaviour)
      const { text, error } = await heardUntilBroken(gateway, sdk)
      expect(text).toMatch(/^Hello/)
      expect(error).toBeInstanceOf(sdk === 'anthropic' ? Anthropic.APIError : OpenAI.APIError)
      expect(error.message).not.toMatch(/127\.0\.0\.1|undefined|\[object/)
      expect(gateway.records).toMatchObject([{ outcome, attempts: [{ worker: 'a-1', outcome }] }])
      expect(gateway.worker('b-1').inFlight).toBe(0)
    },
  )

  it('that breaks off carries no sign of a clean end', async () => {
    const gateway = await started(wire, { kind: 'truncate', afterEvents })
    const reply = await gateway.post(pathOf[sdk], ask, { 'anthropic-version': '2023-06-01' })
    const bytes = await reply.text()
    expect(bytes).toContain('Hello')
    expect(bytes).toMatch(
      sdk === 'anthropic' ? /event: error\ndata: \{.+\}\n\n$/ : /data: \{"error".+\}\n\n$/,
    )
    expect(bytes).not.toMatch(/message_stop|\[DONE\]|"finish_reason":"/)
  })

  it.each([5, 64])('is whole however the worker cuts it (%i bytes)', async (bytes) => {
    const gateway = await started(wire, { kind: 'drip', bytes, everyMs: 0 })
    const said = await sayBy[sdk](gateway, { turns, stream: true })
    expect(said).toMatchObject({ text: 'Hello from the stub.', usage: { output: 6 } })
  })

  it('comes as it is written, not when it is done', async () => {
    const gateway = await started(wire, { kind: 'stall', afterEvents })
    const leave = new AbortController()
    const reply = await fetch(gateway.url + pathOf[sdk], {
      method: 'POST',
      body: JSON.stringify(ask),
      signal: leave.signal,
    })
    const { value } = await (reply.body ?? new ReadableStream()).getReader().read()
    expect(Buffer.from(value ?? []).toString()).toContain('Hello')
    leave.abort()
  })
})
