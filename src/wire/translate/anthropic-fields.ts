import { named } from './anthropic-blocks.ts'
import { clampEffort, effortOfBudget } from './effort.ts'
import {
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  untranslatable,
  wholeNumberAt,
} from './json-tree.ts'
import type { Passage } from './passage.ts'
import { fitsStrict } from './strict-schema.ts'
import { shortened } from './tool-ids.ts'

/** What the top-level fields of an Anthropic request mean in the terms that OpenAI's two protocols share. */

/**
 * Refuses what would change the meaning of the answer, or where the data goes, if it were left out.
 * @throws SignalboxError untranslatable.
 */
export function refuseUnreachable(root: JsonObject): void {
  const servers = root['mcp_servers']
  if (isGiven(servers) && listAt(servers, 'mcp_servers').length > 0) {
    throw untranslatable('mcp_servers', 'the worker calls no servers')
  }
  if (isGiven(root['container'])) throw untranslatable('container', 'the worker has no containers')
  const geo = root['inference_geo']
  if (isGiven(geo) && geo !== 'global') {
    throw untranslatable('inference_geo', 'the worker does not promise where it runs')
  }
}

const outputFields = new Set(['effort', 'format'])

function outputConfig(root: JsonObject): JsonObject {
  return isGiven(root['output_config']) ? objectAt(root['output_config'], 'output_config') : {}
}

/**
 * The effort to ask for, out of `thinking` and `output_config.effort`; undefined where none is to be sent.
 * @param efforts those that the model takes, where that is known.
 */
export function askedEffort(
  root: JsonObject,
  { target, losses }: Passage,
  efforts: readonly string[] | undefined,
): string | undefined {
  const output = outputConfig(root)
  losses.removedOthers(output, outputFields)
  const allowed = target.dialect.efforts.filter((value) => efforts?.includes(value) ?? true)
  const thinking = isGiven(root['thinking']) ? objectAt(root['thinking'], 'thinking') : undefined
  if (thinking?.['type'] === 'disabled') {
    const effort = clampEffort('none', allowed, 'thinking', losses)
    // Here it can be told how hard to think only when it thinks.
    if (isGiven(output['effort']) && output['effort'] !== effort) losses.removed('output_config.effort')
    return effort
  }
  if (isGiven(output['effort'])) {
    if (thinking) losses.removed('thinking')
    const asked = textAt(output['effort'], 'output_config.effort')
    return clampEffort(asked, allowed, 'output_config.effort', losses)
  }
  if (thinking?.['type'] === 'enabled' && allowed.length > 0) {
    losses.add('budget-to-effort')
    const budget = wholeNumberAt(thinking['budget_tokens'], 'thinking.budget_tokens')
    return clampEffort(effortOfBudget(budget), allowed, 'thinking', losses)
  }
  if (thinking) losses.removed('thinking')
  return undefined
}

export interface AskedSchema {
  readonly name: string
  readonly schema: JsonObject
  readonly strict: boolean
}

/** The JSON Schema that the answer must have, as OpenAI has it. */
export function askedSchema(root: JsonObject, { losses }: Passage): AskedSchema | undefined {
  const value = outputConfig(root)['format']
  if (!isGiven(value)) return undefined
  const format = objectAt(value, 'output_config.format')
  if (format['type'] !== 'json_schema') {
    throw untranslatable(
      'output_config.format',
      `the worker has no format ${named(format['type'])}`,
      'structured_outputs_unsupported',
    )
  }
  const schema = objectAt(format['schema'], 'output_config.format.schema')
  const strict = fitsStrict(schema)
  if (!strict) losses.removed('strict')
  // The name is required and means nothing.
  return { name: 'reply', schema, strict }
}

const metadataFields = new Set(['user_id'])
const END_USER_LENGTH_MAX = 128

const CACHE_KEY_LENGTH_MAX = 64

/** Who asks, as long as OpenAI takes it. There, the same user and conversation go to the same cache. */
export function endUser(root: JsonObject, { target, losses }: Passage): JsonObject {
  if (!isGiven(root['metadata'])) return {}
  const metadata = objectAt(root['metadata'], 'metadata')
  losses.removedOthers(metadata, metadataFields)
  if (!isGiven(metadata['user_id'])) return {}
  const user = shortened(textAt(metadata['user_id'], 'metadata.user_id'), END_USER_LENGTH_MAX)
  const { endUserField, promptCache } = target.dialect
  if (endUserField === undefined) {
    losses.removed('metadata.user_id')
    return {}
  }
  return {
    [endUserField]: user,
    ...(promptCache && { prompt_cache_key: shortened(user, CACHE_KEY_LENGTH_MAX) }),
  }
}

/** `speed` and `service_tier`, which are one field at OpenAI. */
export function askedTier(root: JsonObject, { target, losses }: Passage): JsonObject {
  const isFast = isGiven(root['speed']) && root['speed'] !== 'standard'
  if (isFast && target.dialect.serviceTier && target.takes?.serviceTiers?.includes('fast')) {
    return { service_tier: 'fast' }
  }
  if (isFast) losses.removed('speed')
  const tier = root['service_tier']
  if (!isGiven(tier)) return {}
  if (tier !== 'auto' && tier !== 'standard_only')
    throw invalid('service_tier', 'must be auto or standard_only')
  if (target.dialect.serviceTier) return { service_tier: tier === 'auto' ? 'auto' : 'default' }
  // Where there are no tiers, all of them are the standard one.
  return {}
}

export function stopSequencesOf(root: JsonObject): readonly string[] {
  if (!isGiven(root['stop_sequences'])) return []
  return listAt(root['stop_sequences'], 'stop_sequences').map((value, index) => {
    const path = `stop_sequences.${index}`
    const sequence = textAt(value, path)
    if (sequence === '') throw untranslatable(path, 'nothing at all stops everything')
    return sequence
  })
}
