import { describe, expect, it } from 'vitest'
import { createCards } from '../catalog.ts'
import { hindrance, losesReasoning, type Move, type MoveEnd, noTies, type Ties } from './may-move.ts'

const cards = createCards()
const end = (model: string): MoveEnd => ({ model, card: cards.find(model) })

function move(from: string, to: string, ties: Partial<Ties> = {}, more: Partial<Move> = {}): Move {
  const same = { sameOrganization: true, sameWorkspace: true }
  return {
    from: end(from),
    to: end(to),
    ...same,
    promptTokens: 10_000,
    ties: { ...noTies, ...ties },
    ...more,
  }
}

const loop = { toolLoopOpen: true, thinking: true } as const
const elsewhere = { sameOrganization: false, sameWorkspace: false } as const
const otherWorkspace = { sameOrganization: true, sameWorkspace: false } as const

describe('moving a conversation to another model', () => {
  it('is allowed outside of a tool loop', () => {
    expect(hindrance(move('claude-opus-5-5', 'gpt-6-luna', { thinking: true }))).toBeUndefined()
  })

  it('is allowed inside a tool loop when the history carries no reasoning', () => {
    expect(hindrance(move('claude-opus-5-5', 'some-model', { toolLoopOpen: true }))).toBeUndefined()
  })

  it.each([
    ['claude-haiku-5-5', 'claude-sonnet-5-5'],
    ['claude-sonnet-5-5', 'claude-opus-5-5'],
    ['claude-haiku-5-5', 'claude-opus-5-5'],
    ['claude-opus-5', 'claude-opus-5-5'],
    ['claude-opus-5-5', 'claude-fable-5-1'],
    ['claude-mythos-5-2', 'claude-fable-5-2'],
    ['claude-haiku-4-5', 'claude-sonnet-5-5'],
  ])('goes from %s up to %s in the middle of a tool loop', (from, to) => {
    expect(hindrance(move(from, to, loop))).toBeUndefined()
  })

  it.each([
    ['claude-opus-5-5', 'claude-sonnet-5-5'],
    ['claude-sonnet-5-5', 'claude-haiku-5-5'],
    ['claude-opus-5', 'claude-sonnet-5-5'],
    ['claude-fable-5-1', 'claude-opus-5-5'],
    ['claude-sonnet-5-5', 'claude-fable-5-1'],
    ['claude-opus-5-5', 'claude-fable-5-2'],
    ['claude-opus-5-5', 'gpt-6.2-sol'],
    ['gpt-6-sol', 'gpt-6.2-sol'],
    ['claude-opus-5-5', 'some-model'],
    ['some-model', 'claude-opus-5-5'],
  ])('does not go from %s to %s in the middle of a tool loop', (from, to) => {
    expect(hindrance(move(from, to, loop))).toMatch(/in the middle of a thought/)
  })

  it('does not believe a card that claims to read another vendor’s reasoning', () => {
    const card = cards.find('gpt-6-sol')
    const to = { model: 'gpt-6-sol', card: card && { ...card, reads: ['claude-opus-5-5'] } }
    expect(hindrance(move('claude-opus-5-5', 'gpt-6-sol', loop, { to }))).toBeDefined()
  })

  it('stays with the same model under each of its names, with or without a card', () => {
    expect(hindrance(move('some-model', 'some-model', loop))).toBeUndefined()
    expect(hindrance(move('claude-haiku-4-5', 'claude-haiku-4-5-20251001', loop))).toBeUndefined()
  })

  it('does not leave the organisation in a tool loop with reasoning that belongs to it', () => {
    expect(hindrance(move('claude-sonnet-5-5', 'claude-opus-5-5', loop, elsewhere))).toBeDefined()
    expect(hindrance(move('claude-sonnet-5-5', 'claude-sonnet-5-5', loop, elsewhere))).toBeDefined()
    expect(hindrance(move('claude-sonnet-5-5', 'claude-sonnet-5-5', loop, otherWorkspace))).toBeUndefined()
    expect(hindrance(move('claude-opus-5-5', 'claude-opus-5-5', loop, elsewhere))).toBeUndefined()
  })

  it('leaves a turn that the vendor has paused where it is', () => {
    const ties = { turnPaused: true }
    expect(hindrance(move('claude-sonnet-5-5', 'claude-opus-5-5', ties))).toMatch(/has not answered yet/)
    expect(hindrance(move('claude-sonnet-5-5', 'claude-sonnet-5-5', ties, otherWorkspace))).toBeDefined()
    expect(hindrance(move('claude-sonnet-5-5', 'claude-sonnet-5-5', ties))).toBeUndefined()
  })

  it.each([
    ['state', 'claude-opus-5-5', {}, false],
    ['fallback-credit', 'claude-opus-5-5', {}, false],
    ['state', 'claude-sonnet-5-5', {}, true],
    ['state', 'claude-sonnet-5-5', otherWorkspace, false],
    ['file', 'claude-opus-5-5', {}, true],
    ['file', 'claude-opus-5-5', otherWorkspace, false],
    ['container', 'claude-sonnet-5-5', otherWorkspace, false],
    ['server-tool-result', 'claude-opus-5-5', otherWorkspace, true],
    ['server-tool-result', 'claude-opus-5-5', elsewhere, false],
    ['compaction', 'claude-opus-5-5', elsewhere, false],
  ] as const)('with %s bound, to %s %o: %s', (thing, to, more, expected) => {
    expect(hindrance(move('claude-sonnet-5-5', to, { bound: [thing] }, more)) === undefined).toBe(expected)
  })

  it('that holds what is not known here goes to another model, and to no other account', () => {
    expect(hindrance(move('claude-sonnet-5-5', 'claude-opus-5-5', { inDoubt: true }))).toBeUndefined()
    expect(
      hindrance(move('claude-sonnet-5-5', 'claude-sonnet-5-5', { inDoubt: true }, elsewhere)),
    ).toBeDefined()
  })

  it('does not go where the words that the assistant began would be refused', () => {
    expect(hindrance(move('claude-haiku-4-5', 'claude-haiku-5-5', { prefill: true }))).toBeDefined()
    expect(hindrance(move('claude-haiku-4-5', 'claude-sonnet-4-5', { prefill: true }))).toBeUndefined()
  })

  it('does not go where system messages in the middle would be refused', () => {
    expect(hindrance(move('claude-opus-5-5', 'claude-sonnet-5', { systemMessages: true }))).toBeDefined()
    expect(hindrance(move('claude-opus-5-5', 'claude-sonnet-5-5', { systemMessages: true }))).toBeUndefined()
  })

  it.each([
    ['that is longer than it reads', 'claude-haiku-4-5', 'claude-opus-5-5', {}, 300_000],
    ['that ends with the assistant', 'claude-opus-5-5', 'claude-haiku-4-5', { prefill: true }, 9],
    ['with system messages', 'claude-haiku-4-5', 'claude-opus-5-5', { systemMessages: true }, 9],
  ] as const)(
    'keeps a conversation %s from %s, but not from going on there',
    (_what, to, from, ties, size) => {
      expect(hindrance(move(from, to, ties, { promptTokens: size }))).toBeDefined()
      expect(hindrance(move(to, to, ties, { promptTokens: size }))).toBeUndefined()
    },
  )

  it('does not go where the history is longer than the model reads, by that model’s own count', () => {
    expect(
      hindrance(move('claude-opus-5-5', 'claude-haiku-4-5', {}, { promptTokens: 250_000 })),
    ).toBeUndefined()
    expect(
      hindrance(move('claude-opus-5-5', 'claude-haiku-4-5', {}, { promptTokens: 270_000 })),
    ).toBeDefined()
    // Some read less than prompt and answer together may be.
    const luna = cards.find('gpt-6-luna')
    const max = luna?.inputTokensMax ?? 0
    expect(max).toBeLessThan(luna?.contextTokens ?? 0)
    expect(hindrance(move('gpt-6-sol', 'gpt-6-luna', {}, { promptTokens: max }))).toBeUndefined()
    expect(hindrance(move('gpt-6-sol', 'gpt-6-luna', {}, { promptTokens: max + 1 }))).toBeDefined()
  })
})

describe('reasoning', () => {
  it('is lost to a model that cannot read it, and to an organisation that does not own it', () => {
    expect(losesReasoning(move('claude-opus-5-5', 'claude-haiku-5-5'))).toBe('thinking:model')
    expect(losesReasoning(move('claude-haiku-5-5', 'claude-opus-5-5'))).toBeUndefined()
    expect(losesReasoning(move('claude-haiku-5-5', 'claude-opus-5-5', {}, elsewhere))).toBe(
      'thinking:organization',
    )
    expect(losesReasoning(move('claude-opus-5-5', 'claude-opus-5-5', {}, elsewhere))).toBeUndefined()
  })
})
