import type { Usage } from '../core/wire.ts'
import { estimatedTokens } from './translate/estimated-tokens.ts'

/** What a stream that told no usage of its own comes to: it was given up, or its server tells none. */
export function withOutput(usage: Usage, writtenBytes: number): Usage {
  if (writtenBytes === 0) return usage
  const outputTokens = Math.max(usage.outputTokens, estimatedTokens(writtenBytes))
  return { ...usage, outputTokens, estimated: true }
}

/** Who began to answer has read the prompt, and bills it, told or not. */
export function withPrompt(usage: Usage, prompt: { readonly promptTokens: number }): Usage {
  const told = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
  if (!usage.estimated || told > 0) return usage
  return { ...usage, inputTokens: Math.ceil(prompt.promptTokens) }
}
