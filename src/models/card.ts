import type { Takes } from '../wire/translation.ts'

/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/** Dearer prices for prompts above so many tokens; they hold for the whole request. */
export interface LongPrompt {
  readonly aboveTokens: number
  readonly priceUsdPerMTok: Price
}

/** What is known of a model, with source and date. */
export interface Card {
  readonly id: string
  readonly vendor: 'anthropic' | 'openai' | 'open'
  readonly contextTokens: number
  readonly outputTokensMax: number
  readonly priceUsdPerMTok: Price
  readonly longPrompt?: LongPrompt
  /** Ids of the models whose reasoning blocks it can read, besides its own. */
  readonly reads: readonly string[]
  /** What a request to it may contain; what is absent is not known, and nothing is adapted. */
  readonly takes?: Takes
  /** Where the figures are from, and the day they were read (ISO 8601). */
  readonly source: string
  readonly asOf: string
}
