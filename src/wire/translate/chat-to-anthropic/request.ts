import { clampEffort } from '../effort.ts'
import {
  flagAt,
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  objectAt,
  objectIn,
  readRequest,
  textAt,
  untranslatable,
  writeRequest,
} from '../json-tree.ts'
import { clampOutputTokens } from '../limits.ts'
import { createLosses } from '../losses.ts'
import type { Passage } from '../passage.ts'
import { readSampling } from '../sampling.ts'
import { shortened } from '../tool-ids.ts'
import type { Target, TranslatedRequest } from '../../translation.ts'
import { type Block, textBlocks } from './content.ts'
import { messagesToAnthropic } from './messages.ts'
import { toolsToAnthropic } from './tools.ts'

/** Every field of a Chat request that is read below; the others are dropped with a loss. */
const knownFields = new Set([
  'model',
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'temperature',
  'top_p',
  'stop',
  'stream',
  'stream_options',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'user',
  'service_tier',
  'store',
  'n',
  'logprobs',
  'top_logprobs',
  'modalities',
])

/** What would change the meaning of the answer if it were left out. */
const refusedFields = [
  'audio',
  'functions',
  'function_call',
  'web_search_options',
  'moderation',
  'previous_response_id',
  'conversation',
]

const OUTPUT_TOKENS_UNKNOWN = 4096
const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else.'

/** A Chat Completions request as an Anthropic request. */
export function requestToAnthropic(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage: Passage = { target, losses }
  refuse(root)
  const { system, turns } = messagesToAnthropic(root, passage)
  const format = formatOf(root['response_format'], passage)
  const effort = effortOf(root, passage)
  const output = { ...(effort !== undefined && { effort }), ...(format.schema && { format: format.schema }) }
  const request = {
    model: target.model,
    max_tokens: outputTokens(root, passage),
    ...systemOf([...system, ...format.instruction]),
    messages: turns.map(({ role, content }) => ({ role, content })),
    ...toolsToAnthropic(root, passage),
    ...samplingToAnthropic(root, passage),
    ...stopToAnthropic(root),
    ...(isGiven(root['stream']) && { stream: flagAt(root['stream'], 'stream') }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...endUserToAnthropic(root, passage),
    ...tierToAnthropic(root, passage),
  }
  // Not to store is what happens anyway.
  if (root['store'] === true) losses.removed('store')
  losses.removedOthers(root, knownFields)
  const usageChunk = objectIn(root['stream_options'])['include_usage'] === true
  return { body: writeRequest(request), losses: losses.list(), ...(usageChunk && { usageChunk }) }
}

function refuse(root: JsonObject): void {
  for (const field of refusedFields) {
    if (isGiven(root[field])) throw untranslatable(field, 'the worker has nothing like it')
  }
  if (isGiven(root['n']) && root['n'] !== 1) throw untranslatable('n', 'the worker gives one answer')
  if (isGiven(root['logprobs']) && flagAt(root['logprobs'], 'logprobs')) {
    throw untranslatable('logprobs', 'the worker does not tell probabilities')
  }
  if (isGiven(root['top_logprobs']) && root['top_logprobs'] !== 0) {
    throw untranslatable('top_logprobs', 'the worker does not tell probabilities')
  }
  const modalities = isGiven(root['modalities']) ? listAt(root['modalities'], 'modalities') : []
  if (modalities.some((modality) => modality !== 'text')) {
    throw untranslatable('modalities', 'the worker answers in text')
  }
}

function outputTokens(root: JsonObject, passage: Passage): number {
  for (const field of ['max_completion_tokens', 'max_tokens']) {
    if (isGiven(root[field])) return clampOutputTokens(root[field], field, passage)
  }
  return passage.target.outputTokensMax ?? OUTPUT_TOKENS_UNKNOWN
}

function systemOf(blocks: readonly Block[]): JsonObject {
  const [first, ...others] = blocks
  if (first === undefined) return {}
  return { system: others.length === 0 ? first['text'] : blocks }
}

/** Anthropic's scale ends at 1, and its models take one of the two parameters at a time. */
function samplingToAnthropic(root: JsonObject, passage: Passage): JsonObject {
  const { temperature, topP } = readSampling(root, passage.target.takes?.sampling !== false, passage)
  if (temperature !== undefined) {
    if (topP !== undefined && topP !== 1) passage.losses.add('sampling-dropped')
    return { temperature: Math.min(Math.max(temperature, 0), 1) }
  }
  return topP === undefined ? {} : { top_p: Math.min(Math.max(topP, 0), 1) }
}

function stopToAnthropic(root: JsonObject): JsonObject {
  const value = root['stop']
  if (!isGiven(value)) return {}
  const list = typeof value === 'string' ? [value] : listAt(value, 'stop')
  const sequences = list.map((text, index) => {
    const sequence = textAt(text, `stop.${index}`)
    if (sequence.trim() === '') throw untranslatable(`stop.${index}`, 'white space alone stops nothing there')
    return sequence
  })
  return sequences.length === 0 ? {} : { stop_sequences: sequences }
}

function effortOf(root: JsonObject, { target, losses }: Passage): string | undefined {
  if (!isGiven(root['reasoning_effort'])) return undefined
  const asked = textAt(root['reasoning_effort'], 'reasoning_effort')
  return clampEffort(asked, target.takes?.efforts ?? ANTHROPIC_EFFORTS, 'reasoning_effort', losses)
}

const ANTHROPIC_EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max']

interface Format {
  readonly schema?: JsonObject
  readonly instruction: readonly Block[]
}

function formatOf(value: unknown, { losses }: Passage): Format {
  if (!isGiven(value)) return { instruction: [] }
  const format = objectAt(value, 'response_format')
  switch (format['type']) {
    case 'text':
      return { instruction: [] }
    case 'json_object':
      // There is no such mode: the model is asked, and nothing makes it obey.
      losses.removed('response_format')
      return { instruction: textBlocks(JSON_INSTRUCTION) }
    case 'json_schema': {
      const described = objectAt(format['json_schema'], 'response_format.json_schema')
      const schema = objectAt(described['schema'], 'response_format.json_schema.schema')
      return { schema: { type: 'json_schema', schema }, instruction: [] }
    }
    default:
      throw invalid('response_format.type', 'must be text, json_object or json_schema')
  }
}

const END_USER_LENGTH_MAX = 256

function endUserToAnthropic(root: JsonObject, { losses }: Passage): JsonObject {
  const field = isGiven(root['safety_identifier']) ? 'safety_identifier' : 'user'
  if (!isGiven(root[field])) return {}
  if (field === 'safety_identifier' && isGiven(root['user'])) losses.removed('user')
  return { metadata: { user_id: shortened(textAt(root[field], field), END_USER_LENGTH_MAX) } }
}

function tierToAnthropic(root: JsonObject, { losses }: Passage): JsonObject {
  const tier = root['service_tier']
  if (!isGiven(tier)) return {}
  if (tier === 'default') return { service_tier: 'standard_only' }
  if (tier !== 'auto') losses.removed('service_tier')
  return { service_tier: 'auto' }
}
