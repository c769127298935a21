/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/** What is known of a model, with source and date. */
export interface Card {
  readonly id: string
  readonly vendor: 'anthropic' | 'openai' | 'open'
  readonly contextTokens: number
  readonly outputTokensMax: number
  readonly priceUsdPerMTok: Price
  /** Dearer prices for prompts above so many tokens; they hold for the whole request. */
  readonly longPrompt?: { readonly aboveTokens: number; readonly priceUsdPerMTok: Price }
  /** Ids of the models whose reasoning blocks it can read, besides its own. */
  readonly reads: readonly string[]
  /** Where the figures are from, and the day they were read (ISO 8601). */
  readonly source: string
  readonly asOf: string
}
