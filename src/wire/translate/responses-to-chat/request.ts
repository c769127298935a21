import type { Target, TranslatedRequest } from '../../translation.ts'
import { vendorEffort, vendorFields } from '../chat-to-responses/vendor-fields.ts'
import {
  flagAt,
  invalid,
  isGiven,
  type JsonObject,
  objectAt,
  readRequest,
  textAt,
  writeRequest,
} from '../json-tree.ts'
import { clampOutputTokens } from '../limits.ts'
import { createLosses } from '../losses.ts'
import type { Passage } from '../passage.ts'
import { openaiSampling } from '../responses-fields.ts'
import { refuseState } from '../responses-to-anthropic/refusals.ts'
import { shortened } from '../tool-ids.ts'
import { inputToMessages } from './input.ts'
import { toolsToChat } from './tools.ts'

/** Every field of a Responses request that is read below; the others are dropped with a loss. */
const knownFields = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'stream',
  'stream_options',
  'reasoning',
  'text',
  'include',
  'store',
  'background',
  'truncation',
  'safety_identifier',
  'user',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'metadata',
  'service_tier',
])

/** A Responses request that carries its whole conversation as a Chat Completions request. */
export function responsesRequestToChat(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage: Passage = { target, losses }
  refuseState(root)
  const messages = inputToMessages(root, passage)
  const { fields, customTools } = toolsToChat(root, passage)
  const effort = effortToChat(root, passage)
  const request = {
    model: target.model,
    messages,
    ...fields,
    ...outputTokens(root, passage),
    ...openaiSampling(root, effort, passage),
    ...streamToChat(root, passage),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...textToChat(root, passage),
    ...endUserToChat(root, passage),
    ...cacheToChat(root, passage),
    ...metadataToChat(root, passage),
    ...tierToChat(root, passage),
  }
  // Without a wish Responses keeps what it answered: that nobody may come back for it is no surprise here.
  if (root['store'] === true) losses.removed('store')
  if (isGiven(root['truncation']) && root['truncation'] !== 'disabled') losses.removed('truncation')
  losses.removedOthers(root, knownFields)
  return {
    body: writeRequest(request),
    losses: losses.list(),
    ...(customTools.size > 0 && { customTools }),
  }
}

function outputTokens(root: JsonObject, passage: Passage): JsonObject {
  const value = root['max_output_tokens']
  if (!isGiven(value)) return {}
  const field = passage.target.dialect.maxTokensField
  return { [field]: clampOutputTokens(value, 'max_output_tokens', passage) }
}

/** Usage is always asked for: without it a stream's cost and length of context would be unknown. */
function streamToChat(root: JsonObject, { target }: Passage): JsonObject {
  if (!isGiven(root['stream'])) return {}
  const stream = flagAt(root['stream'], 'stream')
  return stream && target.dialect.streamUsage
    ? { stream, stream_options: { include_usage: true } }
    : { stream }
}

/** A summary of the reasoning is not asked for in Chat: what a server shows of it is passed on. */
const reasoningFields = new Set(['effort', 'summary', 'generate_summary'])

function effortToChat(root: JsonObject, passage: Passage): string | undefined {
  if (!isGiven(root['reasoning'])) return undefined
  const reasoning = objectAt(root['reasoning'], 'reasoning')
  passage.losses.removedOthers(reasoning, reasoningFields)
  const { takes } = passage.target
  return vendorEffort(
    reasoning['effort'],
    'reasoning.effort',
    takes?.effortsInChat ?? takes?.efforts,
    passage,
  )
}

const textFields = new Set(['format', 'verbosity'])

function textToChat(root: JsonObject, { target, losses }: Passage): JsonObject {
  if (!isGiven(root['text'])) return {}
  const text = objectAt(root['text'], 'text')
  losses.removedOthers(text, textFields)
  const format = isGiven(text['format']) ? formatToChat(objectAt(text['format'], 'text.format')) : undefined
  const verbosity = isGiven(text['verbosity']) ? textAt(text['verbosity'], 'text.verbosity') : undefined
  const takesVerbosity = target.dialect.verbosity
  if (verbosity !== undefined && !takesVerbosity && verbosity !== 'medium') losses.removed('text.verbosity')
  return {
    ...(format && { response_format: format }),
    ...(verbosity !== undefined && takesVerbosity && { verbosity }),
  }
}

function formatToChat(format: JsonObject): JsonObject | undefined {
  switch (format['type']) {
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json_object' }
    case 'json_schema': {
      const { description, strict } = format
      const described = {
        name: textAt(format['name'], 'text.format.name'),
        ...(isGiven(description) && { description: textAt(description, 'text.format.description') }),
        schema: objectAt(format['schema'], 'text.format.schema'),
        ...(isGiven(strict) && { strict: flagAt(strict, 'text.format.strict') }),
      }
      return { type: 'json_schema', json_schema: described }
    }
    default:
      throw invalid('text.format.type', 'must be text, json_object or json_schema')
  }
}

const END_USER_LENGTH_MAX = 128

function endUserToChat(root: JsonObject, { target, losses }: Passage): JsonObject {
  const told = ['safety_identifier', 'user'].filter((field) => isGiven(root[field]))
  const [first] = told
  if (first === undefined) return {}
  const field = target.dialect.endUserField
  for (const other of field === undefined ? told : told.slice(1)) losses.removed(other)
  return field === undefined ? {} : { [field]: shortened(textAt(root[first], first), END_USER_LENGTH_MAX) }
}

const cacheFields = ['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention']

function cacheToChat(root: JsonObject, passage: Passage): JsonObject {
  if (!passage.target.dialect.promptCache) {
    for (const field of cacheFields) if (isGiven(root[field])) passage.losses.removed(field)
    return {}
  }
  const { prompt_cache_options: asked, ...others } = vendorFields(root, cacheFields, passage)
  if (asked === undefined) return others
  const options = objectAt(asked, 'prompt_cache_options')
  if (options['ttl'] !== LONG_LIFE) return { ...others, prompt_cache_options: options }
  passage.losses.removed('prompt_cache_options.ttl')
  const { ttl: _, ...rest } = options
  return Object.keys(rest).length > 0 ? { ...others, prompt_cache_options: rest } : others
}

/** The life of a cached prefix that Chat knows only where one is marked, not for all of a request. */
const LONG_LIFE = '12h'

/** What the caller keeps of its own beside a request, where the server takes it. */
function metadataToChat(root: JsonObject, { target, losses }: Passage): JsonObject {
  if (!isGiven(root['metadata'])) return {}
  if (target.dialect.metadata) return { metadata: root['metadata'] }
  losses.removed('metadata')
  return {}
}

/** Where there are no tiers, all of them are the plain one; and Chat has one less than Responses. */
function tierToChat(root: JsonObject, passage: Passage): JsonObject {
  const tier = root['service_tier']
  if (passage.target.dialect.serviceTier && tier !== 'ultrafast') {
    return vendorFields(root, ['service_tier'], passage)
  }
  if (isGiven(tier) && tier !== 'auto' && tier !== 'default') passage.losses.removed('service_tier')
  return {}
}
