import { describe, expect, it } from 'vitest'
import { protocols } from '../../wire/catalog.ts'
import { adapt } from '../adapt.ts'
import { type Asked, adapted, cardOf, message, type Request } from './adapt-harness.ts'

const withoutSampling = [
  'claude-fable-5-2',
  'claude-opus-5-5',
  'claude-haiku-5-5',
  'claude-sonnet-5',
  'claude-opus-4-7',
]
const withSampling = ['claude-opus-4-6', 'claude-sonnet-4-6', 'claude-opus-4-5', 'claude-haiku-4-5']

describe('effort', () => {
  it.each([
    ['xhigh', 'claude-opus-4-6', 'high', ['effort-clamped']],
    ['max', 'claude-opus-4-6', 'max', []],
    ['max', 'claude-opus-4-5', 'high', ['effort-clamped']],
    ['xhigh', 'claude-opus-4-5', 'high', ['effort-clamped']],
    ['low', 'claude-sonnet-4-5', undefined, ['removed:output_config.effort']],
    ['low', 'claude-haiku-4-5', undefined, ['removed:output_config.effort']],
    ['xhigh', 'claude-sonnet-5-5', 'xhigh', []],
  ])('%s is %s’s %s', (effort, to, sent, losses) => {
    const outcome = adapted(message({ output_config: { effort } }), { to })
    expect((outcome.sent?.['output_config'] as Request | undefined)?.['effort']).toBe(sent)
    expect(outcome.losses).toEqual(losses)
  })

  it('that the caller relied on is said where the other model’s default is another', () => {
    const sent = (from: string, to: string): unknown =>
      adapted(message(), { from, to }).sent?.['output_config']
    expect(sent('claude-opus-5', 'claude-opus-5-5')).toEqual({ effort: 'high' })
    expect(sent('claude-opus-5-5', 'claude-sonnet-5-5')).toEqual({ effort: 'medium' })
    expect(sent('claude-opus-5-5', 'claude-haiku-5-5')).toBeUndefined()
    expect(sent('claude-sonnet-5-5', 'claude-opus-5')).toBeUndefined()
  })

  it('is not put where no object is', () => {
    const request = message({ output_config: 'high', thinking: { type: 'adaptive' } })
    expect(adapted(request, { from: 'claude-opus-5', to: 'claude-opus-5-5' }).edits).toEqual([])
  })

  it('leaves the rest of its field byte for byte', () => {
    const request = message({
      output_config: { format: { type: 'json_schema', schema: {} }, effort: 'xhigh' },
    })
    const { edits } = adapted(request, { to: 'claude-opus-4-6' })
    expect(edits).toEqual([{ path: ['output_config', 'effort'], value: 'high' }])
  })
})

describe('sampling', () => {
  it.each(withoutSampling)('is left out for %s', (to) => {
    const { sent, losses } = adapted(
      message({ temperature: 0.5, top_k: 3, thinking: { type: 'adaptive' } }),
      { to },
    )
    expect(Object.keys(sent ?? {})).toEqual(['model', 'max_tokens', 'messages', 'thinking'])
    expect(losses).toEqual(['sampling-dropped'])
  })

  it('that says what would be anyway is left out without a loss', () => {
    const { sent, losses } = adapted(message({ temperature: 1, top_p: 1 }), { to: 'claude-opus-5-5' })
    expect(sent).not.toHaveProperty('temperature')
    expect(losses).toEqual([])
  })

  it.each(withSampling)('stays for %s while it does not think, one of temperature and top_p', (to) => {
    const { sent, losses } = adapted(message({ temperature: 0.5, top_p: 0.9, top_k: 3 }), { to })
    expect(sent).toMatchObject({ temperature: 0.5, top_k: 3 })
    expect(sent).not.toHaveProperty('top_p')
    expect(losses).toEqual(['sampling-dropped'])
  })

  it.each(withSampling)('is left out for %s while it thinks', (to) => {
    const thinking = { type: 'enabled', budget_tokens: 2_000 }
    const { sent } = adapted(message({ temperature: 0.5, thinking }), { to })
    expect(sent).not.toHaveProperty('temperature')
  })

  it.each(withSampling)('is unknown to the later versions of the API, also for %s', (to) => {
    const sentWith = (version: string) => adapted(message({ temperature: 1 }), { to, version }).sent
    expect(sentWith('2026-10-20')).toHaveProperty('temperature')
    expect(sentWith('2026-10-21')).not.toHaveProperty('temperature')
    expect(sentWith('2027-01-01')).not.toHaveProperty('temperature')
  })
})

describe('a forced tool', () => {
  it.each([
    'claude-fable-5-2',
    'claude-fable-5-1',
    'claude-mythos-5-1',
    'claude-opus-5-5',
    'claude-sonnet-5-5',
  ])('is free to be called by %s', (to) => {
    const choice = { type: 'tool', name: 'look', disable_parallel_tool_use: true }
    const { sent, losses } = adapted(message({ tool_choice: choice }), { to })
    expect(sent?.['tool_choice']).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    expect(losses).toEqual(['tool-choice-relaxed'])
  })

  it.each(['claude-haiku-5-5', 'claude-fable-5', 'claude-opus-5', 'claude-opus-4-8'])(
    'stays for %s',
    (to) => {
      expect(adapted(message({ tool_choice: { type: 'any' } }), { to }).edits).toEqual([])
    },
  )

  it('that is none at all stays everywhere', () => {
    expect(adapted(message({ tool_choice: { type: 'none' } }), { to: 'claude-opus-5-5' }).edits).toEqual([])
  })
})

describe('the longest answer', () => {
  it('is what the model can say', () => {
    const { sent, losses } = adapted(message({ max_tokens: 100_000 }), { to: 'claude-sonnet-4-5' })
    expect(sent?.['max_tokens']).toBe(64_000)
    expect(losses).toEqual(['max-tokens-clamped'])
  })

  it('is a loss where the caller’s own is cut, not where what is set aside for thinking is', () => {
    const { outputTokensMax } = cardOf('claude-opus-5-5')
    const limited = (tokens: number) =>
      adapted(message({ max_tokens: tokens }), { from: 'claude-opus-4-8', to: 'claude-opus-5-5' })
    for (const tokens of [outputTokensMax - 100, outputTokensMax, outputTokensMax + 1]) {
      const { sent, losses } = limited(tokens)
      expect(sent?.['max_tokens']).toBe(outputTokensMax)
      expect(losses?.includes('max-tokens-clamped')).toBe(tokens > outputTokensMax)
    }
  })
})

describe('fields of single models', () => {
  const asked = (extra: Request, rest: Asked) => {
    const { sent, losses, betasRemoved } = adapted(message(extra), rest)
    return { sent, losses, betasRemoved }
  }

  it.each([
    ['speed', { speed: 'fast' }, 'fast-mode-2026-02-01', 'claude-sonnet-5-5'],
    ['speed', { speed: 'fast' }, 'fast-mode-2026-02-01', 'claude-opus-4-8'],
    ['task_budget', { task_budget: { total: 20_000 } }, 'task-budgets-2026-03-13', 'claude-sonnet-5'],
    [
      'output_config.task_budget',
      { output_config: { task_budget: { total: 20_000 } } },
      'task-budgets-2026-03-13',
      'claude-opus-4-6',
    ],
    [
      'context_management',
      { context_management: { edits: [{ type: 'compact_20260112' }] } },
      'compact-2026-01-12',
      'claude-opus-4-5',
    ],
    [
      'fallbacks',
      { fallbacks: [{ model: 'claude-opus-5' }] },
      'server-side-fallback-2026-07-01',
      'claude-haiku-5-5',
    ],
  ])('%s goes with its beta value', (field, extra, beta, to) => {
    const { sent, losses, betasRemoved } = asked(extra, { to, betas: ['other-2026-01-01', beta] })
    expect(sent).toEqual(message())
    expect(losses).toEqual([`removed:${field}`])
    expect(betasRemoved).toEqual([beta])
  })

  it.each([
    [{ speed: 'fast' }, 'claude-opus-5-5', []],
    [{ speed: 'fast' }, 'claude-opus-5', ['fast-mode-2026-02-01']],
    [{ speed: 'standard' }, 'claude-sonnet-5-5', []],
    [{ output_config: { task_budget: { total: 20_000 } } }, 'claude-opus-5-5', []],
    [{ context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }, 'claude-haiku-4-5', []],
    [{ context_management: { edits: [{ type: 'compact_20260112' }] } }, 'claude-sonnet-4-6', []],
    [{ fallbacks: 'default' }, 'claude-haiku-5-5', []],
    [{ fallbacks: [{ model: 'claude-opus-5' }] }, 'claude-fable-5-1', []],
    [{ service_tier: 'auto' }, 'claude-haiku-4-5', []],
    [{ inference_geo: 'us' }, 'claude-opus-4-6', []],
    [{ output_config: { format: { type: 'json_schema' } } }, 'claude-haiku-4-5', []],
    [{ something_new: 1, metadata: { user_id: 'u' } }, 'claude-haiku-4-5', ['new-2027-01-01']],
  ])('%j stays for %s', (extra, to, betas) => {
    expect(asked(extra, { to, betas })).toEqual({ sent: message(extra), losses: [], betasRemoved: [] })
  })

  it('speed goes where the model wants a beta value that the caller does not send', () => {
    expect(asked({ speed: 'fast' }, { to: 'claude-opus-5' }).losses).toEqual(['removed:speed'])
  })

  it('context editing stays when compaction beside it goes', () => {
    const edits = [{ type: 'clear_tool_uses_20250919' }, { type: 'compact_20260112' }]
    const { sent, losses, betasRemoved } = asked(
      { context_management: { edits } },
      { to: 'claude-haiku-4-5', betas: ['context-management-2025-06-27', 'compact-2026-01-12'] },
    )
    expect(betasRemoved).toEqual(['compact-2026-01-12'])
    expect(sent).toMatchObject({ context_management: { edits: edits.slice(0, 1) } })
    expect(losses).toEqual(['removed:context_management.edits'])
  })

  it('fallbacks keep those that the model may fall back to', () => {
    const list = [{ model: 'claude-opus-5', max_tokens: 9 }, { model: 'claude-haiku-4-5' }]
    const { sent, losses } = asked({ fallbacks: list }, { to: 'claude-fable-5-1' })
    expect(sent?.['fallbacks']).toEqual(list.slice(0, 1))
    expect(losses).toEqual(['removed:fallbacks'])
  })

  it('a region is never forgotten', () => {
    const { refusal } = adapted(message({ inference_geo: 'us' }), { to: 'claude-sonnet-4-5' })
    expect(refusal).toMatchObject({ path: 'inference_geo' })
    expect(asked({ inference_geo: 'global' }, { to: 'claude-sonnet-4-5' })).toMatchObject({
      sent: message(),
      losses: ['removed:inference_geo'],
    })
  })

  it('the value for finer tool streams goes where a toolset stands', () => {
    const fine = 'fine-grained-tool-streaming-2025-05-14'
    const tools = [{ type: 'computer_toolset_20260801', name: 'computer' }]
    expect(asked({ tools }, { to: 'claude-opus-5-5', betas: [fine] }).betasRemoved).toEqual([fine])
    expect(asked({}, { to: 'claude-opus-5-5', betas: [fine] }).betasRemoved).toEqual([])
  })
})

describe('what stands in the conversation or the tools', () => {
  const user = { role: 'user', content: 'Hi' }
  const answer = { role: 'assistant', content: 'Yes' }
  const refusedBy = (request: Request, models: readonly string[]) =>
    models.filter((to) => adapted(message(request), { to }).refusal !== undefined)
  const models = [
    'claude-fable-5-1',
    'claude-opus-5-5',
    'claude-sonnet-5-5',
    'claude-haiku-5-5',
    'claude-opus-5',
    'claude-sonnet-5',
    'claude-opus-4-8',
    'claude-opus-4-7',
    'claude-opus-4-6',
    'claude-opus-4-5',
    'claude-sonnet-4-5',
    'claude-haiku-4-5',
  ]

  it('refuses as a prefill all models but those of 4.5', () => {
    expect(refusedBy({ messages: [user, answer] }, models)).toEqual(models.slice(0, 9))
    const { refusal } = adapted(message({ messages: [user, answer] }), { to: 'claude-opus-5-5' })
    expect(refusal?.sentence).toContain('end the conversation with a message of the user')
  })

  it('refuses as messages of role system the models without them, and names the first', () => {
    const messages = [user, { role: 'system', content: 'Be brief.' }]
    const without = ['claude-sonnet-5', ...models.slice(7)]
    expect(refusedBy({ messages }, models)).toEqual(without)
    const { refusal } = adapted(message({ messages }), { to: 'claude-sonnet-5' })
    expect(refusal?.path).toBe('messages.1')
    const changes = [user, { role: 'system', content: [{ type: 'tool_removal', name: 'look' }] }]
    for (const said of [changes, [...messages, ...changes]]) {
      const changed = adapted(message({ messages: said }), { to: 'claude-sonnet-5' })
      expect(changed.refusal?.sentence).toContain('changes of the tools')
    }
    expect(refusal?.sentence).not.toContain('changes of the tools')
  })

  it('refuses as an effort of single messages the models without it, and some that do not think', () => {
    const messages = [{ ...user, output_config: { effort: 'low' } }]
    const taking = [
      'claude-fable-5-1',
      'claude-opus-5-5',
      'claude-sonnet-5-5',
      'claude-haiku-5-5',
      'claude-opus-5',
    ]
    expect(refusedBy({ messages }, models)).toEqual(models.filter((model) => !taking.includes(model)))
    const off = { messages, thinking: { type: 'disabled' } }
    expect(refusedBy(off, taking)).toEqual(['claude-sonnet-5-5', 'claude-haiku-5-5'])
    expect(refusedBy({ messages, thinking: { type: 'some-new-way' } }, taking)).toEqual([])
  })

  it.each([
    ['computer_20250124', models.slice(0, 10)],
    [
      'computer_20251124',
      ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'],
    ],
    ['computer_toolset_20260801', models.slice(7)],
    ['browser_toolset_20260801', ['claude-haiku-4-5']],
    ['web_search_20260209', models.slice(9)],
    ['web_search_20250305', []],
    ['some_tool_20300101', []],
  ])('refuses tools of type %s where they are another agent’s', (type, refused) => {
    expect(refusedBy({ tools: [{ type, name: 'tool' }] }, models)).toEqual(refused)
  })

  it('refuses more pictures than the models of 4.5 take', () => {
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } }
    const messages = (count: number) => [
      { role: 'user', content: Array.from({ length: count }, () => picture) },
    ]
    expect(refusedBy({ messages: messages(101) }, models)).toEqual(models.slice(9))
    expect(refusedBy({ messages: messages(100) }, models)).toEqual([])
  })

  it('goes as it is to a model of which nothing is said yet', () => {
    const messages = [
      { ...user, output_config: { effort: 'low' } },
      { role: 'system', content: 'Be brief.' },
    ]
    expect(adapted(message({ messages }), { to: 'claude-fable-5-2' }).edits).toEqual([])
  })

  it('takes an advisor along where it may advise the other model too', () => {
    const tools = [{ type: 'advisor_20260301', name: 'advisor', model: 'claude-opus-5-5' }]
    const refused = (from: string | undefined, to: string) =>
      adapted(message({ tools }), { from, to }).refusal?.path
    expect(refused('claude-opus-5-5', 'claude-sonnet-5-5')).toBeUndefined()
    expect(refused('claude-sonnet-5-5', 'claude-haiku-5-5')).toBeUndefined()
    expect(refused('claude-sonnet-5-5', 'claude-opus-5-5')).toBe('tools')
    expect(refused('claude-opus-5-5', 'claude-opus-4-8')).toBe('tools')
    expect(refused(undefined, 'claude-haiku-5-5')).toBe('tools')
    // Who may advise Opus 4.8 is not listed.
    expect(refused('claude-opus-4-8', 'claude-haiku-5-5')).toBe('tools')
  })

  it('takes no advisor along where but one of those that may be meant may advise the other model', () => {
    const withAdvisors = (...advisors: readonly string[]) => {
      const card = cardOf('claude-opus-5-5')
      return { ...card, id: advisors.join(), takes: { ...card.takes, advisors } }
    }
    const request = message({ tools: [{ type: 'advisor_20260301', name: 'advisor', model: 'a' }] })
    const view = protocols.anthropic.view(Buffer.from(JSON.stringify(request)))
    const refused = (from: readonly string[], to: readonly string[]) =>
      'refusal' in
      adapt(view, {
        from: withAdvisors(...from),
        to: withAdvisors(...to),
        version: undefined,
        betas: [],
      })
    expect(refused(['a', 'b'], ['a', 'c'])).toBe(true)
    expect(refused(['a', 'b'], ['b', 'a', 'c'])).toBe(false)
    expect(refused([], ['a'])).toBe(true)
  })

  it('may be thinking of another model, which stays where it is', () => {
    const thought = {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: '', signature: 'c2ln' },
        { type: 'text', text: 'Yes' },
      ],
    }
    for (const to of models)
      expect(adapted(message({ messages: [user, thought, user] }), { to }).sent?.['messages']).toEqual([
        user,
        thought,
        user,
      ])
  })
})

describe('a format that a live list of models says is not offered', () => {
  it('goes with its beta value', () => {
    const card = cardOf('claude-haiku-4-5')
    const to = { ...card, takes: { ...card.takes, structuredOutput: false } }
    const request = message({ output_config: { format: { type: 'json_schema', schema: {} } } })
    const view = protocols.anthropic.view(Buffer.from(JSON.stringify(request)))
    const betas = ['structured-outputs-2025-11-13']
    expect(adapt(view, { from: undefined, to, version: undefined, betas })).toEqual({
      adaptation: {
        edits: [{ path: ['output_config'], value: undefined }],
        losses: ['removed:output_config.format'],
        betasRemoved: betas,
      },
    })
  })
})
