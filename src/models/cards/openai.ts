import type { Takes } from '../../wire/translation.ts'
import type { Card, Price } from '../card.ts'

/**
 * OpenAI's models. Prices are the standard tier's; `cacheWrite` is the price of a thirty-minute entry, and from before
 * 5.6, where writing costs nothing extra, the price of input. A prompt above 272,000 tokens makes the whole request
 * dearer: input and cache twice, output one and a half times. Reasoning is never readable by another model.
 */
const MODELS_PAGE = 'developers.openai.com/api/docs/models/'
const AS_OF = '2026-11-24'
const LONG_PROMPT_TOKENS = 272_000

const efforts = (...values: readonly string[]): Takes => ({ efforts: values, sampling: false })
const fromNone = efforts('none', 'low', 'medium', 'high', 'xhigh', 'max')
const fromLow = efforts('low', 'medium', 'high', 'xhigh', 'max')
const toXhigh = efforts('none', 'low', 'medium', 'high', 'xhigh')
/** Their default effort is none, so that sampling parameters work unless the request asks for effort. */
const smallTakes: Takes = { efforts: ['none', 'low', 'medium', 'high', 'xhigh'] }

function price(input: number, cacheRead: number, cacheWrite: number, output: number): Price {
  return { input, output, cacheRead, cacheWrite }
}

function card(id: string, priceUsdPerMTok: Price, takes: Takes, source = MODELS_PAGE + id): Card {
  const { input, output, cacheRead, cacheWrite } = priceUsdPerMTok
  return {
    id,
    vendor: 'openai',
    contextTokens: 1_050_000,
    outputTokensMax: 128_000,
    priceUsdPerMTok,
    longPrompt: {
      aboveTokens: LONG_PROMPT_TOKENS,
      priceUsdPerMTok: price(2 * input, 2 * cacheRead, 2 * cacheWrite, 1.5 * output),
    },
    reads: [],
    takes,
    source,
    asOf: AS_OF,
  }
}

/** Without a band for long prompts: none is stated for them. */
function smallCard(id: string, priceUsdPerMTok: Price): Card {
  return {
    id,
    vendor: 'openai',
    contextTokens: 400_000,
    outputTokensMax: 128_000,
    priceUsdPerMTok,
    reads: [],
    takes: smallTakes,
    source: SECOND_HAND,
    asOf: AS_OF,
  }
}

const SECOND_HAND = 'release notes and reports of the price page'

export const openaiCards: readonly Card[] = [
  card('gpt-6.2-astra', price(8, 0.4, 10, 40), fromLow, SECOND_HAND),
  card('gpt-6.2-sol', price(2, 0.1, 2.5, 10), fromLow),
  card('gpt-6.1-terra', price(1, 0.05, 1.25, 5), fromNone),
  card('gpt-6.1-sol', price(2, 0.1, 2.5, 10), fromLow, SECOND_HAND),
  card('gpt-6-astra', price(10, 1, 12.5, 50), fromLow, SECOND_HAND),
  card('gpt-6-sol', price(2, 0.2, 2.5, 10), fromNone),
  card('gpt-6-luna', price(0.1, 0.01, 0.125, 0.5), fromNone, SECOND_HAND),
  // From 5.6 on a cache read costs a tenth of input and a write a quarter more, where no figure is given.
  card('gpt-5.6-sol', price(4, 0.4, 5, 20), fromNone, SECOND_HAND),
  card('gpt-5.6-terra', price(2, 0.2, 2.5, 12), fromNone, SECOND_HAND),
  card('gpt-5.6-luna', price(0.2, 0.02, 0.25, 1.2), fromNone),
  card('gpt-5.5', price(5, 0.5, 5, 30), toXhigh, SECOND_HAND),
  card('gpt-5.4', price(2.5, 0.25, 2.5, 15), toXhigh, SECOND_HAND),
  smallCard('gpt-5.4-mini', price(0.75, 0.075, 0.75, 4.5)),
  smallCard('gpt-5.4-nano', price(0.2, 0.02, 0.2, 1.25)),
]
