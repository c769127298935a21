import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import type { WireReply } from '../core/worker.ts'
import { streamBytes } from './anthropic-bytes.ts'
import { type FakeStep, fakeWorker, virtualClock } from './index.ts'

const clock = virtualClock()
const request = (stream: boolean) => ({
  path: '/v1/messages',
  headers: {},
  body: [Buffer.from('{}')],
  stream,
})
const never = new AbortController().signal

function act(step: FakeStep, stream = false, signal = never): Promise<WireReply> {
  return fakeWorker({ clock, script: [step] }).call(request(stream), signal)
}

function parsed(reply: WireReply): Record<string, unknown> {
  if (!Buffer.isBuffer(reply.body)) throw new Error('a stream')
  return JSON.parse(reply.body.toString()) as Record<string, unknown>
}

/** The events of a stream by type, and how it ended. */
async function play(reply: WireReply): Promise<{ types: string[]; end: unknown }> {
  const types: string[] = []
  try {
    for await (const chunk of reply.body as AsyncIterable<Buffer>)
      types.push(/^event: (\w+)\n/.exec(chunk.toString())?.[1] ?? '')
  } catch (error) {
    return { types, end: SignalboxError.is(error) ? error.code : error }
  }
  return { types, end: 'closed' }
}

describe('fakeWorker', () => {
  it('takes one step a request, keeps to the last one, and remembers what it was asked', async () => {
    const worker = fakeWorker({
      clock,
      script: [
        { kind: 'status', status: 529 },
        { kind: 'answer', text: 'hello' },
      ],
    })
    const statuses: number[] = []
    for (let call = 0; call < 3; call++) statuses.push((await worker.call(request(false), never)).status)
    expect(statuses).toEqual([529, 200, 200])
    expect(worker.calls).toHaveLength(3)
  })

  it('answers with a message of the protocol when its time has come', async () => {
    let reply: WireReply | undefined
    void act({ kind: 'answer', text: 'hello', afterMs: 100, outputTokens: 7 }).then((came) => {
      reply = came
    })
    await clock.advanceAsync(99)
    expect(reply).toBeUndefined()
    await clock.advanceAsync(1)
    expect(parsed(reply as unknown as WireReply)).toMatchObject({
      type: 'message',
      model: 'claude-opus-5-5',
      content: [{ type: 'text', text: 'hello' }],
      usage: { output_tokens: 7 },
    })
  })

  it('streams the events of the protocol, one word at a time', async () => {
    const { types, end } = await play(await act({ kind: 'answer', text: 'one two' }, true))
    expect(types).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    expect(end).toBe('closed')
  })

  it('streams exactly the text, however it is spaced', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const events = streamBytes({ id: 'm', model: 'x', text, inputTokens: 1, outputTokens: 1 })
        const said = events.map((event) => {
          const data = JSON.parse(event.toString().split('\n')[1]?.slice('data: '.length) ?? '') as {
            delta?: { text?: string }
          }
          return data.delta?.text ?? ''
        })
        expect(said.join('')).toBe(text)
      }),
    )
  })

  it('says which limit was reached, and when to come back', async () => {
    const reply = await act({ kind: 'rate-limited', retryAfterS: 20 })
    expect(reply).toMatchObject({ status: 429, headers: { 'retry-after': '20' } })
    expect(parsed(reply)).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } })
  })

  it('replies with any status and body', async () => {
    const reply = await act({ kind: 'status', status: 502, body: '<html>', headers: { via: 'proxy' } })
    expect(reply).toMatchObject({ status: 502, headers: { via: 'proxy' }, body: Buffer.from('<html>') })
  })

  it('rejects with the code that it is told', async () => {
    await expect(act({ kind: 'reject', code: 'worker-timeout' })).rejects.toMatchObject({
      code: 'worker-timeout',
    })
  })

  it('stalls until it is aborted, and gives the reason of the abort', async () => {
    for (const step of [
      { kind: 'stall' },
      { kind: 'answer', text: 'late', afterMs: 1e6 },
      { kind: 'break', text: 'x', events: 0, how: 'stall' },
    ] as const) {
      const abort = new AbortController()
      const call = act(step, false, abort.signal)
      abort.abort('gone')
      await expect(call).rejects.toBe('gone')
    }
    expect(clock.pendingTimers).toBe(0)
  })

  it('breaks a stream after so many events, in each of three ways', async () => {
    const step = { kind: 'break', text: 'one two three', events: 3 } as const
    const seen = ['message_start', 'content_block_start', 'content_block_delta']
    expect(await play(await act({ ...step, how: 'reset' }, true))).toEqual({
      types: seen,
      end: 'worker-failed',
    })
    expect(await play(await act({ ...step, how: 'end' }, true))).toEqual({ types: seen, end: 'closed' })
    const abort = new AbortController()
    const stalled = play(await act({ ...step, how: 'stall' }, true, abort.signal))
    await clock.advanceAsync(1e6)
    abort.abort('gone')
    expect(await stalled).toEqual({ types: seen, end: 'gone' })
  })

  it('breaks before the body where no stream was asked for', async () => {
    const step = { kind: 'break', text: 'one', events: 3 } as const
    await expect(act({ ...step, how: 'reset' })).rejects.toMatchObject({ code: 'worker-failed' })
    const cut = await act({ ...step, how: 'end' })
    expect(() => parsed(cut)).toThrow(SyntaxError)
  })

  it('is found alive by a probe until a test says otherwise', async () => {
    const worker = fakeWorker({ clock, script: [{ kind: 'stall' }] })
    expect(await worker.probe(never)).toBe(true)
    worker.alive = false
    expect(await worker.probe(never)).toBe(false)
    await worker.close()
    expect(worker.closed).toBe(true)
  })
})
