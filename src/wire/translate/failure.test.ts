import { describe, expect, it } from 'vitest'
import { failed, type Failure } from '../../core/outcome.ts'
import { naming, translationOf } from './streams.suite.ts'

const toAnthropicClient = translationOf('anthropic', 'openai-chat')
const toChatClient = translationOf('openai-chat', 'anthropic')

function error(translation: typeof toAnthropicClient, failure: Failure) {
  const { status, body } = translation.error(failure, naming)
  return { status, body: JSON.parse(body.toString('utf8')) }
}

describe('an upstream’s error for a client of the other protocol', () => {
  it('has that protocol’s envelope and the failure’s words', () => {
    const refused = failed('worker-refused', 'temperature: no', 'caller', { status: 400 })
    expect(error(toAnthropicClient, refused)).toMatchObject({
      status: 400,
      body: {
        type: 'error',
        error: { type: 'invalid_request_error', message: expect.stringContaining('temperature: no') },
      },
    })
    expect(error(toChatClient, refused)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', message: expect.stringContaining('temperature: no') } },
    })
  })

  it.each<[Failure, number, string, string]>([
    [
      failed('worker-overloaded', 'x', 'worker', { status: 529 }),
      503,
      'overloaded_error',
      'service_unavailable_error',
    ],
    [failed('worker-failed', 'x', 'worker', { status: 529 }), 503, 'api_error', 'server_error'],
    [
      failed('worker-rate-limited', 'x', 'account', { status: 429 }),
      429,
      'rate_limit_error',
      'rate_limit_error',
    ],
    [failed('worker-failed', 'x', 'worker', { status: 500 }), 502, 'api_error', 'server_error'],
    [failed('worker-timeout', 'x', 'worker'), 504, 'timeout_error', 'timeout_error'],
    [failed('worker-credentials', 'x', 'account', { status: 401 }), 502, 'api_error', 'server_error'],
  ])('has our status, and the type that goes with it: %j', (failure, status, anthropicType, chatType) => {
    expect(error(toAnthropicClient, failure)).toMatchObject({
      status,
      body: { error: { type: anthropicType } },
    })
    expect(error(toChatClient, failure)).toMatchObject({ status, body: { error: { type: chatType } } })
  })

  it.each([
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130500 tokens.",
      'prompt is too long: 130500 tokens > 128000 maximum',
    ],
    [
      "This model's maximum context length is 4,096 tokens. However, you requested 5,000 tokens (1000 in the messages, 4000 in the completion).",
      'prompt is too long: 5000 tokens > 4096 maximum',
    ],
    [
      "This model's maximum context length is 4096 tokens and 512 are reserved; you sent 5000.",
      'prompt is too long: 5000 tokens > 4096 maximum',
    ],
    [
      'Your input exceeds the context window of this model.',
      'prompt is too long: Your input exceeds the context window of this model.',
    ],
    [
      'the request exceeds the available context size (8192 tokens)',
      'prompt is too long: the request exceeds',
    ],
    [
      "'max_tokens' is too large: 5000. This model's maximum context length is 4096 tokens",
      "'max_tokens' is too large",
    ],
    ['prompt is too long: 1 tokens > 0 maximum', 'prompt is too long: 1 tokens > 0 maximum'],
    ['tools.0: no such tool', 'tools.0: no such tool'],
  ])('says to Anthropic’s clients that the prompt is too long as they know it: %s', (message, expected) => {
    const { body } = error(toAnthropicClient, failed('worker-refused', message, 'caller', { status: 400 }))
    expect(body.error.message.startsWith(expected)).toBe(true)
    expect(
      error(toChatClient, failed('worker-refused', message, 'caller')).body.error.message.startsWith(message),
    ).toBe(true)
  })

  it('leaves the words of other failures alone', () => {
    const failure = failed('worker-failed', 'the context window broke', 'worker')
    expect(error(toAnthropicClient, failure).body.error.message.startsWith('the context window broke')).toBe(
      true,
    )
  })
})

describe('a refusal whose status programs tell apart', () => {
  it.each([
    [403, 'permission_error', 'permission_error'],
    [404, 'not_found_error', 'invalid_request_error'],
    [413, 'request_too_large', 'invalid_request_error'],
  ])('keeps it: %i', (status, anthropicType, chatType) => {
    const refused = failed('worker-refused', 'model: nope', 'caller', { status })
    expect(error(toAnthropicClient, refused)).toMatchObject({
      status,
      body: { error: { type: anthropicType } },
    })
    const chat = error(toChatClient, refused)
    expect(chat).toMatchObject({ status, body: { error: { type: chatType } } })
    expect(chat.body.error.message).toContain('its own words')
  })

  it('is a plain one where the prompt is too long', () => {
    const refused = failed('worker-refused', 'prompt is too long: 9 tokens > 5 maximum', 'caller', {
      status: 413,
    })
    expect(error(toChatClient, refused)).toMatchObject({
      status: 400,
      body: { error: { code: 'context_length_exceeded' } },
    })
  })
})
