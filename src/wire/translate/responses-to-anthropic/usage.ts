import { asObject, type JsonObject } from '../../json-value.ts'
import { responsesUsage } from '../../openai-responses/usage.ts'
import { estimatedTokens } from '../estimated-tokens.ts'
import { countIn } from '../json-tree.ts'

/**
 * The usage of a response as Anthropic's, where cached tokens are counted apart. Without any, what was written is
 * estimated by its length: 0 would be read as free. The length of the prompt cannot be known here.
 */
export function usageToAnthropic(usage: JsonObject | undefined, writtenChars: number): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = responsesUsage(usage)
  const thinkingTokens = countIn(asObject(usage?.['output_tokens_details'])?.['reasoning_tokens'])
  const byLife = asObject(asObject(usage?.['input_tokens_details'])?.['cache_write_tokens_details'])
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    ...(byLife && {
      cache_creation: {
        ephemeral_5m_input_tokens: countIn(byLife['ttl_30m_tokens']),
        ephemeral_1h_input_tokens: countIn(byLife['ttl_12h_tokens']),
      },
    }),
    output_tokens: usage ? outputTokens : estimatedTokens(writtenChars),
    ...(thinkingTokens > 0 && { output_tokens_details: { thinking_tokens: thinkingTokens } }),
  }
}
