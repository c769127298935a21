import type { Takes } from '../../wire/translation.ts'
import type { Card, Price } from '../card.ts'

/**
 * Claude models. Prices and limits from Anthropic's pricing and models pages, what each takes from its pages on thinking,
 * effort and mid-conversation messages, who reads whose reasoning from the page on preserved thinking. `cacheWrite` is
 * the price of a five-minute entry. Reading that no page states is left out: it only keeps a tool loop where it is.
 */
const SOURCE = 'platform.claude.com/docs/en/about-claude/pricing'
const AS_OF = '2026-10-08'
const ALL_EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max']

function price(input: number, output: number, cacheWrite: number, cacheRead: number): Price {
  return { input, output, cacheRead, cacheWrite }
}

/** From 4.7 on, no model takes sampling parameters or continues a last assistant message. */
function takes(forcedTools: boolean, systemMessages: boolean): Takes {
  return { efforts: ALL_EFFORTS, sampling: false, forcedTools, prefill: false, systemMessages }
}

type Rest = Partial<Pick<Card, 'reads' | 'takes' | 'longPrompt' | 'source' | 'asOf'>>

function card(
  id: string,
  limits: { contextTokens: number; outputTokensMax: number },
  priceUsdPerMTok: Price,
  rest: Rest,
): Card {
  return {
    id,
    vendor: 'anthropic',
    ...limits,
    priceUsdPerMTok,
    reads: [],
    source: SOURCE,
    asOf: AS_OF,
    ...rest,
  }
}

const wide = { contextTokens: 1_000_000, outputTokensMax: 128_000 }
const narrow = { contextTokens: 200_000, outputTokensMax: 64_000 }

const opus4 = ['claude-opus-4-8', 'claude-opus-4-7', 'claude-opus-4-6', 'claude-opus-4-5-20251101']
const sonnet4 = ['claude-sonnet-4-6', 'claude-sonnet-4-5-20250929']
const haiku4 = 'claude-haiku-4-5-20251001'
const before55 = ['claude-opus-5', ...opus4, 'claude-sonnet-5', ...sonnet4, haiku4]

const fable52: Rest = {
  takes: takes(false, false),
  source: 'platform.claude.com/docs/en/models/whats-new-fable-5-2; cache prices from reports',
  asOf: '2026-11-12',
}
const fable51 = (pair: string): Rest => ({
  takes: takes(false, true),
  reads: [pair, 'claude-fable-5', 'claude-mythos-5', 'claude-opus-5-5', ...before55],
})
const fable5: Rest = { takes: takes(true, true) }

const price52 = price(8, 40, 10, 0.2)
const price51 = price(10, 50, 12.5, 0.25)
const price5 = price(10, 50, 12.5, 1)
const opusPrice = price(5, 25, 6.25, 0.5)

const takes46: Takes = {
  efforts: ['low', 'medium', 'high', 'max'],
  sampling: true,
  forcedTools: true,
  prefill: false,
  systemMessages: false,
}
const takes45: Takes = {
  efforts: [],
  sampling: true,
  forcedTools: true,
  prefill: true,
  systemMessages: false,
}

export const anthropicCards: readonly Card[] = [
  card('claude-fable-5-2', wide, price52, { ...fable52, reads: ['claude-mythos-5-2'] }),
  card('claude-mythos-5-2', wide, price52, { ...fable52, reads: ['claude-fable-5-2'] }),
  card('claude-fable-5-1', wide, price51, fable51('claude-mythos-5-1')),
  card('claude-mythos-5-1', wide, price51, fable51('claude-fable-5-1')),
  card('claude-fable-5', wide, price5, fable5),
  card('claude-mythos-5', wide, price5, fable5),
  card('claude-opus-5-5', wide, price(4, 20, 5, 0.2), {
    takes: takes(false, true),
    reads: [...before55, 'claude-sonnet-5-5', 'claude-haiku-5-5'],
  }),
  card('claude-sonnet-5-5', wide, price(2, 10, 2.5, 0.1), {
    takes: takes(false, true),
    reads: ['claude-sonnet-5', 'claude-opus-4-8', haiku4, 'claude-haiku-5-5'],
  }),
  card('claude-haiku-5-5', wide, price(0.1, 0.5, 0.125, 0.01), {
    takes: takes(true, true),
    // Whether cached tokens count is not said; total input is assumed.
    longPrompt: { aboveTokens: 100_000, priceUsdPerMTok: price(0.5, 2.5, 0.625, 0.05) },
  }),
  card('claude-opus-5', wide, opusPrice, { takes: takes(true, true) }),
  card('claude-opus-4-8', wide, opusPrice, { takes: takes(true, true) }),
  card('claude-opus-4-7', wide, opusPrice, { takes: takes(true, false) }),
  card('claude-opus-4-6', wide, opusPrice, { takes: takes46 }),
  card('claude-opus-4-5-20251101', narrow, opusPrice, {
    takes: { ...takes45, efforts: ['low', 'medium', 'high'] },
  }),
  card('claude-sonnet-5', wide, price(2, 10, 2.5, 0.2), { takes: takes(true, false) }),
  card('claude-sonnet-4-6', wide, price(3, 15, 3.75, 0.3), { takes: takes46 }),
  card('claude-sonnet-4-5-20250929', narrow, price(3, 15, 3.75, 0.3), { takes: takes45 }),
  card(haiku4, narrow, price(1, 5, 1.25, 0.1), { takes: takes45 }),
]
