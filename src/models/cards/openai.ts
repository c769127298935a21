import type { Takes } from '../../wire/translation.ts'
import type { Card, Price } from '../card.ts'

/**
 * OpenAI's models. Prices are the standard tier's; an entry of the cache that lives for twelve hours costs twice as much
 * as one of thirty minutes, and before 5.6 writing costs what input costs. A prompt above 272,000 tokens makes the whole
 * request dearer: input and cache twice, output one and a half times. Reasoning is never readable by another model.
 */
const MODELS_PAGE = 'developers.openai.com/api/docs/models/'
const SECOND_HAND = 'release notes and reports of the price page'
const AS_OF = '2026-11-24'
const LONG_PROMPT_TOKENS = 272_000
const MINUTE_MS = 60_000

const fromLow = ['low', 'medium', 'high', 'xhigh', 'max']
const fromNone = ['none', ...fromLow]
const toXhigh = ['none', 'low', 'medium', 'high', 'xhigh']

/** What holds for all that reason. Sampling parameters work at effort none alone. */
const reasoning: Takes = {
  efforts: fromNone,
  effortDefault: 'medium',
  sampling: false,
  toolsInChat: 'at-none',
  maxCompletionTokens: true,
  outputTokensMin: 16,
  cacheOptions: true,
  cacheRetentions: [],
  serviceTiers: ['auto', 'default', 'flex', 'priority', 'fast'],
  toolsMax: 128,
}
const responsesOnly: Takes = { ...reasoning, efforts: fromLow, toolsInChat: 'no' }
const upToXhighInChat = { effortsInChat: ['low', 'medium', 'high', 'xhigh'] }
const withoutFlex = ['auto', 'default', 'priority', 'fast']

const takes62: Takes = { ...responsesOnly, serviceTiers: withoutFlex }
const takes56: Takes = { ...reasoning, cacheRetentions: ['24h'] }
const takes55: Takes = {
  ...reasoning,
  efforts: toXhigh,
  toolsInChat: 'yes',
  cacheOptions: false,
  cacheRetentions: ['24h'],
}
const takes54: Takes = { ...takes55, cacheRetentions: ['in_memory', '24h'] }
/** Their default effort is none, so that sampling parameters work unless the request asks for effort. */
const smallTakes: Takes = { ...takes54, effortDefault: 'none' }

/** Regional processing costs a tenth more. */
const multipliers = { batch: 0.5, flex: 0.5, fast: 2, priority: 2, regional: 1.1 }
const { flex: __, ...multipliers62 } = multipliers

function price(input: number, cacheRead: number, cacheWrite: number, output: number): Price {
  const writesCost = cacheWrite > input
  return { input, output, cacheRead, cacheWrite, cacheWriteLong: writesCost ? 2 * cacheWrite : cacheWrite }
}

function card(id: string, priceUsdPerMTok: Price, takes: Takes, rest: Partial<Card> = {}): Card {
  const { input, output, cacheRead, cacheWrite } = priceUsdPerMTok
  return {
    id,
    vendor: 'openai',
    contextTokens: 1_050_000,
    inputTokensMax: 922_000,
    outputTokensMax: 128_000,
    tokenizer: 'openai',
    priceUsdPerMTok,
    longPrompt: {
      aboveTokens: LONG_PROMPT_TOKENS,
      priceUsdPerMTok: price(2 * input, 2 * cacheRead, 2 * cacheWrite, 1.5 * output),
    },
    multipliers,
    cacheTokensMin: 1_024,
    cacheTtlMs: 30 * MINUTE_MS,
    cacheTtlLongMs: 720 * MINUTE_MS,
    reads: [],
    prefixCheck: 'no',
    takes,
    source: MODELS_PAGE + id,
    asOf: AS_OF,
    ...rest,
  }
}

const reported = (...facts: readonly string[]): Partial<Card> => ({
  source: SECOND_HAND,
  uncertain: ['priceUsdPerMTok', 'longPrompt', 'efforts', ...facts],
})
/** Before 5.6 a cached prompt lives for minutes, or for a day where the request asks for it. */
const olderCache = { cacheTtlMs: 5 * MINUTE_MS, cacheTtlLongMs: 1_440 * MINUTE_MS } as const
/** From 6.2 on, reasoning is dropped silently after a change of organisation, person, model or prefix. */
const bound: Partial<Card> = {
  reasoningBoundToAccount: true,
  prefixCheck: 'every-account',
  multipliers: multipliers62,
}

/** Without a band for long prompts: none is stated for them. */
function smallCard(id: string, priceUsdPerMTok: Price, rest: Partial<Card> = {}): Card {
  const { longPrompt: _band, inputTokensMax: _input, ...small } = card(id, priceUsdPerMTok, smallTakes)
  return {
    ...small,
    contextTokens: 400_000,
    ...olderCache,
    source: SECOND_HAND,
    uncertain: ['priceUsdPerMTok', 'efforts', 'effortDefault', 'toolsInChat'],
    ...rest,
  }
}

export const openaiCards: readonly Card[] = [
  card('gpt-6.2-astra', price(8, 0.4, 10, 40), takes62, { ...bound, ...reported('toolsInChat') }),
  card(
    'gpt-6.2-sol',
    price(2, 0.1, 2.5, 10),
    { ...takes62, serviceTiers: [...withoutFlex, 'ultrafast'] },
    // Ultrafast is to cost six times as much from 2027-03-01 on.
    { ...bound, multipliers: { ...multipliers62, ultrafast: 3 } },
  ),
  card('gpt-6.1-terra', price(1, 0.05, 1.25, 5), { ...reasoning, toolsInChat: 'no' }),
  card(
    'gpt-6.1-sol',
    price(2, 0.1, 2.5, 10),
    { ...responsesOnly, ...upToXhighInChat },
    reported('effortsInChat'),
  ),
  card(
    'gpt-6-astra',
    price(10, 1, 12.5, 50),
    { ...responsesOnly, ...upToXhighInChat },
    reported('effortsInChat'),
  ),
  card('gpt-6-sol', price(2, 0.2, 2.5, 10), reasoning),
  card('gpt-6-luna', price(0.1, 0.01, 0.125, 0.5), reasoning, reported()),
  // From 5.6 on a cache read costs a tenth of input and a write a quarter more, where no figure is given.
  card('gpt-5.6-sol', price(4, 0.4, 5, 20), takes56, reported('toolsInChat')),
  card('gpt-5.6-terra', price(2, 0.2, 2.5, 12), takes56, reported('toolsInChat')),
  card('gpt-5.6-luna', price(0.2, 0.02, 0.25, 1.2), takes56, { uncertain: ['toolsInChat'] }),
  card('gpt-5.5', price(5, 0.5, 5, 30), takes55, {
    ...olderCache,
    ...reported('contextTokens', 'toolsInChat'),
  }),
  card('gpt-5.4', price(2.5, 0.25, 2.5, 15), takes54, {
    ...olderCache,
    ...reported('contextTokens', 'toolsInChat'),
  }),
  smallCard('gpt-5.4-mini', price(0.75, 0.075, 0.75, 4.5)),
  smallCard('gpt-5.4-nano', price(0.2, 0.02, 0.2, 1.25), { retirement: '2027-04-01' }),
]
