import { anthropicUsage, laterUsage } from '../../anthropic/usage.ts'
import { asObject, type JsonObject } from '../../json-value.ts'
import { countIn } from '../json-tree.ts'

/** Anthropic's usage as Chat's, where cached tokens are part of the prompt's. */
export function usageToChat(usage: JsonObject | undefined): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = anthropicUsage(usage)
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
export function mergedUsage(before: JsonObject, later: unknown): JsonObject {
  const details = asObject(later)?.['output_tokens_details'] ?? before['output_tokens_details']
  return { ...laterUsage(before, later), output_tokens_details: details }
}
