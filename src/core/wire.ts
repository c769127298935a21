/** The protocols that models are spoken to in. */
export const wires = ['anthropic', 'openai-chat', 'openai-responses'] as const
export type Wire = (typeof wires)[number]

/** Tokens as they were billed. Missing figures are 0, and `estimated` says that the vendor gave none. */
export interface Usage {
  /** Uncached input. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  /** How many of `cacheWriteTokens` were written to be kept for long: an hour at Anthropic, twelve at OpenAI. */
  readonly cacheWriteLongTokens?: number
  /** What was billed, where the vendor told it: the service tier, the speed, the region. */
  readonly serviceTier?: string
  readonly speed?: string
  readonly inferenceGeo?: string
  readonly estimated?: boolean
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }
