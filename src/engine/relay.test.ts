import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { failed, type Outcome } from '../core/outcome.ts'
import { anthropicProtocol } from '../wire/anthropic/protocol.ts'
import { createSseReader, writeEvent } from '../wire/sse.ts'
import { StreamRelay } from './relay.ts'

const delta = writeEvent(
  'content_block_delta',
  '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}',
)
const stop = writeEvent('message_stop', '{"type":"message_stop"}')
const overloaded = writeEvent('error', '{"type":"error","error":{"type":"overloaded_error","message":"m"}}')

interface Scene {
  readonly relay: StreamRelay
  readonly outcomes: Outcome[]
  readonly abort: AbortController
  /** The source was told that nobody reads on. */
  readonly returned: () => boolean
}

interface Turns {
  /** After so many events the client has all that it wants, or nothing more can be carried over. */
  readonly overAfter?: number
  readonly lostAfter?: number
}

function scene(chunks: readonly (Buffer | Error | 'hang')[], turns: Turns = {}): Scene {
  const { overAfter = Number.POSITIVE_INFINITY, lostAfter = Number.POSITIVE_INFINITY } = turns
  let returned = false
  let position = 0
  let converted = 0
  let release: (() => void) | undefined
  const source: AsyncIterator<Buffer> = {
    async next() {
      const chunk = chunks[position++]
      if (chunk instanceof Error) throw chunk
      if (chunk === 'hang')
        await new Promise<void>((resolve) => {
          release = resolve
        })
      return Buffer.isBuffer(chunk) ? { done: false, value: chunk } : { done: true, value: undefined }
    },
    async return() {
      returned = true
      release?.()
      return { done: true, value: undefined }
    },
  }
  const abort = new AbortController()
  const outcomes: Outcome[] = []
  const observer = anthropicProtocol.observe()
  const relay = new StreamRelay({
    source,
    reader: createSseReader(),
    observer,
    convert(event) {
      converted++
      return event.raw
    },
    over: () => converted >= overAfter,
    failure: () =>
      converted >= lostAfter ? failed('worker-protocol', 'no word for it', 'worker') : undefined,
    end: () => Buffer.from('owed'),
    head: Buffer.from('head'),
    scrub: (text) => text.replaceAll('sk-canary', '***'),
    signal: abort.signal,
  })
  relay.attach(
    (outcome) => outcomes.push(outcome),
    (error) => Buffer.from(`error:${error.code}`),
  )
  return { relay, outcomes, abort, returned: () => returned }
}

async function read(relay: StreamRelay): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of relay) parts.push(part)
  return Buffer.concat(parts).toString()
}

describe('StreamRelay', () => {
  it('gives the held head first, then every event, then what is owed, and is told ok once', async () => {
    const { relay, outcomes } = scene([delta, stop])
    expect(await read(relay)).toBe(`head${delta.toString()}${stop.toString()}owed`)
    expect(outcomes).toEqual([{ kind: 'ok' }])
  })

  it('ends a stream that was cut off with an error event, and calls it a failure of the worker', async () => {
    const { relay, outcomes } = scene([delta])
    expect(await read(relay)).toBe(`head${delta.toString()}error:worker-stalled`)
    expect(outcomes).toMatchObject([{ kind: 'failed', code: 'worker-stalled', blame: 'worker' }])
  })

  it('passes the worker’s own error event on, adds none, and reads no further', async () => {
    const { relay, outcomes, returned } = scene([delta, overloaded, 'hang'])
    expect(await read(relay)).toBe(`head${delta.toString()}${overloaded.toString()}`)
    expect(outcomes).toMatchObject([{ kind: 'failed', code: 'worker-overloaded' }])
    expect(returned()).toBe(true)
  })

  it('takes the worker’s key out of its error event', async () => {
    const refused = writeEvent(
      'error',
      '{"type":"error","error":{"type":"api_error","message":"bad sk-canary"}}',
    )
    const { relay } = scene([delta, refused])
    expect(await read(relay)).toBe(`head${delta.toString()}${refused.toString().replace('sk-canary', '***')}`)
  })

  it('puts an error event of its own in the place of nonsense, and passes nothing that follows', async () => {
    const nonsense = Buffer.from('data: {"cut":\n\n')
    const { relay, outcomes } = scene([Buffer.concat([delta, nonsense, delta])])
    expect(await read(relay)).toBe(`head${delta.toString()}error:worker-protocol`)
    expect(outcomes).toMatchObject([{ kind: 'failed', code: 'worker-protocol' }])
  })

  it('drops an event that was cut in the middle', async () => {
    const { relay, outcomes } = scene([delta, stop.subarray(0, -6)])
    expect(await read(relay)).toBe(`head${delta.toString()}error:worker-stalled`)
    expect(outcomes).toMatchObject([{ kind: 'failed', code: 'worker-stalled' }])
  })

  it('gives a last event the blank line that it lacks', async () => {
    const { relay, outcomes } = scene([delta, stop.subarray(0, -2)])
    expect(await read(relay)).toBe(`head${delta.toString()}${stop.toString()}owed`)
    expect(outcomes).toEqual([{ kind: 'ok' }])
  })

  it('tells a source that broke as an error event', async () => {
    const { relay, outcomes } = scene([delta, new SignalboxError('worker-stalled', 'reset')])
    expect(await read(relay)).toBe(`head${delta.toString()}error:worker-stalled`)
    expect(outcomes).toMatchObject([{ kind: 'failed', code: 'worker-stalled' }])
  })

  it('ends well, and stops its source, when the client has all that it asked for', async () => {
    const { relay, outcomes, returned } = scene([delta, 'hang'], { overAfter: 1 })
    expect(await read(relay)).toBe(`head${delta.toString()}owed`)
    expect(outcomes).toEqual([{ kind: 'ok' }])
    expect(returned()).toBe(true)
  })

  it('is a failure of the worker, and told once, where the answer cannot be carried over', async () => {
    const { relay, outcomes, returned } = scene([delta, 'hang'], { lostAfter: 1 })
    expect(await read(relay)).toBe(`head${delta.toString()}`)
    expect(outcomes).toMatchObject([{ kind: 'failed', code: 'worker-protocol', blame: 'worker' }])
    expect(returned()).toBe(true)
  })

  it('is cancelled, and stops its source, when the client goes away before it has read anything', async () => {
    const { relay, outcomes, returned } = scene([delta, stop])
    await relay.return()
    expect(outcomes).toEqual([{ kind: 'cancelled' }])
    expect(returned()).toBe(true)
  })

  it('ends with the reason as an error event when its deadline passes while the worker is silent', async () => {
    const { relay, outcomes, abort, returned } = scene([delta, 'hang'])
    const reading = read(relay)
    await new Promise((resolve) => setImmediate(resolve))
    abort.abort(new SignalboxError('deadline-exceeded', 'too late'))
    expect(await reading).toBe(`head${delta.toString()}error:deadline-exceeded`)
    expect(outcomes).toEqual([{ kind: 'cancelled' }])
    expect(returned()).toBe(true)
  })
})
