import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../../../core/errors.ts'
import { responsesReply, served } from '../anthropic-responses.suite.ts'

const message = (stop_reason: string, ...content: readonly object[]): object => ({
  type: 'message',
  model: 'real',
  content,
  stop_reason,
  usage: { input_tokens: 5, output_tokens: 2 },
})
const failureOf = (body: object | string): string => {
  try {
    responsesReply(body)
  } catch (error) {
    return SignalboxError.from(error).code
  }
  throw new Error('it was taken')
}

describe('a whole Anthropic reply, for a client of Responses', () => {
  it('is a response under the asked name, with an item for each block', () => {
    expect(
      responsesReply(
        message(
          'tool_use',
          { type: 'thinking', thinking: 'Hm.', signature: 'EqQ=' },
          { type: 'text', text: 'Hello' },
          { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
        ),
      ),
    ).toMatchObject({
      id: `resp_${served.traceId}`,
      object: 'response',
      created_at: served.createdS,
      status: 'completed',
      error: null,
      model: 'auto',
      store: false,
      output: [
        {
          type: 'reasoning',
          summary: [{ text: 'Hm.' }],
          encrypted_content: 'signalbox-reasoning-1:anthropic:target-model:thinking:EqQ=',
        },
        { type: 'message', content: [{ type: 'output_text', text: 'Hello', annotations: [] }] },
        { type: 'function_call', call_id: 'toolu_1', name: 'f', arguments: '{"a":1}' },
      ],
      usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
    })
  })

  it('calls custom tools with the text that they take', () => {
    const named = { ...served, customTools: new Set(['apply_patch']) }
    const block = { type: 'tool_use', id: 't', name: 'apply_patch', input: { input: '*** x' } }
    expect(responsesReply(message('tool_use', block), named).output).toMatchObject([
      { type: 'custom_tool_call', call_id: 't', input: '*** x' },
    ])
  })

  it('seals thinking for the model that says it answered, where nothing else is known', () => {
    const { served: _, ...named } = served
    const block = { type: 'redacted_thinking', data: 'EqR=' }
    expect(responsesReply(message('end_turn', block), named).output[0].encrypted_content).toContain(':real:')
  })

  it('tells why the model declined', () => {
    const refused = { ...message('refusal'), stop_details: { explanation: 'No.' } }
    expect(responsesReply(refused)).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      output: [{ content: [{ type: 'refusal', refusal: 'No.' }] }],
    })
  })

  it('tells how long the parts of the cache live', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 1,
      cache_creation_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 1 },
    }
    const reply = { ...message('end_turn', { type: 'text', text: 'x' }), usage }
    expect(responsesReply(reply).usage.input_tokens_details).toEqual({
      cached_tokens: 0,
      cache_write_tokens: 3,
      cache_write_tokens_details: { ttl_30m_tokens: 2, ttl_12h_tokens: 1 },
    })
  })

  it('is no answer while the turn is paused', () => {
    expect(failureOf(message('pause_turn', { type: 'text', text: 'x' }))).toBe('worker-protocol')
  })

  it.each(['', '<html>', '{}', '{"type":"error"}'])('is not made of %j', (body) => {
    expect(failureOf(body)).toBe('worker-protocol')
  })
})

describe('a reply without figures', () => {
  it('is estimated by its length, never free', () => {
    const body = { ...message('end_turn', { type: 'text', text: 'four more' }), usage: undefined }
    expect(responsesReply(body).usage).toMatchObject({ output_tokens: 3, total_tokens: 3 })
  })
})
