import type { JsonObject } from '../../json-value.ts'
import { estimatedTokens } from '../estimated-tokens.ts'
import { countIn, objectIn } from '../json-tree.ts'

/**
 * Chat's usage as that of a response: the same figures under other names. Without any, what was written is estimated by
 * its length: 0 would be read as free. The length of the prompt cannot be known here.
 */
export function chatUsageToResponses(usage: JsonObject | undefined, writtenChars: number): JsonObject {
  const inputTokens = countIn(usage?.['prompt_tokens'])
  const outputTokens = usage ? countIn(usage['completion_tokens']) : estimatedTokens(writtenChars)
  const prompt = objectIn(usage?.['prompt_tokens_details'])
  const completion = objectIn(usage?.['completion_tokens_details'])
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: countIn(prompt['cached_tokens']),
      cache_write_tokens: countIn(prompt['cache_write_tokens']),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: countIn(completion['reasoning_tokens']) },
    total_tokens: inputTokens + outputTokens,
  }
}
