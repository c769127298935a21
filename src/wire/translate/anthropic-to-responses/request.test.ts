import { describe, expect, it } from 'vitest'
import { refusalOf, toChatRequest } from '../requests.suite.ts'
import { toResponsesRequest } from '../anthropic-responses.suite.ts'

const schema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
}

describe('an Anthropic request for a Responses worker', () => {
  it('asks for nothing to be kept, names the model that it goes to, and drops nothing of a plain one', () => {
    const { body, losses, served } = toResponsesRequest({})
    expect(body).toEqual({
      model: 'target-model',
      input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
      max_output_tokens: 100,
      store: false,
    })
    expect(losses).toEqual([])
    expect(served).toBe('target-model')
  })

  it('begins with the system prompt as a developer item, never as instructions', () => {
    const { body } = toResponsesRequest({
      system: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    })
    expect(body.input[0]).toEqual({
      type: 'message',
      role: 'developer',
      content: [
        { type: 'input_text', text: 'one' },
        { type: 'input_text', text: 'two' },
      ],
    })
    expect(body).not.toHaveProperty('instructions')
  })

  it('raises the length of the answer to what the worker takes, and says so', () => {
    for (const max_tokens of [1, 15]) {
      const { body, losses } = toResponsesRequest({ max_tokens })
      expect(body.max_output_tokens).toBe(16)
      expect(losses).toEqual(['max-tokens-clamped'])
    }
    expect(toResponsesRequest({ max_tokens: 16 }).losses).toEqual([])
    const floor = toResponsesRequest({ max_tokens: 20 }, { takes: { outputTokensMin: 32 } })
    expect(floor.body.max_output_tokens).toBe(32)
    expect(refusalOf(() => toResponsesRequest({ max_tokens: 0 }))).toMatchObject({ path: 'max_tokens' })
  })

  it('keeps the texts that end the answer for the reply, because the worker has no field for them', () => {
    const { body, losses, stopSequences } = toResponsesRequest({ stop_sequences: ['\n\nHuman:', 'END'] })
    expect(stopSequences).toEqual(['\n\nHuman:', 'END'])
    expect(JSON.stringify(body)).not.toContain('stop')
    expect(losses).toEqual([])
    expect(refusalOf(() => toResponsesRequest({ stop_sequences: ['a', ''] }))).toMatchObject({
      code: 'untranslatable',
      path: 'stop_sequences.1',
    })
  })

  it('asks a stream for no padding', () => {
    expect(toResponsesRequest({ stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_obfuscation: false },
    })
    expect(toResponsesRequest({ stream: false }).body).not.toHaveProperty('stream_options')
  })

  it.each<[string, object, object | undefined]>([
    ['thinking off', { thinking: { type: 'disabled' } }, { effort: 'none' }],
    ['an effort', { output_config: { effort: 'max' } }, { effort: 'max' }],
    [
      'a budget',
      { max_tokens: 9000, thinking: { type: 'enabled', budget_tokens: 8000 } },
      { effort: 'medium' },
    ],
    [
      'thinking that is to be seen',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
      { effort: 'high', summary: 'auto' },
    ],
    ['thinking that is not to be seen', { thinking: { type: 'adaptive', display: 'omitted' } }, undefined],
  ])('says %s in reasoning', (_name, fields, reasoning) => {
    expect(toResponsesRequest(fields).body.reasoning).toEqual(reasoning)
  })

  it('asks for the least where thinking cannot be turned off, and says so', () => {
    const takes = { efforts: ['low', 'medium', 'high'] }
    const { body, losses } = toResponsesRequest({ thinking: { type: 'disabled' } }, { takes })
    expect(body.reasoning).toEqual({ effort: 'low' })
    expect(losses).toEqual(['thinking-forced-on'])
  })

  it('asks for what the model takes here, though it takes less in Chat', () => {
    const takes = { efforts: ['low', 'max'], effortsInChat: ['low'] }
    const fields = { output_config: { effort: 'max' } }
    expect(toResponsesRequest(fields, { takes }).body.reasoning).toEqual({ effort: 'max' })
    expect(toChatRequest(fields, { takes })).toMatchObject({
      body: { reasoning_effort: 'low' },
      losses: ['effort-clamped'],
    })
  })

  it('names a schema, and calls it strict where it fits', () => {
    const format = { type: 'json_schema', schema }
    expect(toResponsesRequest({ output_config: { format } }).body.text).toEqual({
      format: { type: 'json_schema', name: 'reply', schema, strict: true },
    })
    const loose = { type: 'json_schema', schema: { type: 'object' } }
    const { body, losses } = toResponsesRequest({ output_config: { format: loose } })
    expect(body.text.format.strict).toBe(false)
    expect(losses).toEqual(['removed:strict'])
  })

  it('tells who asks, as briefly as each field wants it, and always the same', () => {
    const short = toResponsesRequest({ metadata: { user_id: 'u' } }).body
    expect(short).toMatchObject({ safety_identifier: 'u', prompt_cache_key: 'u' })
    const long = toResponsesRequest({ metadata: { user_id: 'u'.repeat(200) } }).body
    expect(long.safety_identifier).toHaveLength(64)
    expect(long.prompt_cache_key).toBe(long.safety_identifier)
    const middle = toResponsesRequest({ metadata: { user_id: 'u'.repeat(100) } }).body
    expect(middle.safety_identifier).toBe('u'.repeat(100))
    expect(middle.prompt_cache_key).toHaveLength(64)
    expect(toResponsesRequest({ metadata: { user_id: 'u' } }, { dialect: 'vllm' }).losses).toEqual([
      'removed:metadata.user_id',
    ])
  })

  it.each<[object, object]>([
    [{ service_tier: 'auto' }, { service_tier: 'auto' }],
    [{ service_tier: 'standard_only' }, { service_tier: 'default' }],
    [{ speed: 'fast' }, { service_tier: 'fast' }],
    [{ speed: 'standard' }, {}],
  ])('%o becomes %o', (fields, expected) => {
    const { body, losses } = toResponsesRequest(fields, {
      takes: { serviceTiers: ['auto', 'default', 'fast'] },
    })
    expect(body).toMatchObject(expected)
    expect(losses).toEqual([])
  })

  it('says that it is not fast where no such tier is known', () => {
    const { body, losses } = toResponsesRequest({ speed: 'fast' })
    expect(body).not.toHaveProperty('service_tier')
    expect(losses).toEqual(['removed:speed'])
  })

  it('drops samplers that the model refuses, but for their defaults, and top_k always', () => {
    const takes = { sampling: false }
    const dropped = toResponsesRequest({ temperature: 0.5, top_k: 5 }, { takes })
    expect(dropped.body).not.toHaveProperty('temperature')
    expect(dropped.losses).toEqual(['sampling-dropped', 'removed:top_k'])
    expect(toResponsesRequest({ temperature: 1 }, { takes }).losses).toEqual([])
    const off = toResponsesRequest({ temperature: 0.5, thinking: { type: 'disabled' } }, { takes })
    expect(off.body).toMatchObject({ temperature: 0.5, reasoning: { effort: 'none' } })
  })

  it('need not ask OpenAI to cache what it caches unasked', () => {
    const fields = { cache_control: { type: 'ephemeral' } }
    expect(toResponsesRequest(fields).losses).toEqual([])
    expect(toResponsesRequest(fields, { dialect: 'vllm' }).losses).toEqual(['removed:cache_control'])
  })

  it.each<[string, object]>([
    ['mcp_servers', { mcp_servers: [{ type: 'url', url: 'https://x' }] }],
    ['container', { container: 'c' }],
    ['inference_geo', { inference_geo: 'us' }],
  ])('is refused with %s', (path, fields) => {
    expect(refusalOf(() => toResponsesRequest(fields))).toMatchObject({ code: 'untranslatable', path })
  })

  it('notes every field that has no counterpart', () => {
    const fields = { context_management: { edits: [] }, fallbacks: 'default', unheard_of: 1 }
    expect(toResponsesRequest(fields).losses).toEqual([
      'removed:context_management',
      'removed:fallbacks',
      'removed:unheard_of',
    ])
  })
})
