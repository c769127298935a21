import { describe, expect, it } from 'vitest'
import type { Card } from './card.ts'
import { createCards } from './catalog.ts'
import { corrected } from './corrected.ts'

function card(model: string): Card {
  const found = createCards().find(model)
  if (!found) throw new Error(`no card of ${model}`)
  return found
}

describe('a card beside what the vendor’s list of models tells', () => {
  const haiku = card('claude-haiku-5-5')

  it('takes limits, efforts, ways of thinking and what else is told', () => {
    const told = corrected(haiku, {
      id: 'claude-haiku-5-5',
      line: 'haiku',
      max_input_tokens: 500_000,
      max_tokens: 96_000,
      allowed_fallback_models: ['claude-sonnet-5'],
      capabilities: {
        effort: {
          supported: true,
          low: { supported: true },
          high: { supported: true },
          max: { supported: false },
        },
        thinking: {
          supported: true,
          types: { adaptive: { supported: true }, enabled: { supported: false } },
        },
        structured_outputs: { supported: false },
        context_management: { compact: false },
      },
    })
    expect(told).toMatchObject({ contextTokens: 500_000, outputTokensMax: 96_000 })
    expect(told.takes).toMatchObject({
      efforts: ['low', 'high'],
      thinkingModes: ['adaptive', 'disabled'],
      structuredOutput: false,
      compaction: false,
      fallbacks: ['claude-sonnet-5'],
    })
    expect(told.priceUsdPerMTok).toBe(haiku.priceUsdPerMTok)
    expect(told.takes?.forcedTools).toBe(true)
  })

  it('is no longer uncertain of what was told', () => {
    const told = corrected(haiku, { capabilities: { context_management: { compact: { supported: true } } } })
    expect(haiku.uncertain).toContain('compaction')
    expect(told.uncertain).not.toContain('compaction')
    expect(told.uncertain).toContain('reads')
  })

  it('keeps a way of thinking that the list does not speak of', () => {
    const told = corrected(card('claude-sonnet-5-5'), {
      capabilities: { thinking: { types: { adaptive: true, disabled: false } } },
    })
    expect(told.takes?.thinkingModes).toEqual(['adaptive', 'between_tools'])
  })

  it.each([
    undefined,
    null,
    'text',
    [],
    { max_tokens: -1, max_input_tokens: Number.NaN },
    { max_tokens: 2_000_000 },
    { max_tokens: 0 },
    { max_tokens: haiku.outputTokensMax / 4 - 1, max_input_tokens: haiku.contextTokens / 4 - 1 },
    { max_tokens: 1, max_input_tokens: 1 },
    { max_input_tokens: haiku.contextTokens * 4 + 1 },
    { max_tokens: haiku.outputTokensMax * 4 + 1, max_input_tokens: haiku.contextTokens * 4 + 1 },
    { max_tokens: '64000', capabilities: { effort: 'all', thinking: { types: ['adaptive'] } } },
  ])('stays as it is when it is told nothing that can be: %j', (listing) => {
    expect(corrected(haiku, listing)).toEqual(haiku)
  })
})
