import { anthropicUsage } from '../../anthropic/usage.ts'
import { asObject, type JsonObject } from '../../json-value.ts'
import { estimatedTokens } from '../estimated-tokens.ts'
import { countIn } from '../json-tree.ts'

/**
 * Anthropic's usage as that of a response, where cached tokens are part of the input's. Without any, what was written
 * is estimated by its length. The length of the input cannot be known here.
 */
export function anthropicUsageToResponses(usage: JsonObject | undefined, writtenChars: number): JsonObject {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, ...told } = anthropicUsage(usage)
  const outputTokens = usage ? told.outputTokens : estimatedTokens(writtenChars)
  const input = inputTokens + cacheReadTokens + cacheWriteTokens
  const byLife = asObject(usage?.['cache_creation'])
  const details = byLife && {
    ttl_30m_tokens: countIn(byLife['ephemeral_5m_input_tokens']),
    ttl_12h_tokens: countIn(byLife['ephemeral_1h_input_tokens']),
  }
  const thinkingTokens = countIn(asObject(usage?.['output_tokens_details'])?.['thinking_tokens'])
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cacheReadTokens,
      cache_write_tokens: cacheWriteTokens,
      ...(details && { cache_write_tokens_details: details }),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: thinkingTokens },
    total_tokens: input + outputTokens,
  }
}
