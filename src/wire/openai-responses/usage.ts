import type { Usage } from '../../core/wire.ts'
import { billedAs } from '../billed-as.ts'
import { asObject, type JsonObject } from '../json-value.ts'
import { saneCount, usageOf } from '../token-figures.ts'

/** `usage` of a response. The input includes what was read from or written to the cache; ours tells it apart. */
export function responsesUsage(usage: JsonObject | undefined, serviceTier?: unknown): Usage {
  const details = asObject(usage?.['input_tokens_details'])
  const told = usageOf({
    input: usage?.['input_tokens'],
    output: usage?.['output_tokens'],
    cacheRead: details?.['cached_tokens'],
    cacheWrite: details?.['cache_write_tokens'],
  })
  const long = saneCount(asObject(details?.['cache_write_tokens_details'])?.['ttl_12h_tokens'])
  const uncached = told.inputTokens - told.cacheReadTokens - told.cacheWriteTokens
  return {
    ...told,
    inputTokens: Math.max(uncached, 0),
    ...(long !== undefined && long > 0 && { cacheWriteLongTokens: long }),
    ...billedAs({ serviceTier, speed: undefined, inferenceGeo: undefined }),
  }
}
