import { describe, expect, it } from 'vitest'
import { type ErrorCode, SignalboxError } from '../../core/errors.ts'
import { describeProtocol, eventsOf, observed } from '../protocol.suite.ts'
import { BUDGET_STOP_MS } from '../upstream-failure.ts'
import { openaiChatProtocol } from './protocol.ts'

const usage = {
  prompt_tokens: 100,
  completion_tokens: 9,
  total_tokens: 109,
  prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 10 },
  completion_tokens_details: { reasoning_tokens: 4 },
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
const chunk = (delta: unknown, more: object = {}): string =>
  data({
    id: 'c1',
    object: 'chat.completion.chunk',
    model: 'real-model',
    choices: [{ index: 0, delta, finish_reason: null, ...more }],
  })
const role = chunk({ role: 'assistant', content: '' })
const content = chunk({ content: 'hi' })
const finish = chunk({}, { finish_reason: 'stop' })
const usageChunk = data({ id: 'c1', model: 'real-model', choices: [], usage })
const done = 'data: [DONE]\n\n'

describeProtocol('OpenAI Chat Completions', openaiChatProtocol, {
  reply: JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    model: 'real-model',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: '"model": "x"' } }],
    usage,
  }),
  stopReason: 'stop',
  noReplies: [
    '{"choices":{}}',
    '{"choices":[]}',
    '{"error":{"code":429,"message":"x"}}',
    '{"error":"x","choices":[{"index":0}]}',
    '{"choices":[{"finish_reason":"error"}]}',
    '{"choices":[7]}',
  ],
  head: [role],
  rest: [content, content, finish, usageChunk, done],
  errorEvents: [
    data({ error: { message: 'x', type: 'server_error', code: null } }),
    data({ error: 'x' }),
    data([{ error: { message: 'x' } }]),
    data({ object: 'error', message: 'x', type: 'BadRequestError', code: 400 }),
    data({ choices: [], error: { code: 502, message: 'x' } }),
    'event: error\ndata: {"message":"x"}\n\n',
    'event: error\ndata: not JSON\n\n',
    chunk({ content: '' }, { finish_reason: 'error' }),
  ],
})

describe('a streamed completion', () => {
  const phaseAfter = (...events: string[]): string => observed(openaiChatProtocol, events.join('')).phase

  it.each<[string, unknown]>([
    ['no role', {}],
    ['a role only', { role: 'assistant' }],
    ['content null', { role: 'assistant', content: null }],
    ['content ""', { content: '' }],
    ['content []', { content: [] }],
    ['no calls', { tool_calls: [], refusal: null, reasoning: '' }],
    ['no delta', null],
  ])('has not begun with %s', (_name, delta) => {
    expect(phaseAfter(chunk(delta))).toBe('head')
  })

  it.each<[string, unknown]>([
    ['text', { role: 'assistant', content: 'x' }],
    ['a list of parts', { content: [{ type: 'text', text: 'x' }] }],
    ['a tool call without index', { tool_calls: [{ id: 'a', function: { name: 'f', arguments: '' } }] }],
    ['a call of the old kind', { function_call: { name: 'f' } }],
    ['a refusal', { refusal: 'no' }],
    ['reasoning', { reasoning: 'x' }],
    ['reasoning_content', { reasoning_content: 'x' }],
    ['reasoning_text', { reasoning_text: 'x' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text' }] }],
  ])('has begun with %s', (_name, delta) => {
    expect(phaseAfter(chunk(delta))).toBe('content')
  })

  it('skips chunks without choices, and unknown keys', () => {
    expect(
      phaseAfter(
        role,
        data({ choices: [], prompt_filter_results: [] }),
        data({ obfuscation: 'x' }),
        data({ choices: [null] }),
      ),
    ).toBe('head')
  })

  it('has ended with a finish reason, also without [DONE]', () => {
    expect(phaseAfter(role, content, finish)).toBe('ended')
    expect(phaseAfter(role, chunk({ content: 'x' }, { finish_reason: 'length' }))).toBe('ended')
  })

  it('takes a role in every chunk, or in none', () => {
    const each = chunk({ role: 'assistant', content: 'x' })
    expect(phaseAfter(each, each, finish, done)).toBe('ended')
    expect(phaseAfter(content, finish, done)).toBe('ended')
  })

  it('stays ended when the last delta comes after the finish reason', () => {
    expect(phaseAfter(content, finish, content, usageChunk)).toBe('ended')
  })

  it('has ended with [DONE], also without a finish reason', () => {
    expect(phaseAfter(role, content, done)).toBe('ended')
    expect(phaseAfter(role, content, 'data:[DONE]')).toBe('ended')
    expect(observed(openaiChatProtocol, content + done).facts.stopReason).toBeUndefined()
  })

  it('has not ended with neither', () => {
    expect(phaseAfter(role, content, chunk({}, { finish_reason: '' }), usageChunk)).toBe('content')
  })

  it('has failed where [DONE] is all that came', () => {
    expect(observed(openaiChatProtocol, done).failure).toMatchObject({
      code: 'worker-protocol',
      blame: 'worker',
    })
  })

  it('stays failed when [DONE] follows the error', () => {
    const failed = observed(openaiChatProtocol, data({ error: { type: 'server_error' } }) + done)
    expect(failed).toMatchObject({ phase: 'failed', failure: { code: 'worker-failed' } })
  })

  it('fails at an error after the finish, but not after [DONE]', () => {
    const error = data({ error: 'x' })
    expect(phaseAfter(content, finish, error)).toBe('failed')
    expect(phaseAfter(content, finish, done, error)).toBe('ended')
  })

  it('keeps unknown finish reasons, and the first of two', () => {
    const facts = (...events: string[]): string | undefined =>
      observed(openaiChatProtocol, events.join('')).facts.stopReason
    expect(facts(content, chunk({}, { finish_reason: 'model_length' }))).toBe('model_length')
    expect(facts(content, chunk({}, { finish_reason: 'tool_calls' }), finish)).toBe('tool_calls')
    expect(facts(content, chunk({}, { finish_reason: '' }), finish)).toBe('stop')
  })

  it('reads usage in any chunk, the last one counting, never summed', () => {
    const withUsage = (figures: object): string =>
      data({ model: 'real-model', choices: [{ index: 0, delta: { content: 'x' } }], usage: figures })
    const usageAfter = (...events: string[]): object =>
      observed(openaiChatProtocol, events.join('')).facts.usage
    expect(
      usageAfter(
        withUsage({ prompt_tokens: 5, completion_tokens: 1 }),
        withUsage({ prompt_tokens: 5, completion_tokens: 2 }),
        finish,
      ),
    ).toEqual({
      inputTokens: 5,
      outputTokens: 2,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
    })
    expect(usageAfter(content, finish, usageChunk, done)).toMatchObject({
      inputTokens: 70,
      cacheReadTokens: 20,
    })
    expect(usageAfter(content, usageChunk, data({ choices: [], usage: null }))).toMatchObject({
      inputTokens: 70,
    })
    expect(usageAfter(content, finish, done)).toMatchObject({ estimated: true })
  })

  it('keeps the first model that is named, though it may change on the way', () => {
    const of = (model: string): string => data({ model, choices: [{ index: 0, delta: { content: 'x' } }] })
    expect(observed(openaiChatProtocol, of('') + of('a') + of('b')).facts.model).toBe('a')
  })

  it('never counts input below zero', () => {
    const odd = data({
      choices: [],
      usage: { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 9 } },
    })
    expect(observed(openaiChatProtocol, odd).facts.usage).toMatchObject({
      inputTokens: 0,
      cacheReadTokens: 9,
    })
  })

  it('renames data that is spread over several lines', () => {
    const [event] = eventsOf('data: {"a":1,\ndata: "model":"x"}\n\n')
    const renamed = event && openaiChatProtocol.renameEvent(event, 'asked').toString()
    expect(eventsOf(renamed ?? '')[0]?.data).toBe('{"a":1,\n"model":"asked"}')
  })
})

describe('an error reply to a completion', () => {
  const error = (fields: object): Buffer => Buffer.from(JSON.stringify({ error: fields }))
  const read = (status: number, body: Buffer | string): object =>
    openaiChatProtocol.readFailure(status, {}, Buffer.from(body))

  it.each([
    [429, 'insufficient_quota'],
    [429, 'credit_balance_exhausted'],
    [429, 'organization_spend_limit_exceeded'],
    [429, 'project_spend_limit_exceeded'],
    [429, 'organization_usage_limit_exceeded'],
    [402, null],
  ])('%i %s is a spent budget', (status, code) => {
    expect(read(status, error({ message: 'x', type: 'x', code }))).toMatchObject({
      code: 'worker-budget-spent',
      blame: 'account',
      retryAfterMs: BUDGET_STOP_MS,
    })
  })

  it.each<[number, object, string, string]>([
    [429, { type: 'tokens', code: 'rate_limit_exceeded' }, 'worker-rate-limited', 'account'],
    [503, { type: 'service_unavailable_error', code: 'slow_down' }, 'worker-rate-limited', 'account'],
    [503, { type: 'service_unavailable_error', code: 'server_is_overloaded' }, 'worker-overloaded', 'worker'],
    [401, { type: 'invalid_request_error', code: 'invalid_api_key' }, 'worker-credentials', 'account'],
    [403, { type: 'invalid_request_error', code: null }, 'worker-credentials', 'account'],
    [403, { type: 'x', code: 'misalignment_policy_violation' }, 'worker-refused', 'caller'],
    [404, { type: 'invalid_request_error', code: 'model_not_found' }, 'worker-refused', 'caller'],
    [400, { type: 'invalid_request_error', code: 'context_length_exceeded' }, 'worker-refused', 'caller'],
    [500, { type: 'server_error', code: 500 }, 'worker-failed', 'worker'],
  ])('%i %o means %s', (status, fields, code, blame) => {
    expect(read(status, error({ message: 'words', ...fields }))).toMatchObject({ code, blame, status })
  })

  it('is read by the status inside it when it came with 200', () => {
    expect(read(200, error({ code: 429, message: 'x' }))).toMatchObject({
      code: 'worker-rate-limited',
      status: 429,
    })
    expect(read(200, error({ message: 'x' }))).toMatchObject({ code: 'worker-protocol', status: 200 })
  })
})

describe('an error of ours, for a client of Chat Completions', () => {
  const envelope = (error: SignalboxError): object =>
    JSON.parse(openaiChatProtocol.errorBody(error, 'abc').toString()).error

  it.each<[ErrorCode, string, string]>([
    ['invalid-message', 'invalid_request_error', 'invalid_message'],
    ['worker-refused', 'invalid_request_error', 'worker_refused'],
    ['conflict', 'invalid_request_error', 'conflict'],
    ['unauthorized', 'authentication_error', 'unauthorized'],
    ['forbidden', 'permission_error', 'forbidden'],
    ['unknown-model', 'invalid_request_error', 'model_not_found'],
    ['worker-rate-limited', 'rate_limit_error', 'rate_limit_exceeded'],
    ['worker-overloaded', 'service_unavailable_error', 'server_is_overloaded'],
    ['queue-full', 'service_unavailable_error', 'queue_full'],
    ['worker-timeout', 'timeout_error', 'worker_timeout'],
    ['worker-failed', 'server_error', 'worker_failed'],
  ])('%s is a %s, %s', (code, type, vendorCode) => {
    expect(envelope(new SignalboxError(code, 'x'))).toMatchObject({ type, code: vendorCode, param: null })
  })

  it('names the field', () => {
    expect(envelope(new SignalboxError('invalid-message', 'x', { path: 'messages.0.role' }))).toMatchObject({
      param: 'messages.0.role',
    })
  })

  it('says that the prompt is too long in the vendor’s code', () => {
    const long = new SignalboxError('worker-refused', 'prompt is too long: 9 tokens > 5 maximum')
    expect(envelope(long)).toMatchObject({ type: 'invalid_request_error', code: 'context_length_exceeded' })
    const answer = new SignalboxError('worker-refused', 'max_tokens is too large for the context window')
    expect(envelope(answer)).toMatchObject({ code: 'worker_refused' })
  })

  it('is an insufficient_quota where every account is spent', () => {
    const spent = new SignalboxError('worker-budget-spent', 'x', { retryAfterMs: BUDGET_STOP_MS })
    expect(envelope(spent)).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
  })

  it('ends a stream without [DONE]', () => {
    const event = openaiChatProtocol.errorEvent(new SignalboxError('expired', 'x'), 'abc').toString()
    expect(event).toMatch(/^data: \{"error":\{.*\}\}\n\n$/)
  })
})

describe('a request of Chat Completions', () => {
  const view = (fields: object): ReturnType<typeof openaiChatProtocol.view> =>
    openaiChatProtocol.view(
      Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], ...fields })),
    )

  it('is in an open tool loop while the last thing said is a tool’s result', () => {
    const said = (...roles: string[]): object => ({
      messages: roles.map((as) => ({ role: as, content: 'x' })),
    })
    expect(view(said('user', 'assistant', 'tool')).toolLoopOpen).toBe(true)
    expect(view(said('user', 'assistant', 'function', 'developer')).toolLoopOpen).toBe(true)
    expect(view(said('tool', 'user')).toolLoopOpen).toBe(false)
  })

  it('names its conversation in prompt_cache_key', () => {
    expect(view({ prompt_cache_key: 'k' }).session).toBe('k')
    for (const odd of ['', 'x'.repeat(257), 7, null])
      expect(view({ prompt_cache_key: odd }).session).toBeUndefined()
  })

  it('tells effort, limit and tools, the old names included', () => {
    expect(view({ reasoning_effort: 'low', max_tokens: 5 })).toMatchObject({ effort: 'low', maxTokens: 5 })
    expect(view({ max_completion_tokens: 6, max_tokens: 5 }).maxTokens).toBe(6)
    expect(view({ functions: [{ name: 'f' }] }).tools).toBe(true)
  })

  it('opens with its leading messages of role system and developer', () => {
    const messages = [
      { role: 'system', content: 'one' },
      { role: 'developer', content: [{ type: 'text', text: 'two' }] },
      { role: 'user', content: 'first' },
      { role: 'system', content: 'later' },
    ]
    expect(view({ messages }).opening).toBe('one\ntwo\nfirst')
  })
})
