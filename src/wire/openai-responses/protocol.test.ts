import { describe, expect, it } from 'vitest'
import { type ErrorCode, SignalboxError } from '../../core/errors.ts'
import { describeProtocol, eventsOf, observed } from '../protocol.suite.ts'
import { BUDGET_STOP_MS } from '../upstream-failure.ts'
import { openaiResponsesProtocol } from './protocol.ts'

const usage = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 20, cache_write_tokens: 10 },
  output_tokens: 9,
  output_tokens_details: { reasoning_tokens: 4 },
  total_tokens: 109,
}

const event = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, ...data })}\n\n`
const lifecycle = (type: string, response: object = {}): string =>
  event(type, {
    response: { id: 'resp_1', object: 'response', model: 'real-model', output: [], ...response },
  })
const added = (item: object): string => event('response.output_item.added', { output_index: 0, item })
const done = (item: object): string => event('response.output_item.done', { output_index: 0, item })

const message = { id: 'msg_1', type: 'message', role: 'assistant' }
const output = [{ ...message, content: [{ type: 'output_text', text: '"model": "x"' }] }]
const created = lifecycle('response.created', { status: 'in_progress' })
const openMessage = added({ ...message, content: [] })
const openPart = event('response.content_part.added', { part: { type: 'output_text', text: '' } })
const delta = event('response.output_text.delta', { delta: 'hi' })
const completed = lifecycle('response.completed', { status: 'completed', output, usage })
const failedWith = (error: object | null): string => lifecycle('response.failed', { status: 'failed', error })

describeProtocol('OpenAI Responses', openaiResponsesProtocol, {
  reply: JSON.stringify({
    id: 'resp_1',
    object: 'response',
    status: 'completed',
    error: null,
    model: 'real-model',
    output,
    usage,
  }),
  stopReason: 'completed',
  id: 'resp_1',
  noReplies: [
    '{"object":"response"}',
    '{"object":"response","output":{}}',
    '{"object":"response","status":"failed","output":[]}',
    '{"object":"response","status":"cancelled","output":[]}',
    '{"object":"response","status":"queued","output":[]}',
    '{"object":"response","status":"in_progress","output":[]}',
    '{"object":"response","status":"completed","output":[],"error":{"code":"server_error"}}',
    '{"error":{"code":429,"message":"x"}}',
  ],
  head: [created, lifecycle('response.in_progress'), openMessage, openPart],
  rest: [
    delta,
    delta,
    event('response.output_text.done', { text: 'hihi' }),
    done(output[0] ?? {}),
    completed,
  ],
  errorEvents: [
    event('error', { code: 'server_error', message: 'x', param: null }),
    event('error', { error: { type: 'server_error', code: null, message: 'x' } }),
    'event: error\ndata: not JSON\n\n',
    'data: {"type":"error","code":"server_error","message":"x"}\n\n',
    'data: {"error":{"message":"x","type":"server_error"}}\n\n',
    failedWith({ code: 'server_error', message: 'x' }),
    failedWith(null),
    event('response.failed'),
    lifecycle('response.completed', { status: 'failed', error: { code: 'server_error', message: 'x' } }),
    lifecycle('response.completed', { status: 'cancelled' }),
  ],
})

describe('a streamed response', () => {
  const phaseAfter = (...events: string[]): string => observed(openaiResponsesProtocol, events.join('')).phase

  it.each<[string, string]>([
    ['that it waits', lifecycle('response.queued', { status: 'queued' })],
    ['reasoning that has no words yet', added({ type: 'reasoning', id: 'rs_1', summary: [] })],
    ['a part of a summary', event('response.reasoning_summary_part.added', { part: { text: '' } })],
    ['a type that is new', event('response.new_thing.started', { x: 1 })],
    ['an item that is not there', event('response.output_item.added', { output_index: 0 })],
    ['a sign of life', event('keepalive')],
    ['[DONE]', 'data: [DONE]\n\n'],
  ])('has not begun with %s', (_name, text) => {
    expect(phaseAfter(created, text)).toBe('head')
  })

  it.each<[string, string]>([
    ['text', delta],
    ['a refusal', event('response.refusal.delta', { delta: 'no' })],
    ['a summary of reasoning', event('response.reasoning_summary_text.delta', { delta: 'x' })],
    ['reasoning', event('response.reasoning_text.delta', { delta: 'x' })],
    ['a call', added({ type: 'function_call', call_id: 'c', name: 'f', arguments: '' })],
    ['what a tool of the vendor does', added({ type: 'web_search_call', id: 'ws_1' })],
    ['a whole message', done({ ...message, content: [{ type: 'output_text', text: 'x' }] })],
  ])('has begun with %s', (_name, text) => {
    expect(phaseAfter(created, text)).toBe('content')
  })

  it('does not parse deltas', () => {
    expect(phaseAfter(created, 'event: response.output_text.delta\ndata: {"broken\n\n')).toBe('content')
  })

  it('is understood without event names', () => {
    const nameless = [created, openMessage, delta, completed].map((text) => text.replace(/^event: .*\n/, ''))
    expect(phaseAfter(...nameless.slice(0, 2))).toBe('head')
    expect(phaseAfter(...nameless.slice(0, 3))).toBe('content')
    expect(observed(openaiResponsesProtocol, nameless.join(''))).toMatchObject({
      phase: 'ended',
      facts: { model: 'real-model', stopReason: 'completed' },
    })
  })

  it('has ended where it is incomplete, and tells why', () => {
    const incomplete = (reason: string): string =>
      lifecycle('response.incomplete', { status: 'incomplete', incomplete_details: { reason }, usage })
    for (const reason of ['max_output_tokens', 'content_filter', 'something_new']) {
      expect(observed(openaiResponsesProtocol, created + delta + incomplete(reason))).toMatchObject({
        phase: 'ended',
        facts: { stopReason: reason, usage: { outputTokens: 9 } },
      })
    }
  })

  it('tells what was written to the cache for long', () => {
    const details = {
      cache_write_tokens: 10,
      cache_write_tokens_details: { ttl_30m_tokens: 4, ttl_12h_tokens: 6 },
    }
    const figures = { input_tokens: 30, input_tokens_details: details, output_tokens: 9 }
    const last = lifecycle('response.completed', { status: 'completed', usage: figures })
    expect(observed(openaiResponsesProtocol, created + delta + last).facts.usage).toMatchObject({
      inputTokens: 20,
      cacheWriteTokens: 10,
      cacheWriteLongTokens: 6,
    })
  })

  it('has ended where the last event says no more than that', () => {
    const short = event('response.completed', { response: { id: 'resp_1', usage } })
    expect(observed(openaiResponsesProtocol, created + delta + short)).toMatchObject({
      phase: 'ended',
      facts: { model: 'real-model', usage: { inputTokens: 70 } },
    })
  })

  it('has not ended without its last event, whatever else came', () => {
    expect(phaseAfter(created, delta, done(output[0] ?? {}), 'data: [DONE]\n\n')).toBe('content')
  })

  it.each<[string, string, string]>([
    ['server_is_overloaded', 'worker-overloaded', 'worker'],
    ['slow_down', 'worker-rate-limited', 'account'],
    ['rate_limit_exceeded', 'worker-rate-limited', 'account'],
    ['insufficient_quota', 'worker-budget-spent', 'account'],
    ['context_length_exceeded', 'worker-refused', 'caller'],
    ['invalid_prompt', 'worker-refused', 'caller'],
    ['bio_policy', 'worker-refused', 'caller'],
    ['server_error', 'worker-failed', 'worker'],
    ['a_new_code', 'worker-failed', 'worker'],
  ])('that fails with %s in its head is a failure of its kind', (code, expected, blame) => {
    const failure = { kind: 'failed', code: expected, blame }
    for (const last of [failedWith({ code, message: 'x' }), event('error', { code, message: 'x' })]) {
      expect(observed(openaiResponsesProtocol, created + last)).toMatchObject({ phase: 'failed', failure })
    }
  })

  it('is renamed wherever it names its model, and nowhere else', () => {
    const events = [created, openMessage, 'event: response.completed\ndata: {"model":"x"}\n\n']
    const renamed = eventsOf(events.join('')).map((each) =>
      openaiResponsesProtocol.renameEvent(each, 'asked').toString(),
    )
    expect(renamed).toEqual([created.replace('real-model', 'asked'), ...events.slice(1)])
  })
})

describe('an error of ours, for a client of Responses', () => {
  const spoken = (code: ErrorCode): { name: string | undefined; data: Record<string, unknown> } => {
    const bytes = openaiResponsesProtocol.errorEvent(new SignalboxError(code, 'x', { path: 'input' }), 'abc')
    const [read] = eventsOf(bytes.toString())
    return { name: read?.name, data: JSON.parse(read?.data ?? '{}') }
  }

  it('is one event that agents and the vendor’s libraries take for a failure', () => {
    const { name, data } = spoken('worker-failed')
    expect(name).toBe('response.failed')
    expect(data).toMatchObject({
      type: 'response.failed',
      sequence_number: expect.any(Number),
      response: { id: 'resp_abc', status: 'failed', error: { code: 'server_error' } },
      error: { type: 'server_error', code: 'worker_failed', param: 'input' },
    })
  })

  it.each<[ErrorCode, string]>([
    ['worker-rate-limited', 'rate_limit_exceeded'],
    ['queue-full', 'server_is_overloaded'],
    ['worker-budget-spent', 'insufficient_quota'],
    ['worker-refused', 'invalid_prompt'],
    ['worker-timeout', 'server_error'],
  ])('%s is %s to those who know the vendor’s list', (code, expected) => {
    expect(spoken(code).data['response']).toMatchObject({ error: { code: expected } })
  })

  it('says that the prompt is too long in the vendor’s code, for agents shorten their history by it', () => {
    const error = new SignalboxError('worker-refused', 'prompt is too long: 9 tokens > 5 maximum')
    const [event] = eventsOf(openaiResponsesProtocol.errorEvent(error, 'abc').toString())
    expect(JSON.parse(event?.data ?? '{}')).toMatchObject({
      response: { error: { code: 'context_length_exceeded' } },
      error: { code: 'context_length_exceeded' },
    })
    const body = openaiResponsesProtocol.errorBody(error, 'abc').toString()
    expect(JSON.parse(body).error.code).toBe('context_length_exceeded')
  })

  it('is read back as what it is, by another of us', () => {
    for (const code of [
      'worker-rate-limited',
      'worker-overloaded',
      'worker-refused',
      'worker-failed',
    ] as const) {
      const bytes = openaiResponsesProtocol.errorEvent(new SignalboxError(code, 'x'), 'abc')
      expect(observed(openaiResponsesProtocol, bytes.toString()).failure).toMatchObject({ code })
    }
    expect(
      openaiResponsesProtocol.readFailure(
        429,
        {},
        Buffer.from('{"error":{"code":"insufficient_quota","message":"x"}}'),
      ),
    ).toMatchObject({ code: 'worker-budget-spent', retryAfterMs: BUDGET_STOP_MS })
  })
})
