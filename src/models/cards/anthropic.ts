import type { Card, Price, Tokenizer } from '../card.ts'
import {
  fable5Takes,
  fable51Takes,
  fable52Takes,
  haiku45Takes,
  haiku55Takes,
  opus5Takes,
  opus45Takes,
  opus46Takes,
  opus47Takes,
  opus48Takes,
  opus55Takes,
  sonnet5Takes,
  sonnet45Takes,
  sonnet46Takes,
  sonnet55Takes,
} from './anthropic-takes.ts'

/**
 * Claude models. Prices and limits from Anthropic's pricing and models pages, what each takes from its pages on thinking,
 * effort and mid-conversation messages, who reads whose reasoning from the page on preserved thinking. Reading that no
 * page states is left out: it only keeps a tool loop where it is.
 */
const SOURCE = 'platform.claude.com/docs/en/about-claude/pricing'
const AS_OF = '2026-10-08'
const MINUTE_MS = 60_000

/** A five-minute entry costs a quarter more than input, an hour's twice as much. */
function price(input: number, output: number, cacheRead: number): Price {
  return { input, output, cacheRead, cacheWrite: 1.25 * input, cacheWriteLong: 2 * input }
}

const batch = { batch: 0.5 }
/** Requests that must stay in the United States; models before 4.6 refuse them. */
const plain = { ...batch, us: 1.1 }
const withFast = { ...plain, fast: 2 }

type Own = Pick<Card, 'takes' | 'priceUsdPerMTok'> & Partial<Card>

function card(id: string, line: string, own: Own): Card {
  return {
    id,
    vendor: 'anthropic',
    line,
    contextTokens: 1_000_000,
    outputTokensMax: 128_000,
    tokenizer: 'claude-4.7',
    multipliers: plain,
    cacheTokensMin: 512,
    cacheTtlMs: 5 * MINUTE_MS,
    cacheTtlLongMs: 60 * MINUTE_MS,
    reads: [],
    reasoningBoundToAccount: false,
    prefixCheck: 'no',
    source: SOURCE,
    asOf: AS_OF,
    ...own,
  }
}

const opus4 = ['claude-opus-4-8', 'claude-opus-4-7', 'claude-opus-4-6', 'claude-opus-4-5-20251101']
const sonnet4 = ['claude-sonnet-4-6', 'claude-sonnet-4-5-20250929']
const haiku4 = 'claude-haiku-4-5-20251001'
const before55 = ['claude-opus-5', ...opus4, 'claude-sonnet-5', ...sonnet4, haiku4]

const old = { tokenizer: 'claude' satisfies Tokenizer } as const
const narrow = { ...old, contextTokens: 200_000, outputTokensMax: 64_000, multipliers: batch } as const

const fable52 = (pair: string): Own => ({
  takes: fable52Takes,
  priceUsdPerMTok: price(8, 40, 0.2),
  multipliers: withFast,
  reads: [pair],
  prefixCheck: 'every-account',
  source: 'platform.claude.com/docs/en/models/whats-new-fable-5-2',
  asOf: '2026-11-12',
  uncertain: [
    'efforts',
    'effortDefault',
    'forcedTools',
    'systemMessages',
    'effortInMessages',
    'cacheRead',
    'cacheWrite',
    'multipliers',
    'reads',
    'reasoningBoundToAccount',
  ],
})
const fable51 = (pair: string): Own => ({
  takes: fable51Takes,
  priceUsdPerMTok: price(10, 50, 0.25),
  reads: [pair, 'claude-fable-5', 'claude-mythos-5', 'claude-opus-5-5', ...before55],
  prefixCheck: 'new-accounts',
  retirement: '2027-09-01',
  uncertain: ['taskBudget'],
})
const fable5: Own = {
  takes: fable5Takes,
  priceUsdPerMTok: price(10, 50, 1),
  retirement: '2027-06-09',
}
const opusPrice = price(5, 25, 0.5)
const olderReading = { uncertain: ['reads'] }

export const anthropicCards: readonly Card[] = [
  card('claude-fable-5-2', 'fable', fable52('claude-mythos-5-2')),
  card('claude-mythos-5-2', 'mythos', fable52('claude-fable-5-2')),
  card('claude-fable-5-1', 'fable', fable51('claude-mythos-5-1')),
  card('claude-mythos-5-1', 'mythos', {
    ...fable51('claude-fable-5-1'),
    uncertain: ['taskBudget', 'prefixCheck'],
  }),
  card('claude-fable-5', 'fable', fable5),
  card('claude-mythos-5', 'mythos', fable5),
  card('claude-opus-5-5', 'opus', {
    takes: opus55Takes,
    priceUsdPerMTok: price(4, 20, 0.2),
    multipliers: withFast,
    reads: [...before55, 'claude-sonnet-5-5', 'claude-haiku-5-5'],
    prefixCheck: 'new-accounts',
    retirement: '2027-09-22',
    uncertain: ['fallbacks'],
  }),
  card('claude-sonnet-5-5', 'sonnet', {
    takes: sonnet55Takes,
    priceUsdPerMTok: price(2, 10, 0.1),
    reads: ['claude-sonnet-5', 'claude-opus-4-8', haiku4, 'claude-haiku-5-5'],
    reasoningBoundToAccount: true,
    prefixCheck: 'new-accounts',
    retirement: '2027-09-28',
    uncertain: ['taskBudget'],
  }),
  card('claude-haiku-5-5', 'haiku', {
    takes: haiku55Takes,
    priceUsdPerMTok: price(0.1, 0.5, 0.01),
    // Whether cached tokens count is not said; total input is assumed.
    longPrompt: { aboveTokens: 100_000, priceUsdPerMTok: price(0.5, 2.5, 0.05) },
    reasoningBoundToAccount: true,
    prefixCheck: 'new-accounts',
    retirement: '2027-10-07',
    uncertain: ['reads', 'longPrompt', 'taskBudget', 'compaction'],
  }),
  card('claude-opus-5', 'opus', {
    takes: opus5Takes,
    priceUsdPerMTok: opusPrice,
    multipliers: withFast,
    retirement: '2027-07-24',
    uncertain: ['reads', 'fallbacks'],
  }),
  card('claude-opus-4-8', 'opus', {
    takes: opus48Takes,
    priceUsdPerMTok: opusPrice,
    multipliers: withFast,
    cacheTokensMin: 1_024,
    retirement: '2027-05-28',
    ...olderReading,
  }),
  card('claude-opus-4-7', 'opus', {
    takes: opus47Takes,
    priceUsdPerMTok: opusPrice,
    cacheTokensMin: 2_048,
    retirement: '2027-04-16',
    ...olderReading,
  }),
  card('claude-opus-4-6', 'opus', {
    ...old,
    takes: opus46Takes,
    priceUsdPerMTok: opusPrice,
    cacheTokensMin: 4_096,
    retirement: '2027-02-05',
    ...olderReading,
  }),
  card('claude-opus-4-5-20251101', 'opus', {
    ...narrow,
    takes: opus45Takes,
    priceUsdPerMTok: opusPrice,
    cacheTokensMin: 4_096,
    retirement: '2026-11-24',
    uncertain: ['reads', 'retirement'],
  }),
  card('claude-sonnet-5', 'sonnet', {
    takes: sonnet5Takes,
    priceUsdPerMTok: price(2, 10, 0.2),
    cacheTokensMin: 1_024,
    retirement: '2027-06-30',
    ...olderReading,
  }),
  card('claude-sonnet-4-6', 'sonnet', {
    ...old,
    takes: sonnet46Takes,
    priceUsdPerMTok: price(3, 15, 0.3),
    cacheTokensMin: 1_024,
    retirement: '2027-02-17',
    ...olderReading,
  }),
  card('claude-sonnet-4-5-20250929', 'sonnet', {
    ...narrow,
    takes: sonnet45Takes,
    priceUsdPerMTok: price(3, 15, 0.3),
    cacheTokensMin: 1_024,
    retirement: '2026-11-30',
    ...olderReading,
  }),
  card(haiku4, 'haiku', {
    ...narrow,
    takes: haiku45Takes,
    priceUsdPerMTok: price(1, 5, 0.1),
    cacheTokensMin: 4_096,
    retirement: '2026-10-15',
    uncertain: ['reads', 'retirement'],
  }),
]
