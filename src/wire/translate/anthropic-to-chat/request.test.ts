import { describe, expect, it } from 'vitest'
import { refusalOf, request, toChatRequest } from '../requests.suite.ts'

describe('an Anthropic request as a Chat request', () => {
  it('keeps what both protocols have, under the names of the other', () => {
    const { body, losses } = toChatRequest({
      system: 'Be brief.',
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ['END'],
      stream: true,
      metadata: { user_id: 'u1' },
      output_config: { effort: 'high' },
    })
    expect(body).toEqual({
      model: 'target-model',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_completion_tokens: 100,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END'],
      stream: true,
      stream_options: { include_usage: true },
      reasoning_effort: 'high',
      safety_identifier: 'u1',
      prompt_cache_key: 'u1',
    })
    expect(losses).toEqual([])
  })

  it('never carries a field of Anthropic’s own under its old name', () => {
    const { body } = toChatRequest({
      stop_sequences: ['END'],
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
      metadata: { user_id: 'u' },
    })
    for (const field of ['max_tokens', 'stop_sequences', 'thinking', 'output_config', 'metadata', 'system']) {
      expect(body).not.toHaveProperty(field)
    }
  })

  it('is the same bytes each time', () => {
    const body = JSON.stringify({
      model: 'auto',
      max_tokens: 5,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: {} }] }],
    })
    expect(request('anthropic', 'openai-chat', body)).toEqual(request('anthropic', 'openai-chat', body))
  })
})

describe('the length limit', () => {
  it('goes by the name that the dialect has for it', () => {
    expect(toChatRequest({}, { dialect: 'vllm' }).body).toMatchObject({ max_tokens: 100 })
    expect(toChatRequest({}, { dialect: 'groq' }).body).toMatchObject({ max_completion_tokens: 100 })
  })

  it('is clamped to what the model can write, and says so', () => {
    const { body, losses } = toChatRequest({ max_tokens: 64_000 }, { outputTokensMax: 32_000 })
    expect(body['max_completion_tokens']).toBe(32_000)
    expect(losses).toEqual(['max-tokens-clamped'])
  })

  it('that asks for no answer at all cannot be translated', () => {
    expect(refusalOf(() => toChatRequest({ max_tokens: 0 }))).toMatchObject({
      code: 'untranslatable',
      path: 'max_tokens',
    })
  })
})

describe('sampling', () => {
  it('is dropped for a model that refuses it, unless it is the default', () => {
    const takes = { sampling: false }
    const { body, losses } = toChatRequest({ temperature: 0.2 }, { takes })
    expect(body).not.toHaveProperty('temperature')
    expect(losses).toEqual(['sampling-dropped'])
    expect(toChatRequest({ temperature: 1, top_p: 1 }, { takes }).losses).toEqual([])
  })

  it('is kept when such a model does not reason', () => {
    const takes = { sampling: false, efforts: ['none', 'low'] }
    const { body, losses } = toChatRequest({ temperature: 0.2, thinking: { type: 'disabled' } }, { takes })
    expect(body).toMatchObject({ temperature: 0.2, reasoning_effort: 'none' })
    expect(losses).toEqual([])
  })

  it('with top_k goes to servers that know it', () => {
    expect(toChatRequest({ top_k: 5 }, { dialect: 'vllm' }).body['top_k']).toBe(5)
    const { body, losses } = toChatRequest({ top_k: 5 })
    expect(body).not.toHaveProperty('top_k')
    expect(losses).toEqual(['removed:top_k'])
  })
})

describe('stop sequences', () => {
  it('are left out when there are none', () => {
    expect(toChatRequest({ stop_sequences: [] }).body).not.toHaveProperty('stop')
  })

  it('beyond what the server takes are looked for in the reply', () => {
    const five = { stop_sequences: ['a', 'b', 'c', 'd', 'e'] }
    const { body, stopSequences } = toChatRequest(five)
    expect(body).not.toHaveProperty('stop')
    expect(stopSequences).toEqual(five.stop_sequences)
    expect(toChatRequest(five, { dialect: 'vllm' }).body['stop']).toHaveLength(5)
  })

  it('are looked for in the reply of OpenAI’s reasoning models, which take none', () => {
    const takes = { efforts: ['low', 'high'] }
    const { body, stopSequences } = toChatRequest({ stop_sequences: ['a'] }, { takes })
    expect(body).not.toHaveProperty('stop')
    expect(stopSequences).toEqual(['a'])
    expect(toChatRequest({ stop_sequences: ['a'] }, { takes, dialect: 'vllm' }).body['stop']).toEqual(['a'])
  })
})

describe('a stream', () => {
  it('asks for usage where the server takes that', () => {
    expect(toChatRequest({ stream: true }, { dialect: 'mistral' }).body).not.toHaveProperty('stream_options')
    expect(toChatRequest({ stream: false }).body).not.toHaveProperty('stream_options')
  })
})

describe('effort and thinking', () => {
  it.each<[string, object, string | undefined, readonly string[]]>([
    ['max as it is', { output_config: { effort: 'max' } }, 'max', []],
    ['thinking off as none', { thinking: { type: 'disabled' } }, 'none', []],
    [
      'thinking off over an effort',
      { thinking: { type: 'disabled' }, output_config: { effort: 'high' } },
      'none',
      ['removed:output_config.effort'],
    ],
    ['adaptive thinking as nothing', { thinking: { type: 'adaptive' } }, undefined, ['removed:thinking']],
    [
      'an effort beside adaptive thinking',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      'low',
      ['removed:thinking'],
    ],
    ['a small budget', { thinking: { type: 'enabled', budget_tokens: 2_000 } }, 'low', ['budget-to-effort']],
    [
      'a middling budget',
      { thinking: { type: 'enabled', budget_tokens: 8_000 } },
      'medium',
      ['budget-to-effort'],
    ],
    [
      'a large budget',
      { thinking: { type: 'enabled', budget_tokens: 24_000 } },
      'high',
      ['budget-to-effort'],
    ],
    [
      'a huge budget',
      { thinking: { type: 'enabled', budget_tokens: 24_001 } },
      'xhigh',
      ['budget-to-effort'],
    ],
    [
      'an effort that nobody knows',
      { output_config: { effort: 'extreme' } },
      undefined,
      ['removed:output_config.effort'],
    ],
  ])('translate %s', (_what, body, effort, losses) => {
    const read = toChatRequest(body)
    expect(read.body['reasoning_effort']).toBe(effort)
    expect(read.losses).toEqual(losses)
  })

  it('are clamped to what model and server both take', () => {
    const takes = { efforts: ['low', 'medium', 'high', 'xhigh', 'max'] }
    expect(toChatRequest({ thinking: { type: 'disabled' } }, { takes })).toMatchObject({
      body: { reasoning_effort: 'low' },
      losses: ['thinking-forced-on'],
    })
    expect(toChatRequest({ output_config: { effort: 'max' } }, { takes, dialect: 'vllm' })).toMatchObject({
      body: { reasoning_effort: 'high' },
      losses: ['effort-clamped'],
    })
  })

  it('are left out for a server that may refuse the field', () => {
    const { body, losses } = toChatRequest(
      { thinking: { type: 'enabled', budget_tokens: 2_000 }, output_config: { effort: 'high' } },
      { dialect: 'compatible' },
    )
    expect(body).not.toHaveProperty('reasoning_effort')
    expect(losses).toEqual(['removed:thinking', 'removed:output_config.effort'])
  })
})

describe('a format for the answer', () => {
  const closed = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  }

  it('is a JSON schema in both, strict where the schema allows it', () => {
    const { body, losses } = toChatRequest({
      output_config: { format: { type: 'json_schema', schema: closed } },
    })
    expect(body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'reply', schema: closed, strict: true },
    })
    expect(losses).toEqual([])
    const open = { ...closed, additionalProperties: true }
    const relaxed = toChatRequest({ output_config: { format: { type: 'json_schema', schema: open } } })
    expect(relaxed.body['response_format']).toMatchObject({ json_schema: { strict: false } })
    expect(relaxed.losses).toEqual(['removed:strict'])
  })

  it('of an unknown kind is refused', () => {
    const format = { output_config: { format: { type: 'grammar' } } }
    expect(refusalOf(() => toChatRequest(format)).code).toBe('untranslatable')
  })
})

describe('the end user', () => {
  it('is shortened to a digest where the field is too small, always the same one', () => {
    const long = { metadata: { user_id: 'x'.repeat(200) } }
    const first = toChatRequest(long).body['safety_identifier']
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(toChatRequest(long).body['safety_identifier']).toBe(first)
  })

  it('is left out where no field has an effect', () => {
    expect(toChatRequest({ metadata: { user_id: 'u' } }, { dialect: 'ollama' }).losses).toEqual([
      'removed:metadata.user_id',
    ])
    expect(toChatRequest({ metadata: { user_id: 'u' } }, { dialect: 'openrouter' }).body['user']).toBe('u')
  })
})

describe('the service tier', () => {
  it('is translated for OpenAI and left out elsewhere', () => {
    expect(toChatRequest({ service_tier: 'standard_only' }).body['service_tier']).toBe('default')
    expect(toChatRequest({ service_tier: 'auto' }).body['service_tier']).toBe('auto')
    expect(toChatRequest({ service_tier: 'auto' }, { dialect: 'vllm' }).body).not.toHaveProperty(
      'service_tier',
    )
    expect(toChatRequest({ speed: 'fast' }).losses).toEqual(['removed:speed'])
    expect(toChatRequest({ speed: 'standard' }).losses).toEqual([])
    const fast = { takes: { serviceTiers: ['auto', 'fast'] } }
    expect(toChatRequest({ speed: 'fast' }, fast)).toMatchObject({
      body: { service_tier: 'fast' },
      losses: [],
    })
    expect(toChatRequest({ speed: 'fast' }, { ...fast, dialect: 'groq' })).toMatchObject({
      losses: ['removed:speed'],
    })
  })
})

describe('fields without a counterpart', () => {
  it('are silent about a wish for a cache that is there unasked', () => {
    const asked = { cache_control: { type: 'ephemeral' } }
    expect(toChatRequest(asked).losses).toEqual([])
    expect(toChatRequest(asked, { dialect: 'vllm' }).losses).toEqual(['removed:cache_control'])
  })

  it.each(['context_management', 'fallbacks', 'diagnostics', 'user_profile_id', 'something_new'])(
    'are dropped with a loss: %s',
    (field) => {
      expect(toChatRequest({ [field]: { a: 1 } }).losses).toEqual([`removed:${field}`])
    },
  )

  it.each<[string, unknown]>([
    ['mcp_servers', [{ type: 'url', url: 'https://example.org' }]],
    ['container', 'container_1'],
    ['inference_geo', 'us'],
  ])('are refused where leaving them out would change what is meant: %s', (field, value) => {
    const error = refusalOf(() => toChatRequest({ [field]: value }))
    expect(error).toMatchObject({ code: 'untranslatable', path: field })
    expect(error.message).toContain(field)
  })

  it('do no harm where they are null, empty or the default', () => {
    expect(
      toChatRequest({ mcp_servers: [], container: null, inference_geo: 'global', top_k: null, tools: [] })
        .losses,
    ).toEqual([])
  })

  it('cannot flood or break the header that losses go into', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field_${index}`, 1]))
    const { losses } = toChatRequest(many)
    expect(losses).toHaveLength(32)
    expect(losses.at(-1)).toBe('removed:more')
    expect(toChatRequest({ 'a\r\nset-cookie: x': 1 }).losses).toEqual(['removed:unnamed'])
  })
})

describe('a malformed request', () => {
  it.each<[string, object]>([
    ['max_tokens', { max_tokens: 'many' }],
    ['max_tokens', { max_tokens: null }],
    ['max_tokens', { max_tokens: 1.5 }],
    ['messages', { messages: 'Hi' }],
    ['messages', { messages: [] }],
    ['messages', { messages: [{ role: 'user', content: '' }] }],
    ['messages.0', { messages: ['Hi'] }],
    ['messages.0.role', { messages: [{ content: 'Hi' }] }],
    ['messages.0.role', { messages: [{ role: 'tool', content: 'Hi' }] }],
    ['messages.0.content', { messages: [{ role: 'user' }] }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: [7] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['system', { system: 7 }],
    ['temperature', { temperature: 'hot' }],
    ['stop_sequences.1', { stop_sequences: ['a', 1] }],
    ['stream', { stream: 'yes' }],
    ['thinking', { thinking: 'on' }],
    ['thinking.budget_tokens', { thinking: { type: 'enabled' } }],
    ['output_config', { output_config: [] }],
    ['metadata', { metadata: 'me' }],
    ['metadata.user_id', { metadata: { user_id: 7 } }],
    ['service_tier', { service_tier: 'gold' }],
    ['tools', { tools: {} }],
    ['tools.0', { tools: ['f'] }],
    ['tool_choice', { tool_choice: 'auto' }],
  ])('is refused with the path: %s', (path, body) => {
    expect(refusalOf(() => toChatRequest(body))).toMatchObject({ code: 'invalid-message', path })
  })

  it('that is no JSON object is refused', () => {
    expect(refusalOf(() => request('anthropic', 'openai-chat', '{')).code).toBe('malformed-json')
    expect(refusalOf(() => request('anthropic', 'openai-chat', '[]')).code).toBe('invalid-message')
    expect(refusalOf(() => request('anthropic', 'openai-chat', 'null')).code).toBe('invalid-message')
  })
})
