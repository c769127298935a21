import { clampEffort, effortOfBudget } from '../effort.ts'
import {
  flagAt,
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  readRequest,
  textAt,
  untranslatable,
  wholeNumberAt,
  writeRequest,
} from '../json-tree.ts'
import { clampOutputTokens } from '../limits.ts'
import { createLosses } from '../losses.ts'
import type { Passage } from '../passage.ts'
import { readSampling } from '../sampling.ts'
import { fitsStrict } from '../strict-schema.ts'
import { shortened } from '../tool-ids.ts'
import type { Target, TranslatedRequest } from '../../translation.ts'
import { named } from './content.ts'
import { messagesToChat } from './messages.ts'
import { toolsToChat } from './tools.ts'

/** Every field of an Anthropic request that is read below; the others are dropped with a loss. */
const knownFields = new Set([
  'model',
  'messages',
  'system',
  'max_tokens',
  'tools',
  'tool_choice',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'stream',
  'metadata',
  'thinking',
  'output_config',
  'service_tier',
  'speed',
  'mcp_servers',
  'container',
  'inference_geo',
])

/** An Anthropic request as a Chat Completions request. */
export function requestToChat(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage: Passage = { target, losses }
  refuse(root)
  const { messages, prefilled } = messagesToChat(root, passage)
  const effort = effortToChat(root, passage)
  const { dialect } = target
  const request = {
    model: target.model,
    messages,
    ...toolsToChat(root, passage),
    [dialect.maxTokensField]: clampOutputTokens(root['max_tokens'], 'max_tokens', passage),
    ...samplingToChat(root, effort, passage),
    ...stopToChat(root, passage),
    ...streamToChat(root, passage),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...formatToChat(root, passage),
    ...endUserToChat(root, passage),
    ...tierToChat(root, passage),
    // Without these two, vLLM would begin a new message after the one that is to be continued.
    ...(prefilled &&
      dialect.prefill === 'continued-by-flag' && {
        continue_final_message: true,
        add_generation_prompt: false,
      }),
  }
  losses.removedOthers(root, knownFields)
  return { body: writeRequest(request), losses: losses.list() }
}

/** What would change the meaning of the answer, or where the data goes, if it were left out. */
function refuse(root: JsonObject): void {
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

function samplingToChat(root: JsonObject, effort: string | undefined, passage: Passage): JsonObject {
  const { target, losses } = passage
  // OpenAI's reasoning models take sampling parameters only when they do not reason.
  const isTaken = target.takes?.sampling !== false || effort === 'none'
  const { temperature, topP } = readSampling(root, isTaken, passage)
  const topK = isGiven(root['top_k']) ? numberAt(root['top_k'], 'top_k') : undefined
  if (topK !== undefined && !target.dialect.topK) losses.removed('top_k')
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && target.dialect.topK && { top_k: topK }),
  }
}

function stopToChat(root: JsonObject, { target }: Passage): JsonObject {
  if (!isGiven(root['stop_sequences'])) return {}
  const stop = listAt(root['stop_sequences'], 'stop_sequences').map((text, index) =>
    textAt(text, `stop_sequences.${index}`),
  )
  if (stop.length === 0) return {}
  const { name, stopSequencesMax } = target.dialect
  if (stop.length > stopSequencesMax) {
    throw untranslatable('stop_sequences', `${name} servers take at most ${stopSequencesMax}`)
  }
  return { stop }
}

/** Usage is always asked for: without it a stream's cost and length of context would be unknown. */
function streamToChat(root: JsonObject, { target }: Passage): JsonObject {
  if (!isGiven(root['stream'])) return {}
  const stream = flagAt(root['stream'], 'stream')
  return stream && target.dialect.streamUsage
    ? { stream, stream_options: { include_usage: true } }
    : { stream }
}

const outputFields = new Set(['effort', 'format'])

function outputConfig(root: JsonObject): JsonObject {
  return isGiven(root['output_config']) ? objectAt(root['output_config'], 'output_config') : {}
}

function effortToChat(root: JsonObject, { target, losses }: Passage): string | undefined {
  const output = outputConfig(root)
  losses.removedOthers(output, outputFields)
  const { dialect, takes } = target
  const allowed = dialect.efforts.filter((value) => takes?.efforts?.includes(value) ?? true)
  const thinking = isGiven(root['thinking']) ? objectAt(root['thinking'], 'thinking') : undefined
  if (thinking?.['type'] === 'disabled') return clampEffort('none', allowed, 'thinking', losses)
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

function formatToChat(root: JsonObject, { losses }: Passage): JsonObject {
  const value = outputConfig(root)['format']
  if (!isGiven(value)) return {}
  const format = objectAt(value, 'output_config.format')
  if (format['type'] !== 'json_schema') {
    throw untranslatable('output_config.format', `the worker has no format ${named(format['type'])}`)
  }
  const schema = objectAt(format['schema'], 'output_config.format.schema')
  const strict = fitsStrict(schema)
  if (!strict) losses.removed('strict')
  // The name is required and means nothing.
  return { response_format: { type: 'json_schema', json_schema: { name: 'reply', schema, strict } } }
}

const metadataFields = new Set(['user_id'])
const END_USER_LENGTH_MAX = 128

function endUserToChat(root: JsonObject, { target, losses }: Passage): JsonObject {
  if (!isGiven(root['metadata'])) return {}
  const metadata = objectAt(root['metadata'], 'metadata')
  losses.removedOthers(metadata, metadataFields)
  if (!isGiven(metadata['user_id'])) return {}
  const user = textAt(metadata['user_id'], 'metadata.user_id')
  const field = target.dialect.endUserField
  if (field === undefined) {
    losses.removed('metadata.user_id')
    return {}
  }
  return { [field]: shortened(user, END_USER_LENGTH_MAX) }
}

function tierToChat(root: JsonObject, { target, losses }: Passage): JsonObject {
  if (isGiven(root['speed']) && root['speed'] !== 'standard') losses.removed('speed')
  const tier = root['service_tier']
  if (!isGiven(tier)) return {}
  if (tier !== 'auto' && tier !== 'standard_only')
    throw invalid('service_tier', 'must be auto or standard_only')
  if (target.dialect.serviceTier) return { service_tier: tier === 'auto' ? 'auto' : 'default' }
  // Where there are no tiers, all of them are the standard one.
  return {}
}
