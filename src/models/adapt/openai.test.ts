import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adapted, type Request } from './adapt-harness.ts'
import { THINKING_RESERVE } from './output-limit.ts'

const tools = [{ type: 'function', function: { name: 'look', parameters: {} } }]
const chat = (extra: Request): Request => ({
  model: 'asked',
  messages: [{ role: 'user', content: 'Hello' }],
  ...extra,
})
const toChat = (extra: Request, to: string, from?: string) =>
  adapted(chat(extra), { wire: 'openai-chat', to, from })
const responses = (extra: Request): Request => ({ model: 'asked', input: 'Hello', ...extra })
const toResponses = (extra: Request, to: string, from?: string) =>
  adapted(responses(extra), { wire: 'openai-responses', to, from })

describe('a Chat request on its way to another model', () => {
  it('names its limit as the model wants it', () => {
    const { sent, losses } = toChat({ max_tokens: 100 }, 'gpt-6-luna')
    expect(sent).toEqual(chat({ max_completion_tokens: 100 }))
    expect(losses).toEqual([])
    expect(toChat({ max_tokens: 100, max_completion_tokens: 90 }, 'gpt-6-luna').sent).toEqual(
      chat({ max_completion_tokens: 90 }),
    )
    expect(toChat({ max_tokens: 200_000 }, 'gpt-6-luna')).toMatchObject({
      sent: chat({ max_completion_tokens: 128_000 }),
      losses: ['max-tokens-clamped'],
    })
  })

  it.each([
    ['minimal', 'gpt-6-sol', 'low', ['effort-clamped']],
    ['minimal', 'gpt-6.2-sol', 'low', ['effort-clamped']],
    ['none', 'gpt-6-sol', 'none', []],
    ['none', 'gpt-6.1-sol', 'low', ['thinking-forced-on']],
    ['none', 'gpt-6-astra', 'low', ['thinking-forced-on']],
    ['max', 'gpt-6-astra', 'xhigh', ['effort-clamped']],
    ['max', 'gpt-6.1-sol', 'xhigh', ['effort-clamped']],
    ['max', 'gpt-6-luna', 'max', []],
    ['max', 'gpt-5.4', 'xhigh', ['effort-clamped']],
  ])('has effort %s as %s’s %s', (effort, to, sent, losses) => {
    const outcome = toChat({ reasoning_effort: effort }, to)
    expect(outcome.sent?.['reasoning_effort']).toBe(sent)
    expect(outcome.losses).toEqual(losses)
  })

  it('says the default that it was written for where another holds', () => {
    expect(toChat({}, 'gpt-6-luna', 'gpt-5.4-mini').sent?.['reasoning_effort']).toBe('none')
    expect(toChat({}, 'gpt-5.4-mini', 'gpt-6-luna').sent?.['reasoning_effort']).toBe('medium')
    expect(toChat({}, 'gpt-6-sol', 'gpt-6-luna').edits).toEqual([])
    expect(toChat({ max_completion_tokens: 100 }, 'gpt-6.1-sol', 'gpt-5.4-mini')).toMatchObject({
      sent: chat({ reasoning_effort: 'low', max_completion_tokens: 100 + THINKING_RESERVE }),
      losses: ['thinking-forced-on'],
    })
  })

  it('keeps sampling at effort none alone; an effort that is not given counts as the default', () => {
    const sampling = { temperature: 0.2, top_p: 0.9, logprobs: true, frequency_penalty: 1 }
    expect(toChat({ ...sampling, reasoning_effort: 'none' }, 'gpt-6-sol').edits).toEqual([])
    expect(toChat(sampling, 'gpt-5.4-mini').edits).toEqual([])
    for (const effort of [{}, { reasoning_effort: 'low' }])
      expect(toChat({ ...sampling, ...effort }, 'gpt-6-sol')).toMatchObject({
        sent: chat(effort),
        losses: ['sampling-dropped'],
      })
    const defaults = { temperature: 1, presence_penalty: 0, logprobs: false, top_logprobs: 0 }
    expect(toChat(defaults, 'gpt-6-sol')).toMatchObject({ sent: chat({}), losses: [] })
    expect(toChat({ temperature: 0 }, 'gpt-6-sol').losses).toEqual(['sampling-dropped'])
    expect(toChat({ top_logprobs: 1 }, 'gpt-6-sol').losses).toEqual(['sampling-dropped'])
  })

  it('is refused with tools where they need Responses', () => {
    for (const to of ['gpt-6.2-sol', 'gpt-6.2-astra', 'gpt-6.1-terra', 'gpt-6.1-sol', 'gpt-6-astra']) {
      const { refusal } = toChat({ tools, reasoning_effort: 'none' }, to)
      expect(refusal).toMatchObject({ path: 'tools', sentence: expect.stringContaining('/v1/responses.') })
    }
    for (const to of ['gpt-6-sol', 'gpt-6-luna', 'gpt-5.6-terra']) {
      expect(toChat({ tools }, to).refusal?.sentence).toContain('or set reasoning_effort to none')
      expect(toChat({ tools, reasoning_effort: 'none' }, to).edits).toEqual([])
    }
    expect(toChat({ tools, reasoning_effort: 'high' }, 'gpt-5.4').edits).toEqual([])
  })

  it('is refused with more tools than Chat takes', () => {
    const many = Array.from({ length: 129 }, (_, index) => ({
      type: 'function',
      function: { name: `look_${index}`, parameters: {} },
    }))
    expect(toChat({ tools: many }, 'gpt-5.4').refusal).toMatchObject({
      path: 'tools',
      sentence: expect.stringContaining('at most 128 tools in Chat Completions, and these are 129'),
    })
    expect(toChat({ tools: many.slice(1) }, 'gpt-5.4').edits).toEqual([])
  })

  it('keeps only cache options and tiers that the model has', () => {
    expect(toChat({ prompt_cache_options: { mode: 'implicit' } }, 'gpt-5.5')).toMatchObject({
      sent: chat({}),
      losses: ['removed:prompt_cache_options'],
    })
    expect(toChat({ prompt_cache_options: { mode: 'implicit' } }, 'gpt-6-sol').edits).toEqual([])
    expect(toChat({ prompt_cache_retention: '24h' }, 'gpt-6-sol').losses).toEqual([
      'removed:prompt_cache_retention',
    ])
    expect(toChat({ prompt_cache_retention: 'in_memory' }, 'gpt-5.5').losses).toHaveLength(1)
    expect(toChat({ prompt_cache_retention: '24h' }, 'gpt-5.5').losses).toEqual([])
    expect(toChat({ service_tier: 'flex' }, 'gpt-6.2-sol').losses).toEqual(['removed:service_tier'])
    expect(toChat({ service_tier: 'ultrafast' }, 'gpt-6.2-sol').losses).toEqual([])
    expect(toChat({ service_tier: 'ultrafast' }, 'gpt-6-sol').losses).toEqual(['removed:service_tier'])
  })

  it('is left alone for a model of another vendor, but for its limits', () => {
    const request = { max_tokens: 500, temperature: 0.2, reasoning_effort: 'minimal', tools }
    expect(toChat(request, 'gpt-oss-20b', 'gpt-6-sol').edits).toEqual([])
    expect(toChat(request, 'claude-opus-5-5').edits).toEqual([])
    expect(toChat({ max_tokens: 500_000 }, 'gpt-oss-20b').sent).toEqual(chat({ max_tokens: 131_072 }))
  })
})

describe('a Responses request on its way to another model', () => {
  it('has its effort and limit where that protocol keeps them', () => {
    expect(
      toResponses({ reasoning: { effort: 'none', summary: 'auto' }, max_output_tokens: 200 }, 'gpt-6.2-sol'),
    ).toMatchObject({
      sent: responses({
        reasoning: { effort: 'low', summary: 'auto' },
        max_output_tokens: 200 + THINKING_RESERVE,
      }),
      losses: ['thinking-forced-on'],
    })
    expect(toResponses({ reasoning: { effort: 'max' } }, 'gpt-6-astra').edits).toEqual([])
  })

  it('asks for at least sixteen tokens', () => {
    expect(toResponses({ max_output_tokens: 1 }, 'gpt-6-sol').sent).toEqual(
      responses({ max_output_tokens: 16 }),
    )
    expect(toResponses({ max_output_tokens: 16 }, 'gpt-6-sol').edits).toEqual([])
  })

  it('takes tools at any effort, also more of them than Chat does', () => {
    const many = Array.from({ length: 129 }, (_, index) => ({ type: 'function', name: `look_${index}` }))
    expect(toResponses({ tools: many }, 'gpt-6.2-sol').edits).toEqual([])
  })

  it('asks for no probabilities while the model reasons', () => {
    const include = ['message.output_text.logprobs', 'reasoning.encrypted_content']
    expect(toResponses({ include }, 'gpt-6-sol')).toMatchObject({
      sent: responses({ include: include.slice(1) }),
      losses: ['sampling-dropped'],
    })
    expect(toResponses({ include: include.slice(0, 1) }, 'gpt-6-sol').sent).toEqual(responses({}))
    expect(toResponses({ include, reasoning: { effort: 'none' } }, 'gpt-6-sol').edits).toEqual([])
  })
})

/** Which Chat request OpenAI's models take, written down a second time, apart from the cards. */
function complaint(model: string, request: Request): string | undefined {
  const low = ['low', 'medium', 'high', 'xhigh', 'max']
  const refusesNone = ['gpt-6.2-astra', 'gpt-6.2-sol', 'gpt-6.1-sol', 'gpt-6-astra'].includes(model)
  const old = /^gpt-5\.[45]/.test(model)
  const small = /-(mini|nano)$/.test(model)
  const toXhigh = old || model === 'gpt-6.1-sol' || model === 'gpt-6-astra'
  const efforts = [...(refusesNone ? [] : ['none']), ...(toXhigh ? low.slice(0, 4) : low)]
  const effort = request['reasoning_effort'] ?? (small ? 'none' : 'medium')
  const responsesOnly = refusesNone || model === 'gpt-6.1-terra'
  const faults: readonly (readonly [boolean, string])[] = [
    [request['max_tokens'] !== undefined, 'max_tokens'],
    [Number(request['max_completion_tokens']) > 128_000, 'max_completion_tokens'],
    [!efforts.some((value) => value === effort), 'effort'],
    [
      effort !== 'none' && ['temperature', 'top_p', 'logit_bias'].some((name) => request[name] !== undefined),
      'sampling',
    ],
    [request['tools'] !== undefined && (responsesOnly || (!old && effort !== 'none')), 'tools'],
    [request['prompt_cache_options'] !== undefined && old, 'cache options'],
    [request['service_tier'] === 'flex' && model.startsWith('gpt-6.2'), 'tier'],
  ]
  return faults.find(([isThere]) => isThere)?.[1]
}

const models = [
  'gpt-6.2-astra',
  'gpt-6.2-sol',
  'gpt-6.1-terra',
  'gpt-6.1-sol',
  'gpt-6-astra',
  'gpt-6-sol',
  'gpt-6-luna',
  'gpt-5.6-sol',
  'gpt-5.6-luna',
  'gpt-5.5',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.4-nano',
]

describe('any Chat request on its way to any model', () => {
  const optional = <T>(...values: readonly T[]) => fc.constantFrom<T | undefined>(undefined, ...values)
  const request = fc
    .record({
      max_tokens: optional(1, 500, 200_000),
      max_completion_tokens: optional(100, 200_000),
      reasoning_effort: optional('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'),
      temperature: optional(0, 1),
      top_p: optional(0.5),
      logit_bias: optional({ 1: 1 }),
      tools: optional(tools),
      prompt_cache_options: optional({ mode: 'explicit' }),
      service_tier: optional('flex', 'default'),
    })
    .map((fields) => JSON.parse(JSON.stringify(chat(fields))) as Request)
  const model = fc.constantFrom(...models)

  it('is taken by it or refused before it is sent, and then needs nothing more', () => {
    fc.assert(
      fc.property(request, fc.option(model, { nil: undefined }), model, (body, from, to) => {
        fc.pre(from !== to)
        const { sent } = adapted(body, { wire: 'openai-chat', from, to })
        if (!sent) return
        expect(complaint(to, sent), JSON.stringify(sent)).toBeUndefined()
        expect(adapted(sent, { wire: 'openai-chat', to })).toMatchObject({ edits: [], losses: [] })
      }),
      { numRuns: 3_000 },
    )
  })
})
