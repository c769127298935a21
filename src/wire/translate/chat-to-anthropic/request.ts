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
import {
  effortToAnthropic,
  endUserToAnthropic,
  JSON_INSTRUCTION,
  outputTokensAll,
  samplingToAnthropic,
  systemOf,
  tierToAnthropic,
} from '../openai-fields.ts'
import { limitBreakpoints } from '../responses-to-anthropic/breakpoint-limit.ts'
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
  // Where a request is cached needs no name there.
  'prompt_cache_key',
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

/** A Chat Completions request as an Anthropic request. */
export function requestToAnthropic(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage: Passage = { target, losses }
  refuse(root)
  const { system, turns } = messagesToAnthropic(root, passage)
  const format = formatOf(root['response_format'], passage)
  const { effort, thinking } = effortToAnthropic(root['reasoning_effort'], 'reasoning_effort', passage)
  const { fields, customTools } = toolsToAnthropic(root, passage)
  const said = limitBreakpoints({ system: [...system, ...format.instruction], turns }, losses)
  const output = { ...(effort !== undefined && { effort }), ...(format.schema && { format: format.schema }) }
  const request = {
    model: target.model,
    max_tokens: outputTokens(root, passage),
    ...systemOf(said.system),
    messages: said.turns.map(({ role, content }) => ({ role, content })),
    ...fields,
    ...samplingToAnthropic(root, passage),
    ...stopToAnthropic(root),
    ...(isGiven(root['stream']) && { stream: flagAt(root['stream'], 'stream') }),
    ...(thinking && { thinking }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...endUserToAnthropic(root, passage),
    ...tierToAnthropic(root, passage),
  }
  // Not to store is what happens anyway.
  if (root['store'] === true) losses.removed('store')
  losses.removedOthers(root, knownFields)
  const usageChunk = objectIn(root['stream_options'])['include_usage'] === true
  return {
    body: writeRequest(request),
    losses: losses.list(),
    ...(usageChunk && { usageChunk }),
    ...(customTools.size > 0 && { customTools }),
  }
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
  return outputTokensAll(passage)
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

/** The name means nothing, and every schema is kept to. */
const schemaFields = new Set(['name', 'schema', 'strict'])

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
      losses.removedOthers(described, schemaFields)
      const schema = objectAt(described['schema'], 'response_format.json_schema.schema')
      return { schema: { type: 'json_schema', schema }, instruction: [] }
    }
    default:
      throw invalid('response_format.type', 'must be text, json_object or json_schema')
  }
}
