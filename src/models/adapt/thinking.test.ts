import { describe, expect, it } from 'vitest'
import { protocols } from '../../wire/catalog.ts'
import { adapt } from '../adapt.ts'
import {
  type Asked,
  adapted as adaptedAll,
  cardOf,
  message,
  type Outcome,
  type Request,
} from './adapt-harness.ts'
import { THINKING_RESERVE } from './output-limit.ts'

/** What comes of the caller's intent: the field `thinking`, the effort, and what is lost. */
interface Cell {
  readonly thinking?: Request
  readonly effort?: string
  readonly losses?: readonly string[]
}

const alwaysOn = [
  'claude-fable-5-2',
  'claude-mythos-5-2',
  'claude-fable-5-1',
  'claude-fable-5',
  'claude-opus-5-5',
]
const all = [
  ...alwaysOn,
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-opus-5',
  'claude-sonnet-5',
  'claude-opus-4-8',
  'claude-opus-4-7',
]
const on46 = ['claude-opus-4-6', 'claude-sonnet-4-6']
const on45 = ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5']

const forcedOn: Cell = { effort: 'low', losses: ['thinking-forced-on', 'effort-clamped'] }
const off: readonly (readonly [readonly string[], Cell])[] = [
  [alwaysOn, forcedOn],
  [
    ['claude-sonnet-5-5'],
    { thinking: { type: 'between_tools' }, effort: 'high', losses: ['effort-clamped'] },
  ],
  [
    ['claude-haiku-5-5', 'claude-opus-5'],
    { thinking: { type: 'disabled' }, effort: 'high', losses: ['effort-clamped'] },
  ],
  [['claude-opus-4-8', 'claude-opus-4-7'], { thinking: { type: 'disabled' }, effort: 'max' }],
  [on46, { thinking: { type: 'disabled' }, effort: 'max' }],
  [['claude-opus-4-5'], { effort: 'high', losses: ['effort-clamped'] }],
  [['claude-sonnet-4-5', 'claude-haiku-4-5'], { losses: ['removed:output_config.effort'] }],
]
const each = (table: readonly (readonly [readonly string[], Cell])[]) =>
  table.flatMap(([models, cell]) => models.map((model) => [model, cell] as const))

/** That tokens are counted anew is said of every move between the generations, and tested elsewhere. */
function adapted(request: Request, asked: Asked): Outcome {
  const { losses, ...outcome } = adaptedAll(request, asked)
  return { ...outcome, ...(losses && { losses: losses.filter((loss) => loss !== 'recounted') }) }
}

function expectCell(request: Request, from: string, to: string, cell: Cell): void {
  const { sent, losses } = adapted(message(request), { from, to })
  expect(sent?.['thinking']).toEqual(cell.thinking)
  expect((sent?.['output_config'] as Request | undefined)?.['effort']).toBe(cell.effort)
  expect(losses).toEqual(cell.losses ?? [])
}

describe('thinking that is turned off', () => {
  // Sonnet 5 takes any effort beside it.
  it.each(each(off))('is said as %s takes it', (to, cell) => {
    const request = { thinking: { type: 'disabled' }, output_config: { effort: 'max' } }
    expectCell(request, 'claude-sonnet-5', to, cell)
  })

  it.each(each(off))('is known from what another model does by itself: %s', (to, cell) => {
    // Opus 4.8 does not think unless it is told to.
    const { thinking } = cell
    const isDefault = to.includes('-4-')
    const said = { ...cell, ...(thinking && { thinking }) }
    const { thinking: _, ...unsaid } = cell
    expectCell({ output_config: { effort: 'max' } }, 'claude-opus-4-8', to, isDefault ? unsaid : said)
  })

  it('between tools is off for models that cannot do it by halves', () => {
    const request = { thinking: { type: 'between_tools' } }
    expectCell(request, 'claude-sonnet-5-5', 'claude-opus-4-8', { thinking: { type: 'disabled' } })
    expectCell(request, 'claude-sonnet-5-5', 'claude-opus-4-6', { thinking: { type: 'disabled' } })
    expectCell(request, 'claude-sonnet-5-5', 'claude-opus-4-5', {})
    expectCell(request, 'claude-sonnet-5-5', 'claude-haiku-5-5', {
      thinking: { type: 'disabled' },
      effort: 'high',
    })
  })

  it('and forced on is as weak as it was, where it was the weakest', () => {
    const request = { thinking: { type: 'disabled' }, output_config: { effort: 'low' } }
    for (const to of alwaysOn)
      expectCell(request, 'claude-sonnet-5', to, { effort: 'low', losses: ['thinking-forced-on'] })
  })

  it('loses what may not stand beside it', () => {
    const thinking = {
      type: 'disabled',
      display: 'omitted',
      block_binding: { prefix_mismatch_behavior: 'error' },
    }
    for (const [to, type] of [
      ['claude-haiku-5-5', 'disabled'],
      ['claude-sonnet-5-5', 'between_tools'],
    ] as const)
      expectCell({ thinking, output_config: { effort: 'low' } }, 'claude-sonnet-5', to, {
        thinking: { type },
        effort: 'low',
      })
  })

  it('and forced on gets room beside the answer', () => {
    const { sent, losses } = adapted(message({ max_tokens: 500 }), {
      from: 'claude-opus-4-8',
      to: 'claude-opus-5-5',
    })
    expect(sent).toMatchObject({ max_tokens: 500 + THINKING_RESERVE, output_config: { effort: 'low' } })
    expect(losses).toEqual(['thinking-forced-on'])
    const most = adapted(message({ max_tokens: 127_000 }), { from: 'claude-opus-4-8', to: 'claude-opus-5-5' })
    expect(most.sent?.['max_tokens']).toBe(128_000)
  })
})

describe('adaptive thinking', () => {
  it.each(all.filter((model) => model !== 'claude-opus-5'))('stays as it is for %s', (to) => {
    expectCell({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }, 'claude-opus-5', to, {
      thinking: { type: 'adaptive' },
      effort: 'low',
    })
  })

  it.each(['claude-opus-4-8', 'claude-opus-4-7'])('that a model does by itself is asked of %s', (to) => {
    expectCell({}, 'claude-opus-5', to, { thinking: { type: 'adaptive' } })
  })

  it.each(on46)('is asked of %s with its display as it was', (to) => {
    expectCell({}, 'claude-opus-5', to, { thinking: { type: 'adaptive', display: 'omitted' } })
  })

  it.each([
    ['low', 2_000],
    ['medium', 8_000],
    ['high', 16_000],
    ['xhigh', 32_000],
    ['max', 32_000],
  ])('at effort %s becomes a budget of %d for the 4.5 models', (effort, budget) => {
    for (const to of on45) {
      const request = message({
        max_tokens: 64_000,
        thinking: { type: 'adaptive' },
        output_config: { effort },
      })
      const { sent, losses } = adapted(request, { from: 'claude-opus-5-5', to })
      expect(sent?.['thinking']).toEqual({ type: 'enabled', budget_tokens: budget, display: 'omitted' })
      expect(losses?.[0]).toBe('effort-clamped')
    }
  })

  it('keeps how it is shown and what it is bound to beside the budget', () => {
    const beside = { display: 'summarized', block_binding: { prefix_mismatch_behavior: 'drop_block' } }
    const request = message({ max_tokens: 64_000, thinking: { type: 'adaptive', ...beside } })
    const { sent } = adapted(request, { from: 'claude-opus-5-5', to: 'claude-opus-4-5' })
    expect(sent?.['thinking']).toEqual({ type: 'enabled', budget_tokens: 8_000, ...beside })
  })

  it('leaves half of a short answer to what is said', () => {
    const { sent } = adapted(message({ max_tokens: 4_000 }), {
      from: 'claude-opus-5-5',
      to: 'claude-opus-4-5',
    })
    expect(sent?.['thinking']).toMatchObject({ budget_tokens: 2_000 })
  })

  it.each([
    ['the answer is too short', { max_tokens: 2_047 }],
    ['a tool is forced', { tool_choice: { type: 'any' } }],
    [
      'a tool loop is open',
      {
        messages: [
          { role: 'user', content: 'Look' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'seen' }] },
        ],
      },
    ],
  ])('is left out for them when %s', (_, request) => {
    for (const to of on45) {
      const { sent, losses } = adapted(message({ ...request, thinking: { type: 'adaptive' } }), { to })
      expect(sent).not.toHaveProperty('thinking')
      expect(losses).toEqual(['thinking-forced-off'])
    }
  })
})

describe('thinking with a budget', () => {
  const thinking = { type: 'enabled', budget_tokens: 4_000 }

  it.each(all)('becomes adaptive for %s, and is shown as before', (to) => {
    const { sent, losses } = adapted(message({ thinking }), { from: 'claude-sonnet-4-6', to })
    expect(sent?.['thinking']).toEqual({ type: 'adaptive', display: 'summarized' })
    expect(losses).toEqual(['budget-to-effort'])
  })

  it.each([...on46.slice(0, 1), ...on45])('stays as it is for %s', (to) => {
    expectCell({ thinking }, 'claude-sonnet-4-6', to, { thinking })
  })

  it('keeps the display that the caller chose', () => {
    const { sent } = adapted(message({ thinking: { ...thinking, display: 'omitted' } }), {
      from: 'claude-sonnet-4-6',
      to: 'claude-opus-5-5',
    })
    expect(sent?.['thinking']).toEqual({ type: 'adaptive', display: 'omitted' })
  })

  it('stays below a limit that had to come down', () => {
    const request = message({ max_tokens: 100_000, thinking: { type: 'enabled', budget_tokens: 90_000 } })
    const { sent, losses } = adapted(request, { from: 'claude-sonnet-4-6', to: 'claude-haiku-4-5' })
    expect(sent).toMatchObject({ max_tokens: 64_000, thinking: { budget_tokens: 63_999 } })
    expect(losses).toEqual(['max-tokens-clamped'])
  })

  it('may be longer than one answer where it goes on between calls of tools', () => {
    const request = message({ max_tokens: 4_000, thinking: { type: 'enabled', budget_tokens: 30_000 } })
    const betas = ['interleaved-thinking-2025-05-14']
    expect(adapted(request, { to: 'claude-sonnet-4-6', betas }).edits).toEqual([])
    for (const asked of [
      { to: 'claude-sonnet-4-6' },
      { to: 'claude-opus-4-6', betas },
      { to: 'claude-haiku-4-5', betas },
    ])
      expect(adapted(request, asked).sent?.['thinking']).toMatchObject({ budget_tokens: 3_999 })
  })

  it('gives way to a forced tool, and sampling is free again', () => {
    const request = message({ thinking, tool_choice: { type: 'tool', name: 'look' }, temperature: 0.2 })
    const { sent, losses } = adapted(request, { from: 'claude-opus-5-5', to: 'claude-sonnet-4-6' })
    expect(sent).toMatchObject({ tool_choice: { type: 'tool', name: 'look' }, temperature: 0.2 })
    expect(sent).not.toHaveProperty('thinking')
    expect(losses).toEqual(['thinking-forced-off'])
  })
})

describe('thinking that nothing is known of', () => {
  it('is left to the model’s default when nobody says for whom the request was written', () => {
    for (const to of [...all, ...on46, ...on45])
      expect(adapted(message(), { to })).toMatchObject({ edits: [], losses: [] })
  })

  it.each(['auto', 7, null, undefined])('is left alone when its type is %j', (type) => {
    for (const to of ['claude-opus-5-5', 'claude-haiku-4-5'])
      expect(adapted(message({ thinking: { type } }), { to }).edits).toEqual([])
    expect(adapted(message({ thinking: 'on' }), { to: 'claude-opus-5-5' }).edits).toEqual([])
  })
})

describe('a model that does not think at all', () => {
  const view = (thinking: Request) =>
    protocols.anthropic.view(Buffer.from(JSON.stringify(message({ thinking }))))
  const card = cardOf('claude-haiku-4-5')
  const to = { ...card, takes: { ...card.takes, thinkingModes: [] } }

  it.each([
    [{ type: 'disabled' }, []],
    [{ type: 'adaptive' }, ['thinking-forced-off']],
    [{ type: 'enabled', budget_tokens: 2_000 }, ['thinking-forced-off']],
  ])('is sent no %j', (thinking, losses) => {
    expect(adapt(view(thinking), { from: undefined, to, version: undefined, betas: [] })).toEqual({
      adaptation: { edits: [{ path: ['thinking'], value: undefined }], losses, betasRemoved: [] },
    })
  })
})
