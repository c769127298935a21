import { describe, expect, it } from 'vitest'
import { createCards } from './catalog.ts'
import { mayMove, type MoveEnd } from './move.ts'

const cards = createCards()
const end = (model: string): MoveEnd => ({ model, card: cards.find(model) })
const inLoop = (from: string, to: string): boolean =>
  mayMove({ from: end(from), to: end(to), toolLoopOpen: true, thinking: true })

describe('moving a conversation to another model', () => {
  it('is free outside of a tool loop', () => {
    const move = { from: end('claude-opus-5-5'), to: end('gpt-6-luna') }
    expect(mayMove({ ...move, toolLoopOpen: false, thinking: true })).toBe(true)
  })

  it('is free inside a tool loop when the history carries no reasoning', () => {
    const move = { from: end('claude-opus-5-5'), to: end('some-model') }
    expect(mayMove({ ...move, toolLoopOpen: true, thinking: false })).toBe(true)
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
    expect(inLoop(from, to)).toBe(true)
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
    expect(inLoop(from, to)).toBe(false)
  })

  it('does not believe a card that claims to read another vendor’s reasoning', () => {
    const from = end('claude-opus-5-5')
    const card = cards.find('gpt-6-sol')
    const to = { model: 'gpt-6-sol', card: card && { ...card, reads: ['claude-opus-5-5'] } }
    expect(mayMove({ from, to, toolLoopOpen: true, thinking: true })).toBe(false)
  })

  it('stays with the same model under each of its names, with or without a card', () => {
    expect(inLoop('some-model', 'some-model')).toBe(true)
    expect(inLoop('claude-haiku-4-5', 'claude-haiku-4-5-20251001')).toBe(true)
  })
})
