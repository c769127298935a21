import type { JsonObject } from '../../json-value.ts'
import { estimatedTokens } from '../estimated-tokens.ts'
import { countIn, objectIn } from '../json-tree.ts'

/**
 * Usage of a response as Chat's: the same figures under other names. Without any, what was written is estimated by its
 * length: 0 would be read as free. The length of the prompt cannot be known here.
 */
export function responsesUsageToChat(usage: JsonObject | undefined, writtenChars: number): JsonObject {
  const promptTokens = countIn(usage?.['input_tokens'])
  const completionTokens = usage ? countIn(usage['output_tokens']) : estimatedTokens(writtenChars)
  const input = objectIn(usage?.['input_tokens_details'])
  const output = objectIn(usage?.['output_tokens_details'])
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: {
      cached_tokens: countIn(input['cached_tokens']),
      cache_write_tokens: countIn(input['cache_write_tokens']),
    },
    completion_tokens_details: { reasoning_tokens: countIn(output['reasoning_tokens']) },
  }
}
