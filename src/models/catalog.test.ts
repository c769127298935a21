import { describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { type CardCorrection, createCards } from './catalog.ts'

function refusal(extra: Record<string, CardCorrection>): SignalboxError {
  try {
    createCards(extra)
  } catch (error) {
    return SignalboxError.from(error)
  }
  throw new Error('nothing was refused')
}

describe('the built-in cards', () => {
  const cards = createCards()

  it('hold possible figures, a source and a date each, and no id twice', () => {
    const all = cards.all()
    expect(all.length).toBeGreaterThan(25)
    expect(new Set(all.map((card) => card.id)).size).toBe(all.length)
    for (const card of all) {
      const prices = [card.priceUsdPerMTok, ...(card.longPrompt ? [card.longPrompt.priceUsdPerMTok] : [])]
      for (const { input, output, cacheRead, cacheWrite, cacheWriteLong } of prices) {
        // An open model costs what one's own hardware or its host takes.
        if (card.vendor === 'open') continue
        expect(input, card.id).toBeGreaterThan(0)
        expect(output, card.id).toBeGreaterThan(input)
        expect(cacheRead, card.id).toBeLessThan(input)
        expect(cacheWrite, card.id).toBeGreaterThanOrEqual(input)
        expect(cacheWriteLong, card.id).toBeGreaterThanOrEqual(cacheWrite)
      }
      expect(card.outputTokensMax, card.id).toBeLessThanOrEqual(card.contextTokens)
      expect(card.inputTokensMax ?? 1, card.id).toBeLessThan(card.contextTokens)
      expect(card.source, card.id).not.toBe('')
      expect(card.asOf, card.id).toMatch(/^202[56]-\d\d-\d\d$/)
    }
  })

  it('name as uncertain only facts that a card has', () => {
    const facts = new Set(
      cards
        .all()
        .flatMap((card) => [
          ...Object.keys(card),
          ...Object.keys(card.takes ?? {}),
          ...Object.keys(card.priceUsdPerMTok),
        ]),
    )
    for (const card of cards.all())
      for (const fact of card.uncertain ?? []) expect(facts, `${card.id}: ${fact}`).toContain(fact)
  })

  it('read only models that have a card, and never themselves', () => {
    const ids = new Set(cards.all().map((card) => card.id))
    for (const card of cards.all()) {
      for (const id of card.reads) expect(ids, `${card.id} reads ${id}`).toContain(id)
      expect(card.reads).not.toContain(card.id)
    }
  })

  it.each([
    ['claude-fable-5-2', 8, 40, 0.2],
    ['claude-opus-5-5', 4, 20, 0.2],
    ['claude-opus-4-8', 5, 25, 0.5],
    ['claude-sonnet-5-5', 2, 10, 0.1],
    ['claude-haiku-5-5', 0.1, 0.5, 0.01],
    ['claude-haiku-4-5', 1, 5, 0.1],
    ['gpt-6.2-sol', 2, 10, 0.1],
    ['gpt-6.1-terra', 1, 5, 0.05],
    ['gpt-6-luna', 0.1, 0.5, 0.01],
    ['gpt-5.6-luna', 0.2, 1.2, 0.02],
  ])('price %s as its vendor does', (model, input, output, cacheRead) => {
    expect(cards.find(model)?.priceUsdPerMTok).toMatchObject({ input, output, cacheRead })
  })

  it('know the limits of old and new models', () => {
    expect(cards.find('claude-haiku-4-5')).toMatchObject({ contextTokens: 200_000, outputTokensMax: 64_000 })
    expect(cards.find('claude-opus-5-5')).toMatchObject({
      contextTokens: 1_000_000,
      outputTokensMax: 128_000,
    })
    expect(cards.find('gpt-5.4-nano')).toMatchObject({ contextTokens: 400_000, outputTokensMax: 128_000 })
  })

  it('know what a request may contain', () => {
    expect(cards.find('claude-opus-5-5')?.takes).toMatchObject({ sampling: false, forcedTools: false })
    expect(cards.find('claude-haiku-5-5')?.takes).toMatchObject({ forcedTools: true, systemMessages: true })
    expect(cards.find('claude-opus-4-6')?.takes?.efforts).not.toContain('xhigh')
    expect(cards.find('claude-sonnet-4-5')?.takes).toMatchObject({ efforts: [], prefill: true })
    expect(cards.find('gpt-6.2-sol')?.takes?.efforts).not.toContain('none')
    expect(cards.find('gpt-6-sol')?.takes?.efforts?.[0]).toBe('none')
    expect(cards.find('gpt-6.2-sol')).toMatchObject({ inputTokensMax: 922_000, takes: { toolsInChat: 'no' } })
    expect(cards.find('gpt-5.4-mini')?.takes).toMatchObject({ effortDefault: 'none' })
    expect(cards.find('gpt-5.4-mini')?.takes).toMatchObject({ sampling: false })
  })

  it('know whose reasoning is bound, how prompts are kept and how tokens are counted', () => {
    expect(cards.find('claude-sonnet-5-5')).toMatchObject({
      reasoningBoundToAccount: true,
      prefixCheck: 'new-accounts',
      cacheTokensMin: 512,
      cacheTtlMs: 300_000,
      cacheTtlLongMs: 3_600_000,
      tokenizer: 'claude-4.7',
    })
    expect(cards.find('claude-opus-4-6')).toMatchObject({ tokenizer: 'claude', cacheTokensMin: 4_096 })
    expect(cards.find('claude-opus-4-7')).toMatchObject({ tokenizer: 'claude-4.7', cacheTokensMin: 2_048 })
    expect(cards.find('claude-opus-5-5')?.reasoningBoundToAccount).toBe(false)
    expect(cards.find('claude-fable-5-2')?.prefixCheck).toBe('every-account')
  })

  it('know when a model may be switched off', () => {
    expect(cards.find('claude-sonnet-4-5')?.retirement).toBe('2026-11-30')
    expect(cards.find('claude-haiku-5-5')?.retirement).toBe('2027-10-07')
    expect(cards.find('gpt-5.4-nano')?.retirement).toBe('2027-04-01')
  })

  it('have common open models under the names that servers give them, without a price', () => {
    for (const name of ['openai/gpt-oss-120b', 'gpt-oss-120b', 'gpt-oss:120b'])
      expect(cards.find(name)).toMatchObject({ id: 'openai/gpt-oss-120b', vendor: 'open' })
    expect(cards.find('qwen3-coder:480b')?.priceUsdPerMTok.input).toBe(0)
    expect(cards.find('qwen3-coder:480b')?.takes).toBeUndefined()
  })
})

describe('finding a card', () => {
  const cards = createCards()

  it('is by the dated id, the alias, or another date of the same model', () => {
    const haiku = cards.find('claude-haiku-4-5-20251001')
    expect(haiku?.id).toBe('claude-haiku-4-5-20251001')
    expect(cards.find('claude-haiku-4-5')).toBe(haiku)
    expect(cards.find('claude-haiku-4-5-20260101')).toBe(haiku)
    expect(cards.find('gpt-5.4-2026-03-05')).toBe(cards.find('gpt-5.4'))
  })

  it('gives nothing for a name that only resembles one', () => {
    for (const name of [
      'claude-haiku',
      'claude-haiku-4-5-x',
      'gpt-5.4-mini-pro',
      '',
      '__proto__',
      'constructor',
    ]) {
      expect(cards.find(name), name).toBeUndefined()
    }
  })
})

describe('the configuration’s models', () => {
  it('correct single figures of a built-in card, and the rest stays', () => {
    const cards = createCards({ 'claude-opus-5-5': { outputTokensMax: 32_000 } })
    const opus = cards.find('claude-opus-5-5')
    expect(opus).toMatchObject({ outputTokensMax: 32_000, contextTokens: 1_000_000, vendor: 'anthropic' })
    expect(opus?.reads).toContain('claude-sonnet-5-5')
    expect(opus?.takes?.forcedTools).toBe(false)
    expect(cards.all().filter((card) => card.id === 'claude-opus-5-5')).toHaveLength(1)
  })

  it.each(['claude-haiku-4-5', 'claude-haiku-4-5-20251001'])(
    'correct a dated card under all of its names: %s',
    (name) => {
      const cards = createCards({ [name]: { priceUsdPerMTok: { input: 2 } } })
      expect(cards.find('claude-haiku-4-5-20251001')?.priceUsdPerMTok.input).toBe(2)
      expect(cards.find('claude-haiku-4-5')?.priceUsdPerMTok.input).toBe(2)
    },
  )

  it('let cache prices and the band for long prompts follow what they are multiples of', () => {
    const cards = createCards({
      mine: { like: 'claude-haiku-5-5', priceUsdPerMTok: { input: 0.2, output: 0.8 } },
    })
    const mine = cards.find('mine')
    expect(mine?.priceUsdPerMTok).toEqual({
      input: 0.2,
      output: 0.8,
      cacheRead: 0.02,
      cacheWrite: 0.25,
      cacheWriteLong: 0.4,
    })
    expect(mine?.longPrompt?.aboveTokens).toBe(100_000)
    expect(mine?.longPrompt?.priceUsdPerMTok.input).toBeCloseTo(1, 12)
    expect(mine?.longPrompt?.priceUsdPerMTok.output).toBeCloseTo(4, 12)
    expect(mine?.longPrompt?.priceUsdPerMTok.cacheRead).toBeCloseTo(0.1, 12)
  })

  it('give a model its whole context where they state one', () => {
    const cards = createCards({
      first: { like: 'gpt-6.2-sol', contextTokens: 100_000, outputTokensMax: 10_000 },
      second: { like: 'gpt-6.2-sol' },
    })
    expect(cards.find('first')).not.toHaveProperty('inputTokensMax')
    expect(cards.find('second')).toMatchObject({ inputTokensMax: 922_000, multipliers: { batch: 0.5 } })
  })

  it('correct a model under its aliases too', () => {
    const cards = createCards({ 'gpt-oss:20b': { priceUsdPerMTok: { input: 0.05, output: 0.2 } } })
    expect(cards.find('openai/gpt-oss-20b')?.priceUsdPerMTok).toMatchObject({ input: 0.05, output: 0.2 })
  })

  it('add a model like another one without claiming that it takes and reads the same', () => {
    const mine = createCards({ mine: { like: 'claude-opus-5-5' } }).find('mine')
    expect(mine).toMatchObject({ id: 'mine', vendor: 'open', contextTokens: 1_000_000, reads: [] })
    expect(mine?.takes).toBeUndefined()
  })

  it('add a dated name without touching the model that it resembles', () => {
    const cards = createCards({ 'claude-haiku-4-5-20270101': { like: 'claude-opus-5-5' } })
    expect(cards.find('claude-haiku-4-5-20270101')?.priceUsdPerMTok.input).toBe(4)
    expect(cards.find('claude-haiku-4-5')?.priceUsdPerMTok.input).toBe(1)
  })

  it('let an entry be like one above it', () => {
    const cards = createCards({
      first: { contextTokens: 8_000, outputTokensMax: 2_000 },
      second: { like: 'first', priceUsdPerMTok: { output: 3 } },
    })
    expect(cards.find('first')?.priceUsdPerMTok).toEqual({
      input: 0,
      output: 0,
      cacheRead: 0,
      cacheWrite: 0,
      cacheWriteLong: 0,
    })
    expect(cards.find('second')).toMatchObject({
      contextTokens: 8_000,
      priceUsdPerMTok: { input: 0, output: 3 },
    })
  })

  it('are refused where like names nothing, by name', () => {
    const error = refusal({ mine: { like: 'claude-opus-9' } })
    expect(error.code).toBe('invalid-config')
    expect(error.path).toBe('models.mine.like')
    expect(error.message).toContain('claude-opus-9')
  })

  it('are refused where a new model says too little', () => {
    expect(refusal({ mine: { contextTokens: 8_000 } }).path).toBe('models.mine')
  })

  it.each([
    ['contextTokens', { contextTokens: 0 }],
    ['contextTokens', { contextTokens: 1.5 }],
    ['contextTokens', { contextTokens: Number.POSITIVE_INFINITY }],
    ['outputTokensMax', { outputTokensMax: -1 }],
    ['outputTokensMax', { outputTokensMax: Number.NaN }],
    ['outputTokensMax', { outputTokensMax: 2_000_000 }],
    ['priceUsdPerMTok.input', { priceUsdPerMTok: { input: -0.1 } }],
    ['priceUsdPerMTok.cacheRead', { priceUsdPerMTok: { cacheRead: Number.NaN } }],
    ['priceUsdPerMTok.output', { priceUsdPerMTok: { output: Number.POSITIVE_INFINITY } }],
    ['priceUsdPerMTok.cacheWriteLong', { priceUsdPerMTok: { cacheWriteLong: -1 } }],
  ])('are refused where %s is impossible', (field, correction) => {
    const error = refusal({ 'claude-opus-5-5': correction })
    expect(error.code).toBe('invalid-config')
    expect(error.path).toBe(`models.claude-opus-5-5.${field}`)
  })
})
