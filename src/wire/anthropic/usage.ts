import type { Usage } from '../../core/wire.ts'
import { billedAs } from '../billed-as.ts'
import { asObject, type JsonObject } from '../json-value.ts'
import { saneCount, usageOf } from '../token-figures.ts'

const figures = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'service_tier',
  'speed',
  'inference_geo',
] as const

/** Anthropic's `usage` object. Input excludes what was read from or written to the cache. */
export function anthropicUsage(usage: JsonObject | undefined): Usage {
  const told = usageOf({
    input: usage?.['input_tokens'],
    output: usage?.['output_tokens'],
    cacheRead: usage?.['cache_read_input_tokens'],
    cacheWrite: usage?.['cache_creation_input_tokens'],
  })
  const long = saneCount(asObject(usage?.['cache_creation'])?.['ephemeral_1h_input_tokens'])
  return {
    ...told,
    ...(long !== undefined && long > 0 && { cacheWriteLongTokens: long }),
    ...billedAs({
      serviceTier: usage?.['service_tier'],
      speed: usage?.['speed'],
      inferenceGeo: usage?.['inference_geo'],
    }),
  }
}

/** A stream tells its usage twice or more; each figure counts as it was told last. They are never summed. */
export function laterUsage(before: JsonObject, later: unknown): JsonObject {
  const told = asObject(later)
  if (!told) return before
  const merged: Record<string, unknown> = { ...before }
  for (const figure of figures) merged[figure] = told[figure] ?? merged[figure]
  return merged
}
