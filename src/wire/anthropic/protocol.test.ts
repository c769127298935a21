import { describe, expect, it } from 'vitest'
import { type ErrorCode, SignalboxError } from '../../core/errors.ts'
import { describeProtocol, eventsOf, observed } from '../protocol.suite.ts'
import { BUDGET_STOP_MS } from '../upstream-failure.ts'
import { anthropicProtocol } from './protocol.ts'

const usage = {
  input_tokens: 70,
  cache_creation_input_tokens: 10,
  cache_read_input_tokens: 20,
  output_tokens: 9,
  service_tier: 'standard',
}

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`
const start = event('message_start', {
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'real-model',
    content: [],
    usage: { ...usage, output_tokens: 1 },
  },
})
const openText = event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
const delta = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'hi' } })
const stop = event('message_delta', {
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 9 },
})
const end = event('message_stop', {})

describeProtocol('Anthropic Messages', anthropicProtocol, {
  reply: JSON.stringify({
    id: 'msg_1',
    type: 'message',
    model: 'real-model',
    content: [{ type: 'text', text: '"model": "x"' }],
    stop_reason: 'end_turn',
    usage,
  }),
  stopReason: 'end_turn',
  noReplies: [
    '{"type":"error","error":{}}',
    '{"type":"message"}',
    '{"type":"message","content":"x"}',
    '{"content":[]}',
  ],
  head: [start, event('ping', {}), openText],
  rest: [delta, delta, event('content_block_stop', { index: 0 }), stop, end],
  errorEvents: [
    event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    'data: {"type":"error","error":{"type":"api_error","message":"x"}}\n\n',
    'event: error\ndata: {}\n\n',
  ],
})

describe('a streamed message of Anthropic', () => {
  const phaseAfter = (...events: string[]): string => observed(anthropicProtocol, events.join('')).phase

  it('begins with a block that is anything but an empty text', () => {
    const open = (block: object): string => event('content_block_start', { index: 0, content_block: block })
    expect(phaseAfter(start, open({ type: 'text', text: 'x' }))).toBe('content')
    expect(phaseAfter(start, open({ type: 'tool_use', id: 't', name: 'Read', input: {} }))).toBe('content')
    expect(phaseAfter(start, open({ type: 'thinking', thinking: '' }))).toBe('content')
    expect(phaseAfter(start, open({ type: 'advisor_tool_result' }))).toBe('content')
    expect(phaseAfter(start, open({ type: 'text' }))).toBe('head')
  })

  it('does not parse deltas', () => {
    expect(phaseAfter(start, 'event: content_block_delta\ndata: {"broken\n\n')).toBe('content')
  })

  it('is understood without event names', () => {
    const nameless = [start, openText, delta, stop, end].map((text) => text.replace(/^event: .*\n/, ''))
    expect(observed(anthropicProtocol, nameless.join(''))).toMatchObject({
      phase: 'ended',
      facts: { model: 'real-model', stopReason: 'end_turn' },
    })
    const renamed = eventsOf(nameless[0] ?? '').map((first) =>
      anthropicProtocol.renameEvent(first, 'asked').toString(),
    )
    expect(renamed[0]).toContain('"model":"asked"')
  })

  it('lets events pass that it does not know', () => {
    expect(phaseAfter(start, event('new_thing', { x: 1 }), delta, stop, end)).toBe('ended')
  })

  it('counts each figure of usage as it was told last, never summed', () => {
    const later = event('message_delta', {
      delta: { stop_reason: 'tool_use' },
      usage: { input_tokens: 80, cache_read_input_tokens: null, output_tokens: 12 },
    })
    expect(observed(anthropicProtocol, [start, delta, stop, later, end].join('')).facts).toEqual({
      model: 'real-model',
      stopReason: 'tool_use',
      usage: {
        inputTokens: 80,
        outputTokens: 12,
        cacheReadTokens: 20,
        cacheWriteTokens: 10,
        serviceTier: 'standard',
      },
    })
  })

  it('tells what was used until then when it is cut off', () => {
    expect(observed(anthropicProtocol, start + delta).facts.usage).toMatchObject({
      inputTokens: 70,
      outputTokens: 1,
    })
    expect(observed(anthropicProtocol, delta).facts.usage).toMatchObject({ inputTokens: 0, estimated: true })
  })

  it('does not fail any more once it has ended', () => {
    expect(phaseAfter(start, delta, end, event('error', { error: { type: 'api_error' } }), end)).toBe('ended')
  })

  it.each([
    ['overloaded_error', 'worker-overloaded', 'worker'],
    ['rate_limit_error', 'worker-rate-limited', 'account'],
    ['api_error', 'worker-failed', 'worker'],
    ['timeout_error', 'worker-timeout', 'worker'],
    ['authentication_error', 'worker-credentials', 'account'],
    ['invalid_request_error', 'worker-refused', 'caller'],
    ['something_new', 'worker-failed', 'worker'],
  ])('failed by %s means %s', (type, code, blame) => {
    const observer = observed(
      anthropicProtocol,
      start + event('error', { error: { type, message: 'words' } }),
    )
    expect(observer.failure).toMatchObject({ code, blame })
  })
})

describe('an error reply of Anthropic', () => {
  const refused = (status: number, type: string, message: string, more: object = {}): Buffer =>
    Buffer.from(
      JSON.stringify({ type: 'error', error: { type, message, ...more }, request_id: 'req_1', status }),
    )
  const read = (status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): object =>
    anthropicProtocol.readFailure(status, headers, body)

  it('is the caller’s fault with the worker’s own words when the request was refused', () => {
    const message = 'prompt is too long: 210000 tokens > 200000 maximum'
    expect(read(400, refused(400, 'invalid_request_error', message))).toEqual({
      kind: 'failed',
      code: 'worker-refused',
      message,
      blame: 'caller',
      status: 400,
    })
  })

  it.each([
    'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
    'You have reached your specified workspace API usage limits.',
    'Your credit balance is too low to access the Anthropic API.',
  ])('is a spent budget, though it comes as a 400: %s', (message) => {
    expect(read(400, refused(400, 'invalid_request_error', message))).toMatchObject({
      code: 'worker-budget-spent',
      blame: 'account',
      retryAfterMs: BUDGET_STOP_MS,
    })
  })

  it('is no spent budget where a refusal quotes such words out of the request', () => {
    const message = 'metadata.user_id: unexpected value "You have reached your specified API usage limits"'
    expect(read(400, refused(400, 'invalid_request_error', message))).toMatchObject({ blame: 'caller' })
  })

  it('is a spent budget by code or status, however long the wait that it names', () => {
    const spent = { code: 'worker-budget-spent', blame: 'account', retryAfterMs: BUDGET_STOP_MS }
    const details = { details: { error_code: 'enforced_spend_limit_reached' } }
    expect(read(429, refused(429, 'rate_limit_error', 'x', details), { 'retry-after': '1' })).toMatchObject(
      spent,
    )
    expect(read(402, refused(402, 'billing_error', 'x'))).toMatchObject(spent)
    expect(read(429, refused(429, 'billing_error', 'x'))).toMatchObject(spent)
  })

  it('says how long to wait', () => {
    const body = refused(529, 'overloaded_error', 'Overloaded')
    expect(read(529, body, { 'retry-after': '7' })).toMatchObject({
      code: 'worker-overloaded',
      status: 529,
      retryAfterMs: 7000,
    })
    expect(read(529, body)).not.toHaveProperty('retryAfterMs')
  })
})

describe('an error of ours, for a client of Anthropic', () => {
  it.each<[ErrorCode, string]>([
    ['malformed-json', 'invalid_request_error'],
    ['worker-refused', 'invalid_request_error'],
    ['unauthorized', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['unknown-model', 'not_found_error'],
    ['message-too-large', 'request_too_large'],
    ['method-not-allowed', 'invalid_request_error'],
    ['worker-rate-limited', 'rate_limit_error'],
    ['worker-overloaded', 'overloaded_error'],
    ['queue-full', 'overloaded_error'],
    ['worker-timeout', 'timeout_error'],
    ['worker-failed', 'api_error'],
    ['invariant-violated', 'api_error'],
  ])('%s is a %s', (code, type) => {
    const body = JSON.parse(anthropicProtocol.errorBody(new SignalboxError(code, 'x'), 'abc').toString())
    expect(body).toMatchObject({ type: 'error', error: { type }, request_id: 'abc' })
  })

  it('is a billing_error where every account is spent', () => {
    const error = new SignalboxError('worker-budget-spent', 'x', { retryAfterMs: BUDGET_STOP_MS })
    expect(JSON.parse(anthropicProtocol.errorBody(error, 'abc').toString()).error.type).toBe('billing_error')
  })

  it('ends a stream as an event named error', () => {
    const [only] = eventsOf(
      anthropicProtocol.errorEvent(new SignalboxError('expired', 'x'), 'abc').toString(),
    )
    expect(only?.name).toBe('error')
    expect(JSON.parse(only?.data ?? '')).toMatchObject({ type: 'error', request_id: 'abc' })
  })
})

describe('a request of Anthropic', () => {
  const view = (fields: object): ReturnType<typeof anthropicProtocol.view> =>
    anthropicProtocol.view(
      Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...fields })),
    )
  const results = {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 't', content: 'ok' },
      { type: 'text', text: 'y' },
    ],
  }

  it('is in an open tool loop while the last thing said is a tool’s result', () => {
    expect(view({ messages: [results] }).toolLoopOpen).toBe(true)
    expect(view({ messages: [results, { role: 'system', content: 'env' }] }).toolLoopOpen).toBe(true)
    expect(view({ messages: [results, { role: 'assistant', content: 'z' }] }).toolLoopOpen).toBe(false)
    expect(view({ messages: [results, { role: 'user', content: 'z' }] }).toolLoopOpen).toBe(false)
    expect(view({ messages: [{ role: 'assistant', content: results.content }] }).toolLoopOpen).toBe(false)
    expect(view({ messages: [{ role: 'system', content: 'env' }] }).toolLoopOpen).toBe(false)
  })

  it('names its conversation in metadata.user_id', () => {
    const session = '0f8fad5b-d9cb-469f-a165-70867728950e'
    const named = (userId: unknown): string | undefined => view({ metadata: { user_id: userId } }).session
    expect(named(JSON.stringify({ device_id: 'd', account_uuid: '', session_id: session }))).toBe(session)
    expect(named(`user_abc_account__session_${session}`)).toBe(session)
    expect(named('user-7')).toBeUndefined()
    expect(named('{"session_id":7}')).toBeUndefined()
    expect(named('{"session_id":')).toBeUndefined()
    expect(named(JSON.stringify({ session_id: 'x'.repeat(257) }))).toBeUndefined()
    expect(named(7)).toBeUndefined()
    expect(view({ metadata: 'user_id' }).session).toBeUndefined()
    const twice = `{"model":"m","messages":[{"role":"user"}],"metadata":{"user_id":"x","user_id":"_session_${session}"}}`
    expect(anthropicProtocol.view(Buffer.from(twice)).session).toBe(session)
    expect(view({ prompt_cache_key: 'k' }).session).toBeUndefined()
  })

  it('tells effort and limit', () => {
    expect(view({ output_config: { format: {}, effort: 'xhigh' }, max_tokens: 5 })).toMatchObject({
      effort: 'xhigh',
      maxTokens: 5,
    })
    expect(view({ output_config: { effort: 5 }, reasoning_effort: 'low' }).effort).toBeUndefined()
  })

  it('opens with the text blocks of its system prompt', () => {
    const system = [
      { type: 'text', text: 'one', cache_control: {} },
      { type: 'x', text: 'no' },
      { type: 'text', text: 'two' },
    ]
    expect(view({ system }).opening).toBe('one\ntwo\nx')
  })
})
