import type { Takes } from '../wire/translation.ts'

/** US dollars per million tokens. */
export interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  /** Written to be kept for a short time: five minutes at Anthropic, thirty at OpenAI. */
  readonly cacheWrite: number
  /** Written to be kept for long: an hour at Anthropic, twelve at OpenAI. */
  readonly cacheWriteLong: number
}

/** Dearer prices for prompts above so many tokens; they hold for the whole request. */
export interface LongPrompt {
  readonly aboveTokens: number
  readonly priceUsdPerMTok: Price
}

/** How a model counts: `claude-4.7`, which holds for all later ones, makes about 30 % more tokens of a text than `claude`. */
export type Tokenizer = 'claude' | 'claude-4.7' | 'openai' | 'open'

/** What is known of a model, with source and date. */
export interface Card {
  readonly id: string
  /** Other names of the same model. */
  readonly aliases?: readonly string[]
  readonly vendor: 'anthropic' | 'openai' | 'open'
  /** The vendor's name for models of one size: opus, sonnet, haiku … */
  readonly line?: string
  /** Prompt and answer together. */
  readonly contextTokens: number
  /** The longest prompt, where it is shorter than the context. */
  readonly inputTokensMax?: number
  readonly outputTokensMax: number
  readonly tokenizer?: Tokenizer
  readonly priceUsdPerMTok: Price
  readonly longPrompt?: LongPrompt
  /** What a service tier, a speed or a region makes of all prices: `batch: 0.5`. */
  readonly multipliers?: Readonly<Record<string, number>>
  /** The shortest prompt that is cached. */
  readonly cacheTokensMin?: number
  /** How long a cached prompt lives after its last use, when it was written for a short time and for long. */
  readonly cacheTtlMs?: number
  readonly cacheTtlLongMs?: number
  /** Ids of the models whose reasoning blocks it can read, besides its own. */
  readonly reads: readonly string[]
  /** Its reasoning can be read only in the account that made it. */
  readonly reasoningBoundToAccount?: boolean
  /** For whom it checks that nothing before its reasoning was changed. */
  readonly prefixCheck?: 'every-account' | 'new-accounts' | 'no'
  /** What a request to it may contain; what is absent is not known, and nothing is adapted. */
  readonly takes?: Takes
  /** The first day on which the vendor may switch it off (ISO 8601). */
  readonly retirement?: string
  /** What is not from the vendor's own pages: names of the facts above. A live answer may correct them. */
  readonly uncertain?: readonly string[]
  /** Where the figures are from, and the day they were read (ISO 8601). */
  readonly source: string
  readonly asOf: string
}
