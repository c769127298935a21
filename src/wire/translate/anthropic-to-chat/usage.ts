import { anthropicUsage, laterUsage } from '../../anthropic/usage.ts'
import { asObject, type JsonObject } from '../../json-value.ts'
import { estimatedTokens } from '../estimated-tokens.ts'
import { countIn } from '../json-tree.ts'

/**
 * Anthropic's usage as Chat's, where cached tokens are part of the prompt's. Without any, what was written is estimated
 * by its length: 0 would be read as free. The length of the prompt cannot be known here.
 */
export function usageToChat(usage: JsonObject | undefined, writtenChars: number): JsonObject {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, ...told } = anthropicUsage(usage)
  const outputTokens = usage ? told.outputTokens : estimatedTokens(writtenChars)
  const promptTokens = inputTokens + cacheReadTokens + cacheWriteTokens
  const thinkingTokens = countIn(asObject(usage?.['output_tokens_details'])?.['thinking_tokens'])
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: thinkingTokens },
  }
}

/** Figures come twice in a stream, at its start and its end: the last word on each holds. */
export function mergedUsage(before: JsonObject | undefined, later: unknown): JsonObject | undefined {
  const told = asObject(later)
  if (!told) return before
  const details = told['output_tokens_details'] ?? before?.['output_tokens_details']
  return { ...laterUsage(before ?? {}, told), output_tokens_details: details }
}
