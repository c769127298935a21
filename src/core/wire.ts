/** The protocols that models are spoken to in. */
export const wires = ['anthropic', 'openai-chat'] as const
export type Wire = (typeof wires)[number]

/** Tokens as they were billed. Missing figures are 0, and `estimated` says that the vendor gave none. */
export interface Usage {
  /** Uncached input. */
  readonly inputTokens: number
  readonly outputTokens: number
  readonly cacheReadTokens: number
  readonly cacheWriteTokens: number
  readonly estimated?: boolean
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }
