import {
  askedEffort,
  askedSchema,
  askedTier,
  endUser,
  refuseUnreachable,
  stopSequencesOf,
} from '../anthropic-fields.ts'
import { isGiven, type JsonObject, objectIn, readRequest, writeRequest } from '../json-tree.ts'
import { createLosses } from '../losses.ts'
import { outputTokensToResponses, openaiSampling, streamToResponses } from '../responses-fields.ts'
import { safeguardsAsked } from '../safeguards.ts'
import type { Target, TranslatedRequest } from '../../translation.ts'
import { messagesToInput } from './messages.ts'
import { type RequestPassage, requestPassage } from './request-passage.ts'
import { toolsToResponses } from './tools.ts'

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
  'cache_control',
])

/** An Anthropic request as a Responses request, of which nothing is kept at the vendor. */
export function anthropicRequestToResponses(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage = requestPassage({ target, losses })
  refuseUnreachable(root)
  const input = messagesToInput(root, passage)
  const effort = askedEffort(root, passage, target.takes?.efforts)
  const format = askedSchema(root, passage)
  const request = {
    model: target.model,
    input,
    ...toolsToResponses(root, passage),
    max_output_tokens: outputTokensToResponses(root['max_tokens'], 'max_tokens', passage),
    ...openaiSampling(root, effort, passage),
    ...streamToResponses(root),
    ...reasoningToResponses(root, effort, passage),
    ...(format && { text: { format: { type: 'json_schema', ...format } } }),
    ...endUser(root, passage),
    ...askedTier(root, passage),
    store: false,
  }
  // OpenAI caches the longest prefix unasked.
  if (isGiven(root['cache_control']) && !target.dialect.promptCache) losses.removed('cache_control')
  losses.removedOthers(root, knownFields)
  // There is no such field: the reply is cut here.
  const stopSequences = stopSequencesOf(root)
  const toolNames = passage.names.originals
  return {
    body: writeRequest(request),
    losses: losses.list(),
    served: target.model,
    ...safeguardsAsked(root),
    ...(stopSequences.length > 0 && { stopSequences }),
    ...(toolNames.size > 0 && { toolNames }),
  }
}

function reasoningToResponses(
  root: JsonObject,
  effort: string | undefined,
  { losses }: RequestPassage,
): JsonObject {
  const { display } = objectIn(root['thinking'])
  const summarized = display === 'summarized'
  if (isGiven(display) && !summarized && display !== 'omitted') losses.add('display-changed')
  if (effort === undefined && !summarized) return {}
  return { reasoning: { ...(effort !== undefined && { effort }), ...(summarized && { summary: 'auto' }) } }
}
