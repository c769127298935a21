import { asObject, type JsonObject } from '../../json-value.ts'
import { chatUsage } from '../../openai-chat/usage.ts'
import { estimatedTokens } from '../estimated-tokens.ts'
import { countIn } from '../json-tree.ts'

/**
 * Chat's usage as Anthropic's, where cached tokens are counted apart. Without any, what was written is estimated by its
 * length: 0 would be read as free. The length of the prompt cannot be known here.
 */
export function usageToAnthropic(usage: JsonObject | undefined, writtenChars: number): JsonObject {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = chatUsage(usage)
  const thinkingTokens = countIn(asObject(usage?.['completion_tokens_details'])?.['reasoning_tokens'])
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cacheReadTokens,
    output_tokens: usage ? outputTokens : estimatedTokens(writtenChars),
    ...(thinkingTokens > 0 && { output_tokens_details: { thinking_tokens: thinkingTokens } }),
  }
}
