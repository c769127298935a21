import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../../../core/errors.ts'
import {
  anthropicReply,
  type Json,
  responsesStream,
  served,
  toAnthropic,
  toResponsesRequest,
} from '../anthropic-responses.suite.ts'

const response = (...output: readonly object[]): object => ({
  object: 'response',
  status: 'completed',
  error: null,
  model: 'real',
  output,
  usage: { input_tokens: 5, output_tokens: 2 },
})
const say = (text: string): object => ({ type: 'message', content: [{ type: 'output_text', text }] })
const call = (args: unknown, more: object = {}): object => ({
  type: 'function_call',
  call_id: 'c',
  name: 'f',
  arguments: args,
  ...more,
})
const failureOf = (body: object | string): SignalboxError => {
  try {
    anthropicReply(body)
  } catch (error) {
    return SignalboxError.from(error)
  }
  throw new Error('it was taken')
}

describe('a whole response, for a client of Anthropic’s protocol', () => {
  it('is a message under the asked name', () => {
    expect(anthropicReply(response(say('Hello')))).toEqual({
      id: `msg_${served.traceId}`,
      type: 'message',
      role: 'assistant',
      model: 'auto',
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 5,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 2,
      },
    })
  })

  it('keeps items in their order, and calls decide how it ends', () => {
    const { content, stop_reason } = anthropicReply(response(call('{"a":1}'), say('Hello')))
    expect(content).toEqual([
      { type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } },
      { type: 'text', text: 'Hello' },
    ])
    expect(stop_reason).toBe('tool_use')
  })

  it('survives arguments that are no JSON, with a note', () => {
    const { content } = anthropicReply(response(call('{"a":')))
    expect(content).toMatchObject([{ input: {} }, { type: 'text' }])
    expect(content[1].text).toContain('{"a":')
    expect(anthropicReply(response(call(''))).content).toHaveLength(1)
    expect(anthropicReply(response(call({ a: 1 }))).content[0].input).toEqual({ a: 1 })
  })

  it('keeps whole numbers beyond what a double holds', () => {
    const body = JSON.stringify(response(call('{"id":12345678901234567890}')))
    expect(JSON.stringify(anthropicReply(body))).toContain('1234567890123456')
  })

  it('tells how long the parts of the cache live', () => {
    const details = {
      cache_write_tokens: 3,
      cache_write_tokens_details: { ttl_30m_tokens: 2, ttl_12h_tokens: 1 },
    }
    const usage = { input_tokens: 10, output_tokens: 1, input_tokens_details: details }
    expect(anthropicReply({ ...response(say('x')), usage }).usage).toMatchObject({
      input_tokens: 7,
      cache_creation_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 },
    })
  })

  it('estimates what was written where no usage came', () => {
    const { usage } = anthropicReply({ ...response(say('x'.repeat(40))), usage: undefined })
    expect(usage.output_tokens).toBe(10)
  })

  it('is cut where a stop sequence appears, and names it', () => {
    const named = { ...served, stopSequences: ['END'] }
    const found = anthropicReply(response(say('OneENDtwo'), call('{}')), named)
    expect(found).toMatchObject({
      content: [{ type: 'text', text: 'One' }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
    })
  })

  it('gives tools the names that the client knows', () => {
    const toolNames = new Map([['f', 'long']])
    expect(anthropicReply(response(call('{}')), { ...served, toolNames }).content[0].name).toBe('long')
  })

  it('says of checks that were asked for that nobody made them', () => {
    const named = { ...served, safeguards: ['agent_action'] }
    const results = [{ type: 'agent_action', status: { type: 'unsupported' } }]
    expect(anthropicReply(response(say('x')), named).safeguard_results).toEqual(results)
    const end: Json & { type: string } = { type: 'response.completed', response: response(say('x')) }
    expect(toAnthropic(responsesStream(end), { naming: named }).stop).toMatchObject({
      safeguard_results: results,
    })
    expect(toResponsesRequest({ safeguards: [{ type: 'agent_action' }] }).safeguards).toEqual([
      'agent_action',
    ])
  })

  it('is a refusal where the model declines or was stopped', () => {
    const refused = { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }
    expect(anthropicReply(response(refused))).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
      stop_details: { explanation: 'No.' },
    })
    const filtered = {
      ...response(say('x')),
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
    }
    expect(anthropicReply(filtered).stop_reason).toBe('refusal')
  })

  it('that failed is a failure of its kind, though it came with status 200', () => {
    const failedWith = (code: string): object => ({
      ...response(),
      status: 'failed',
      error: { code, message: 'x' },
    })
    expect(failureOf(failedWith('server_is_overloaded')).code).toBe('worker-overloaded')
    expect(failureOf(failedWith('insufficient_quota')).code).toBe('worker-budget-spent')
    expect(failureOf({ error: { code: 'rate_limit_exceeded' } }).code).toBe('worker-rate-limited')
  })

  it.each(['', '<html>', '[]', '{}', '{"output":{}}', '{"object":"response","status":"queued","output":[]}'])(
    'is not made of %j',
    (body) => {
      expect(failureOf(body).code).toBe('worker-protocol')
    },
  )
})
