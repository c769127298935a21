import { describe, expect, it } from 'vitest'
import { type ErrorCode, errorTable, SignalboxError } from '../core/errors.ts'
import type { Protocol, StreamObserver } from './protocol.ts'
import { createSseReader, type SseEvent } from './sse.ts'

/** What a protocol's own test must bring, for what every protocol promises. */
export interface ProtocolSamples {
  /** A whole reply of model `real-model` that ended with `stopReason`. */
  readonly reply: string
  readonly stopReason: string
  /** What a later request may call it by, where replies are kept. */
  readonly id?: string
  /** Bodies that are no reply, each an HTTP 200 of some server. */
  readonly noReplies: readonly string[]
  /** A whole streamed reply of `real-model`: events up to the first content, then the rest. */
  readonly head: readonly string[]
  readonly rest: readonly string[]
  /** An error in place of an event. */
  readonly errorEvents: readonly string[]
}

export function observed(protocol: Protocol, stream: string): StreamObserver {
  const observer = protocol.observe()
  for (const event of eventsOf(stream)) observer.see(event)
  return observer
}

export function eventsOf(stream: string): readonly SseEvent[] {
  const reader = createSseReader()
  return [...reader.push(Buffer.from(stream)), ...reader.end()]
}

export function describeProtocol(name: string, protocol: Protocol, samples: ProtocolSamples): void {
  describe(`${name}, as a protocol`, () => {
    describeReplies(protocol, samples)
    describeStreams(protocol, samples)
    describeErrors(protocol)
  })
}

function describeReplies(protocol: Protocol, samples: ProtocolSamples): void {
  it('tells model, usage and stop reason of a whole reply', () => {
    expect(protocol.readReply(Buffer.from(samples.reply))).toEqual({
      ...(samples.id !== undefined && { id: samples.id }),
      model: 'real-model',
      stopReason: samples.stopReason,
      usage: expect.objectContaining({
        inputTokens: 70,
        outputTokens: 9,
        cacheReadTokens: 20,
        cacheWriteTokens: 10,
      }),
    })
  })

  it('takes no other body for a reply', () => {
    const others = ['', '<html>', '[]', '{}', 'null', '"x"', `${samples.reply}x`, samples.reply.slice(0, -1)]
    for (const body of [...others, ...samples.noReplies]) {
      expect(protocol.readReply(Buffer.from(body))).toBeUndefined()
    }
  })

  it('takes usage that is missing or mad as nothing, and says that it is estimated', () => {
    for (const figure of ['-1', '1e300', '"7"', 'null', '1e999']) {
      const body = samples.reply.replace(/(put_tokens|mpt_tokens|tion_tokens)"( ?: ?)\d+/g, `$1"$2${figure}`)
      const usage = protocol.readReply(Buffer.from(body))?.usage
      expect(usage).toMatchObject({ outputTokens: 0, estimated: true })
      expect(usage?.inputTokens).toBe(0)
    }
    const without = JSON.stringify({ ...JSON.parse(samples.reply), usage: undefined })
    expect(protocol.readReply(Buffer.from(without))?.usage).toEqual({
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      estimated: true,
    })
  })

  it('renames a reply, every other byte as it was', () => {
    const renamed = protocol.renameReply(Buffer.from(samples.reply), 'asked "name"')
    expect(renamed.toString()).toBe(samples.reply.replace('"real-model"', '"asked \\"name\\""'))
  })

  it('leaves a body alone that has no name to replace', () => {
    for (const body of ['', '<html>', '{"id":"x"}', '{"a":', '[{"model":"x"}]', '{"x":{"model":"y"}}']) {
      expect(protocol.renameReply(Buffer.from(body), 'asked').toString()).toBe(body)
    }
  })
}

function describeStreams(protocol: Protocol, samples: ProtocolSamples): void {
  const { head, rest } = samples
  const whole = [...head, ...rest].join('')

  it('is in the head until the first content, then in the content, then ended', () => {
    const observer = protocol.observe()
    for (const event of eventsOf(head.join(''))) {
      observer.see(event)
      expect(observer.phase).toBe('head')
    }
    const phases = eventsOf(rest.join('')).map((event) => {
      observer.see(event)
      return observer.phase
    })
    expect(phases[0]).toBe('content')
    expect(phases.at(-1)).toBe('ended')
    expect(phases).not.toContain('head')
    expect(observer.failure).toBeUndefined()
  })

  it('tells the same facts of a streamed reply', () => {
    expect(observed(protocol, whole).facts).toEqual(protocol.readReply(Buffer.from(samples.reply)))
  })

  it('estimates the output of a stream that is cut before it tells its usage, by the text alone', () => {
    const told = Array.from({ length: 100 }, () => rest[0]).join('')
    const { usage } = observed(protocol, head.join('') + told).facts
    expect(usage.estimated).toBe(true)
    expect(usage.outputTokens).toBeGreaterThanOrEqual(25)
    expect(usage.outputTokens).toBeLessThan(200)
  })

  it('does not end when the stream is cut anywhere before its end', () => {
    const parts = [...head, ...rest]
    const endAt = parts.findIndex(
      (_, index) => observed(protocol, parts.slice(0, index + 1).join('')).phase === 'ended',
    )
    for (let count = 0; count < endAt; count++) {
      expect(['head', 'content']).toContain(observed(protocol, parts.slice(0, count).join('')).phase)
    }
  })

  it('does not mind comments and pings', () => {
    const stream = [...head, ...rest].join(`: keep-alive\n\n${protocol.ping}`)
    expect(observed(protocol, stream)).toMatchObject({
      phase: 'ended',
      facts: observed(protocol, whole).facts,
    })
    expect(observed(protocol, `${protocol.ping}: x\n\n`).phase).toBe('head')
  })

  it('fails at an error in the stream, and stays failed whatever follows', () => {
    for (const event of samples.errorEvents) {
      expect(observed(protocol, head.join('') + event)).toMatchObject({ phase: 'failed' })
      const observer = observed(protocol, head.join('') + event + rest.join(''))
      expect(observer).toMatchObject({ phase: 'failed', failure: { kind: 'failed' } })
    }
  })

  it('fails at data that is no JSON object', () => {
    for (const data of ['{"cut":', '<html>', '7', 'null']) {
      expect(observed(protocol, `data: ${data}\n\n`)).toMatchObject({
        phase: 'failed',
        failure: { code: 'worker-protocol', blame: 'worker' },
      })
    }
  })

  it('renames events, every other byte as it was', () => {
    const renamed = eventsOf(whole).map((event) => protocol.renameEvent(event, 'asked'))
    expect(Buffer.concat(renamed).toString()).toBe(whole.replaceAll('"real-model"', '"asked"'))
  })

  it('leaves events alone that name no model', () => {
    const events = [
      ': note\n\n',
      '\n',
      'data: [DONE]\n\n',
      'data: {"a":\n\n',
      'event: error\ndata: {"type":"error"}\n\n',
    ]
    for (const raw of events) {
      for (const event of eventsOf(raw)) expect(protocol.renameEvent(event, 'asked').toString()).toBe(raw)
    }
  })
}

function describeErrors(protocol: Protocol): void {
  const codes = Object.keys(errorTable) as ErrorCode[] // The table's keys are the codes.

  it('wraps every error of ours, with what is wrong and what to do', () => {
    for (const code of codes) {
      const error = new SignalboxError(code, 'something is wrong', { cause: new Error('secret of ours') })
      const body = protocol.errorBody(error, 'trace-1').toString()
      expect(JSON.parse(body).error.message).toBe(`something is wrong. ${error.hint}`)
      expect(body).not.toContain('secret')
      expect(body).not.toContain('.ts')
    }
  })

  it('ends a stream with an event that its own observer takes for a failure', () => {
    for (const code of codes) {
      const event = protocol.errorEvent(new SignalboxError(code, 'x'), 'trace-1').toString()
      expect(eventsOf(event)).toHaveLength(1)
      expect(observed(protocol, event).phase).toBe('failed')
    }
  })

  it('reads its own errors back as what they are', () => {
    const back = (code: ErrorCode): string => {
      const error = new SignalboxError(code, 'x')
      return protocol.readFailure(error.httpStatus, {}, protocol.errorBody(error, 't')).code
    }
    expect(back('invalid-message')).toBe('worker-refused')
    expect(back('unauthorized')).toBe('worker-credentials')
    expect(back('queue-full')).toBe('worker-overloaded')
    expect(back('worker-rate-limited')).toBe('worker-rate-limited')
    expect(back('deadline-exceeded')).toBe('worker-timeout')
    expect(back('invariant-violated')).toBe('worker-failed')
  })
}
