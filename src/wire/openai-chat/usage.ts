import type { Usage } from '../../core/wire.ts'
import { billedAs } from '../billed-as.ts'
import { asObject, type JsonObject } from '../json-value.ts'
import { usageOf } from '../token-figures.ts'

/** Chat's `usage` object. The prompt includes what was read from or written to the cache; ours tells it apart. */
export function chatUsage(usage: JsonObject | undefined, serviceTier?: unknown): Usage {
  const details = asObject(usage?.['prompt_tokens_details'])
  const told = usageOf({
    input: usage?.['prompt_tokens'],
    output: usage?.['completion_tokens'],
    cacheRead: details?.['cached_tokens'],
    cacheWrite: details?.['cache_write_tokens'],
  })
  const uncached = told.inputTokens - told.cacheReadTokens - told.cacheWriteTokens
  return {
    ...told,
    inputTokens: Math.max(uncached, 0),
    ...billedAs({ serviceTier, speed: undefined, inferenceGeo: undefined }),
  }
}
