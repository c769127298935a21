import type { Target, TranslatedRequest } from '../../translation.ts'
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
import { createLosses } from '../losses.ts'
import type { Passage } from '../passage.ts'
import { outputTokensToResponses, openaiSampling, streamToResponses } from '../responses-fields.ts'
import { messagesToInput } from './messages.ts'
import { toolsToResponses } from './tools.ts'
import { vendorEffort, vendorFields } from './vendor-fields.ts'

/** Fields of the same name and meaning on both sides. */
const commonFields = [
  'metadata',
  'service_tier',
  'safety_identifier',
  'user',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
]

/** Every other field of a Chat request that is read below; what is in neither list is dropped with a loss. */
const readFields = [
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
  'verbosity',
  'response_format',
  'store',
  'n',
  'logprobs',
  'top_logprobs',
  'modalities',
]

const knownFields = new Set([...commonFields, ...readFields])

/** What would change the meaning of the answer if it were left out. */
const refusedFields = ['audio', 'functions', 'function_call', 'web_search_options', 'moderation']

/** A Chat Completions request as a Responses request, of which nothing is kept at the vendor. */
export function chatRequestToResponses(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage: Passage = { target, losses }
  refuse(root)
  const input = messagesToInput(root, passage)
  const effort = vendorEffort(root['reasoning_effort'], 'reasoning_effort', target.takes?.efforts, passage)
  const text = { ...formatOf(root['response_format']), ...verbosityOf(root) }
  const request = {
    model: target.model,
    input,
    ...toolsToResponses(root, passage),
    ...outputTokens(root, passage),
    ...openaiSampling(root, effort, passage),
    ...streamToResponses(root),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...(Object.keys(text).length > 0 && { text }),
    ...vendorFields(root, commonFields, passage),
    store: false,
  }
  if (root['store'] === true) losses.removed('store')
  losses.removedOthers(root, knownFields)
  const usageChunk = objectIn(root['stream_options'])['include_usage'] === true
  const stopSequences = stopSequencesOf(root['stop'])
  return {
    body: writeRequest(request),
    losses: losses.list(),
    ...(usageChunk && { usageChunk }),
    ...(stopSequences.length > 0 && { stopSequences }),
  }
}

/** What Chat takes. */
const STOPS_MAX = 4

/** Responses has no such field: the reply is cut on its way back. */
function stopSequencesOf(value: unknown): readonly string[] {
  if (!isGiven(value)) return []
  const list = typeof value === 'string' ? [value] : listAt(value, 'stop')
  if (list.length > STOPS_MAX) throw invalid('stop', `may hold at most ${STOPS_MAX} texts`)
  return list.map((text, index) => {
    const stop = textAt(text, `stop.${index}`)
    if (stop === '') throw invalid(`stop.${index}`, 'must not be empty')
    return stop
  })
}

function refuse(root: JsonObject): void {
  for (const field of refusedFields) {
    if (isGiven(root[field])) throw untranslatable(field, 'the worker has nothing like it')
  }
  if (isGiven(root['n']) && root['n'] !== 1) throw untranslatable('n', 'the worker gives one answer')
  if (isGiven(root['logprobs']) && flagAt(root['logprobs'], 'logprobs')) {
    throw untranslatable('logprobs', 'the worker’s reply does not carry them')
  }
  if (isGiven(root['top_logprobs']) && root['top_logprobs'] !== 0) {
    throw untranslatable('top_logprobs', 'the worker’s reply does not carry them')
  }
  const modalities = isGiven(root['modalities']) ? listAt(root['modalities'], 'modalities') : []
  if (modalities.some((modality) => modality !== 'text')) {
    throw untranslatable('modalities', 'the worker answers in text')
  }
}

function outputTokens(root: JsonObject, passage: Passage): JsonObject {
  const field = ['max_completion_tokens', 'max_tokens'].find((name) => isGiven(root[name]))
  if (field === undefined) return {}
  return { max_output_tokens: outputTokensToResponses(root[field], field, passage) }
}

function verbosityOf(root: JsonObject): JsonObject {
  return isGiven(root['verbosity']) ? { verbosity: textAt(root['verbosity'], 'verbosity') } : {}
}

function formatOf(value: unknown): JsonObject {
  if (!isGiven(value)) return {}
  const format = objectAt(value, 'response_format')
  switch (format['type']) {
    case 'text':
    case 'json_object':
      return { format: { type: format['type'] } }
    case 'json_schema': {
      const path = 'response_format.json_schema'
      const described = objectAt(format['json_schema'], path)
      const { description, schema, strict } = described
      return {
        format: {
          type: 'json_schema',
          name: textAt(described['name'], `${path}.name`),
          ...(isGiven(description) && { description: textAt(description, `${path}.description`) }),
          schema: isGiven(schema) ? objectAt(schema, `${path}.schema`) : {},
          strict: isGiven(strict) ? flagAt(strict, `${path}.strict`) : false,
        },
      }
    }
    default:
      throw invalid('response_format.type', 'must be text, json_object or json_schema')
  }
}
