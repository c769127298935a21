/**
 * The libraries that applications use, each in front of each kind of worker: the same scenarios for all pairings, on a
 * stub that refuses what the real APIs refuse.
 */
import { describe, expect, it } from 'vitest'
import { type Behaviour, type RecordedRequest, type Upstream } from '../upstream/upstream.ts'
import type { Asked, Client, Said } from './client.ts'
import { aiSdkAnthropic, aiSdkChat, aiSdkResponses } from './client-ai-sdk.ts'
import { anthropicSdk } from './client-anthropic-sdk.ts'
import { langchainAnthropic, langchainChat, langchainResponses } from './client-langchain.ts'
import { openaiSdkChat, openaiSdkResponses } from './client-openai-sdk.ts'
import { eventually, type Gateway, refusalOf, startGateway, upstreamOf, workerOf } from './harness.ts'

const clients: readonly Client[] = [
  anthropicSdk,
  aiSdkAnthropic,
  langchainAnthropic,
  openaiSdkChat,
  aiSdkChat,
  langchainChat,
  openaiSdkResponses,
  aiSdkResponses,
  langchainResponses,
]

interface Behind {
  readonly worker: string
  readonly wire: 'anthropic' | 'openai-chat'
  readonly model: string
  readonly dialect?: 'compatible' | 'openai'
  readonly path: string
}

const workers: readonly Behind[] = [
  { worker: 'Claude', wire: 'anthropic', model: 'claude-sonnet-5-5', path: '/v1/messages' },
  {
    worker: 'a compatible server',
    wire: 'openai-chat',
    model: 'some-model',
    dialect: 'compatible',
    path: '/v1/chat/completions',
  },
  { worker: 'GPT', wire: 'openai-chat', model: 'gpt-6.2-sol', dialect: 'openai', path: '/v1/responses' },
]

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const look = (at: string): string => `clouds over ${at}`
const listen = (at: string): string => `birds in ${at}`
const text = 'What is there to see?'

/** Each step's calls, then the last word. */
function steps(
  ...calls: readonly (readonly { readonly name: string; readonly at: string }[])[]
): Behaviour[] {
  const called = calls.map(
    (step, index): Behaviour => ({
      kind: 'answer',
      thinking: `Step ${index + 1}.`,
      tools: step.map(({ name, at }) => ({ name, input: { at } })),
    }),
  )
  return [...called, { kind: 'answer', text: 'That is all: “七 clouds”.' }]
}

const pairings = clients.flatMap((client) => workers.map((behind) => ({ client, behind })))
const modes = [{ stream: false }, { stream: true }]

describe.each(pairings.map((pairing) => ({ ...pairing, name: pairing.client.name, ...pairing.behind })))(
  '$name in front of $worker',
  ({ client, behind }) => {
    describe.each(modes)('stream $stream', ({ stream }) => {
      let upstream: Upstream
      let gateway: Gateway

      async function start(...script: readonly Behaviour[]): Promise<void> {
        upstream = await upstreamOf({ wire: behind.wire, script })
        const { model, dialect } = behind
        gateway = await startGateway({
          pools: { main: { workers: [{ ...workerOf(upstream, { model }), ...(dialect && { dialect }) }] } },
          routes: { tactical: ['main'] },
        })
      }
      const ask = (more: Partial<Asked> = {}): Promise<Said> =>
        client.ask({ url: gateway.url, text, stream, ...more })
      /** What the upstream got; none of it may be refused, or lose what the model thought. */
      function heard(): readonly RecordedRequest[] {
        const wrong = upstream.requests.flatMap(({ refusal, reasoningLost }) =>
          refusal === undefined ? reasoningLost : [refusal],
        )
        expect(wrong).toEqual([])
        return upstream.requests
      }

      it('carries a question and its answer', async () => {
        await start({ kind: 'answer', text: 'A hill, “a river” and\n\n七 clouds 🌥.' })
        expect(await ask()).toEqual({ text: 'A hill, “a river” and\n\n七 clouds 🌥.', calls: [] })
        expect(heard()).toHaveLength(1)
        expect(heard()[0]?.bytes.toString()).toContain('You are a guide.')
      })

      it('carries a call of a tool and its result', async () => {
        await start(...steps([{ name: 'look', at: 'the "sky"' }]))
        const said = await ask({ tools: { look } })
        expect(said).toEqual({
          text: 'That is all: “七 clouds”.',
          calls: [{ name: 'look', at: 'the "sky"' }],
        })
        expect(heard().map(({ path }) => path)).toEqual([behind.path, behind.path])
        expect(heard()[1]?.bytes.toString()).toContain('clouds over the \\"sky\\"')
      })

      it('carries calls that come together', async () => {
        const calls = [
          { name: 'look', at: 'the sky' },
          { name: 'listen', at: 'the wood' },
          { name: 'look', at: 'the sea' },
        ]
        await start(...steps(calls))
        expect((await ask({ tools: { look, listen } })).calls).toEqual(calls)
        const sent = heard()[1]?.bytes.toString()
        for (const result of ['clouds over the sky', 'birds in the wood', 'clouds over the sea'])
          expect(sent).toContain(result)
      })

      it('carries a loop of three steps', async () => {
        const calls = ['the sky', 'the wood', 'the sea'].map((at) => ({ name: 'look', at }))
        await start(...steps(...calls.map((call) => [call])))
        expect(await ask({ tools: { look } })).toEqual({ text: 'That is all: “七 clouds”.', calls })
        expect(heard()).toHaveLength(4)
        // What it thought goes back to the model that thought it, where both ends have a place for it.
        const last = heard()[3]?.bytes.toString()
        if (client.path === '/v1/messages' && behind.worker === 'Claude')
          expect(last).toContain('"signature":"stub')
        if (client.path === '/v1/responses' && behind.worker === 'GPT')
          expect(last).toContain('"encrypted_content":"')
      })

      it('carries a schema for the answer', async () => {
        await start({ kind: 'answer', text: '{"word":"heron"}' })
        const said = await ask({ structured: true })
        expect(JSON.parse(said.text)).toEqual({ word: 'heron' })
        expect(heard()[0]?.bytes.toString()).toMatch(/"(format|response_format)":\{"type":"json_schema"/)
      })

      it('carries an image', async () => {
        await start({ kind: 'answer', text: 'A pixel.' })
        expect((await ask({ image: PIXEL })).text).toBe('A pixel.')
        expect(heard()[0]?.bytes.toString()).toContain(PIXEL)
      })

      it.each([
        { status: 400, seen: 400 },
        { status: 429, seen: 429 },
        { status: behind.wire === 'anthropic' ? 529 : 503, seen: 503 },
      ])('is told of a $status as an error', async ({ status, seen }) => {
        const failing = { kind: 'error', status, headers: { 'retry-after-ms': '1' } } as const
        await start(...Array.from({ length: 8 }, (): Behaviour => failing))
        expect(client.statusOf(await refusalOf(ask()))).toBe(seen)
      })

      it('that goes away stops the worker and frees its slot', async () => {
        await start({ kind: 'stall', ...(stream && { afterEvents: 4 }) })
        const leave = new AbortController()
        const said = Promise.allSettled([ask({ signal: leave.signal })])
        await upstream.until(() => upstream.requests.length === 1)
        leave.abort()
        expect((await said)[0].status).toBe('rejected')
        await upstream.until(() => upstream.aborted === 1)
        await eventually(() => expect(gateway.worker('main-1').inFlight).toBe(0))
        expect(gateway.records[0]?.outcome).toBe('cancelled')
      })

      it('hears of an answer that breaks off, never a clean end', async () => {
        const broken = { kind: 'truncate', ...(stream && { afterEvents: 5 }) } as const
        await start(...Array.from({ length: 8 }, (): Behaviour => broken))
        expect(await refusalOf(ask())).toBeInstanceOf(Error)
        expect(gateway.records[0]?.outcome).toBe(stream ? 'worker-stalled' : 'worker-protocol')
      })
    })
  },
)
