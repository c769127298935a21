import type { Takes } from '../../translation.ts'
import { clampEffort } from '../effort.ts'
import { isGiven, type JsonObject, textAt, textIn } from '../json-tree.ts'
import type { Passage } from '../passage.ts'

/** Those of `fields`, which OpenAI's two protocols have in common, that are given and that the model takes. */
export function vendorFields(
  root: JsonObject,
  fields: readonly string[],
  { target, losses }: Passage,
): JsonObject {
  const taken: [string, unknown][] = []
  for (const field of fields) {
    const value = root[field]
    if (!isGiven(value)) continue
    if (isTaken(field, value, target.takes)) taken.push([field, value])
    else losses.removed(field)
  }
  return Object.fromEntries(taken)
}

/** What is not known of a model is left for it to say. */
function isTaken(field: string, value: unknown, takes: Takes | undefined): boolean {
  switch (field) {
    case 'prompt_cache_options':
      return takes?.cacheOptions !== false
    case 'prompt_cache_retention':
      return takes?.cacheRetentions?.includes(textIn(value)) ?? true
    case 'service_tier':
      return takes?.serviceTiers?.includes(textIn(value)) ?? true
    default:
      return true
  }
}

/** The effort that is asked for at `path`, as far as server and model have it. */
export function vendorEffort(
  value: unknown,
  path: string,
  efforts: readonly string[] | undefined,
  { target, losses }: Passage,
): string | undefined {
  if (!isGiven(value)) return undefined
  const asked = textAt(value, path)
  const allowed = target.dialect.efforts.filter((effort) => efforts?.includes(effort) ?? true)
  return clampEffort(asked, allowed, path, losses)
}
