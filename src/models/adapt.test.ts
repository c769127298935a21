import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { adapted, message, type Request } from './adapt/adapt-harness.ts'
import { adapt } from './adapt.ts'
import { createCards } from './catalog.ts'
import { protocols } from '../wire/catalog.ts'
import { complaint, rows } from './adapt/anthropic-rules-harness.ts'

const models = Object.keys(rows)
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined })
const among = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const effort = among('low', 'medium', 'high', 'xhigh', 'max')

const outputConfig = fc.record(
  { effort, task_budget: among({ type: 'tokens', total: 20_000 }), format: among({ type: 'json_schema' }) },
  { requiredKeys: [] },
)
const thinking = fc.oneof(
  among({ type: 'adaptive' }, { type: 'disabled' }, { type: 'between_tools' }),
  fc.record({
    type: among('adaptive', 'disabled'),
    display: among('summarized', 'omitted'),
    block_binding: among({ prefix_mismatch_behavior: 'error' }),
  }),
  fc.record({ type: among('enabled'), budget_tokens: among(500, 1_024, 5_000, 100_000) }),
)
const conversation = among<readonly Request[]>(
  [{ role: 'user', content: 'Hi' }],
  [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: 'c2ln' }] },
    { role: 'user', content: 'Go on' },
  ],
  [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'The answer is' },
  ],
  [
    { role: 'user', content: 'Hi' },
    { role: 'system', content: 'Be brief.' },
  ],
  [
    { role: 'user', content: 'Hi', output_config: { effort: 'low' } },
    { role: 'assistant', content: 'Yes' },
    { role: 'user', content: 'Why?' },
  ],
  [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'seen' }] },
  ],
)
const tool = among(
  { name: 'look', input_schema: { type: 'object' } },
  { type: 'computer_20251124', name: 'computer' },
  { type: 'computer_20250124', name: 'computer' },
  { type: 'computer_toolset_20260801', name: 'computer' },
  { type: 'browser_toolset_20260801', name: 'browser' },
  { type: 'web_search_20250305', name: 'web_search' },
)
const request: fc.Arbitrary<Request> = fc
  .record({
    model: fc.constant('asked'),
    max_tokens: among(1, 1_000, 2_000, 8_000, 64_001, 128_000),
    messages: conversation,
    thinking: optional(thinking),
    output_config: optional(outputConfig),
    temperature: optional(among(0, 0.5, 1)),
    top_p: optional(among(0.5, 0.99, 1)),
    top_k: optional(among(5)),
    tools: optional(fc.array(tool, { minLength: 1, maxLength: 2 })),
    tool_choice: optional(
      among<Request>({ type: 'auto' }, { type: 'any' }, { type: 'tool', name: 'look' }, { type: 'none' }),
    ),
    speed: optional(among('fast', 'standard')),
    inference_geo: optional(among('us', 'global')),
    context_management: optional(
      among<Request>(
        { edits: [{ type: 'compact_20260112' }] },
        { edits: [{ type: 'clear_tool_uses_20250919' }, { type: 'compact_20260112' }] },
      ),
    ),
    service_tier: optional(among('auto', 'standard_only')),
    fallbacks: optional(
      among<unknown>('default', [{ model: 'claude-opus-4-8' }, { model: 'claude-sonnet-5' }]),
    ),
  })
  // As a client writes it: what is not given is not there.
  .map((fields) => JSON.parse(JSON.stringify(fields)) as Request)
const betas = fc.subarray(['fast-mode-2026-02-01', 'task-budgets-2026-03-13', 'compact-2026-01-12'])
const version = among('2023-06-01', '2026-10-21')
const model = among(...models)
const from = optional(among('claude-opus-5-5', ...models))

describe('a prompt that is too long for the other model', () => {
  const long = message({ messages: [{ role: 'user', content: 'word '.repeat(300_000) }] })

  it('is refused in the words that clients know', () => {
    const { refusal } = adapted(long, { from: 'claude-opus-5-5', to: 'claude-haiku-4-5' })
    expect(refusal?.path).toBe('messages')
    expect(refusal?.sentence).toMatch(/^prompt is too long: 375\d{3} tokens > 200000 maximum$/)
    expect(adapted(long, { from: 'claude-haiku-4-5', to: 'claude-opus-5-5' }).refusal).toBeUndefined()
  })

  it('may pass where only an estimate says so by little: the vendor counts anyway', () => {
    const around = message({ messages: [{ role: 'user', content: 'word '.repeat(200_000) }] })
    expect(adapted(around, { to: 'claude-haiku-4-5' }).refusal).toBeUndefined()
  })

  it('is one that leaves no room for the answer where the vendor says so', () => {
    const longer = message({ messages: [{ role: 'user', content: 'word '.repeat(1_200_000) }] })
    expect(adapted(longer, { to: 'gpt-6.2-sol' }).refusal?.sentence).toContain('> 922000 maximum')
  })

  it('is measured by the context that the configuration gives', () => {
    const to = createCards({ mine: { contextTokens: 8_000, outputTokensMax: 1_000 } }).find('mine')
    const view = protocols.anthropic.view(Buffer.from(JSON.stringify(long)))
    expect(to && adapt(view, { from: undefined, to, version: undefined, betas: [] })).toHaveProperty(
      'refusal',
    )
  })
})

/** One part of a request each, so that every cell of what a model takes is looked at by itself. */
const parts: readonly (readonly [string, Request])[] = [
  ['adaptive thinking', { thinking: { type: 'adaptive' } }],
  ['a budget', { thinking: { type: 'enabled', budget_tokens: 2_000 } }],
  ['no thinking', { thinking: { type: 'disabled' } }],
  ['no thinking and a high effort', { thinking: { type: 'disabled' }, output_config: { effort: 'xhigh' } }],
  ['thinking between tools', { thinking: { type: 'between_tools' } }],
  ...['low', 'medium', 'high', 'xhigh', 'max'].map((value): [string, Request] => [
    `effort ${value}`,
    { output_config: { effort: value } },
  ]),
  [
    'an effort of one message',
    { messages: [{ role: 'user', content: 'Hi', output_config: { effort: 'low' } }] },
  ],
  ['temperature', { temperature: 0.5 }],
  ['top_p', { top_p: 0.5 }],
  ['top_k', { top_k: 5 }],
  ['both', { temperature: 0.5, top_p: 0.5 }],
  ['sampling and a budget', { temperature: 0.5, thinking: { type: 'enabled', budget_tokens: 2_000 } }],
  [
    'a prefill',
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'The' },
      ],
    },
  ],
  ['any tool', { tool_choice: { type: 'any' } }],
  ['one tool', { tool_choice: { type: 'tool', name: 'look' } }],
  [
    'one tool and a budget',
    { tool_choice: { type: 'any' }, thinking: { type: 'enabled', budget_tokens: 2_000 } },
  ],
  [
    'role system',
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'Be brief.' },
      ],
    },
  ],
  ['a long answer', { max_tokens: 64_001 }],
  ['the toolset', { tools: [{ type: 'computer_toolset_20260801', name: 'computer' }] }],
  ['the second computer', { tools: [{ type: 'computer_20251124', name: 'computer' }] }],
  ['the first computer', { tools: [{ type: 'computer_20250124', name: 'computer' }] }],
  ['speed', { speed: 'fast' }],
  ['a task budget', { output_config: { task_budget: { type: 'tokens', total: 20_000 } } }],
  ['a region', { inference_geo: 'us' }],
  ['compaction', { context_management: { edits: [{ type: 'compact_20260112' }] } }],
  ['fallbacks', { fallbacks: [{ model: 'claude-opus-4-8' }] }],
]

describe('every part of a request', () => {
  const headers = { version: '2023-06-01', betas: [] }

  it.each(models)('stays as it is where %s takes it, and is changed or refused where it does not', (to) => {
    for (const [name, part] of parts) {
      const body = message(part)
      const { edits } = adapted(body, { to })
      // Turned off is said by saying nothing where no other way of thinking was asked for by default.
      if (name === 'no thinking' && to.includes('-4-5')) continue
      expect(edits?.length === 0, `${name} at ${to}`).toBe(complaint(to, body, headers) === undefined)
    }
  })
})

describe('a request of the Messages API on its way to another model', () => {
  it('is taken by it, or refused before it is sent', () => {
    fc.assert(
      fc.property(request, from, model, version, betas, (body, written, to, apiVersion, values) => {
        fc.pre(written !== to)
        const outcome = adapted(body, { from: written, to, version: apiVersion, betas: values })
        if (!outcome.sent) return
        const headers = {
          version: apiVersion,
          betas: values.filter((value) => !outcome.betasRemoved?.includes(value)),
        }
        expect(complaint(to, outcome.sent, headers), JSON.stringify(outcome.sent)).toBeUndefined()
      }),
      { numRuns: 4_000 },
    )
  })

  it('needs nothing more once it was adapted', () => {
    fc.assert(
      fc.property(request, from, model, version, (body, written, to, apiVersion) => {
        fc.pre(written !== to)
        const once = adapted(body, { from: written, to, version: apiVersion })
        if (!once.sent) return
        const twice = adapted(once.sent, { to, version: apiVersion })
        expect(twice).toMatchObject({ edits: [], losses: [], betasRemoved: [] })
      }),
      { numRuns: 2_000 },
    )
  })

  it('keeps its conversation, its tools and its system prompt as they are, and is always adapted alike', () => {
    fc.assert(
      fc.property(request, from, model, (body, written, to) => {
        const outcome = adapted(body, { from: written, to })
        for (const { path } of outcome.edits ?? [])
          expect(['messages', 'tools', 'system', 'model']).not.toContain(path[0])
        expect(adapted(body, { from: written, to })).toEqual(outcome)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is refused only for what stands in the conversation, the tools or the region', () => {
    fc.assert(
      fc.property(request, from, model, (body, written, to) => {
        const { refusal } = adapted(body, { from: written, to })
        if (refusal) expect(refusal.path).toMatch(/^(messages(\.\d+)?|tools|inference_geo)$/)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is counted anew where the other model makes other tokens of a text', () => {
    const losses = (from: string, to: string) => adapted(message(), { from, to }).losses
    expect(losses('claude-opus-4-7', 'claude-opus-4-8')).toEqual([])
    expect(losses('claude-opus-4-5', 'claude-opus-4-6')).toEqual([])
    expect(losses('claude-opus-4-6', 'claude-opus-4-7')).toEqual(['recounted'])
  })

  it.each(models)('written for %s and going there passes as it is, with all its faults', (name) => {
    const body = message({ temperature: 3, top_k: 1, thinking: { type: 'enabled', budget_tokens: 1 } })
    expect(adapted(body, { from: name, to: name })).toMatchObject({ edits: [], losses: [], betasRemoved: [] })
  })
})
