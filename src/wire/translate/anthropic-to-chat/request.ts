import {
  askedEffort,
  askedSchema,
  askedTier,
  endUser,
  refuseUnreachable,
  stopSequencesOf,
} from '../anthropic-fields.ts'
import { requestPassage } from '../anthropic-to-responses/request-passage.ts'
import { flagAt, isGiven, type JsonObject, numberAt, readRequest, writeRequest } from '../json-tree.ts'
import { clampOutputTokens } from '../limits.ts'
import { createLosses } from '../losses.ts'
import type { Passage } from '../passage.ts'
import { safeguardsAsked } from '../safeguards.ts'
import { readSampling, takesSampling } from '../sampling.ts'
import type { Target, TranslatedRequest } from '../../translation.ts'
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
  'cache_control',
])

/** An Anthropic request as a Chat Completions request. */
export function requestToChat(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage = requestPassage({ target, losses })
  refuseUnreachable(root)
  const { messages, prefilled } = messagesToChat(root, passage)
  const { dialect, takes } = target
  const effort = askedEffort(root, passage, takes?.effortsInChat ?? takes?.efforts)
  const stop = stopSequencesOf(root)
  const isCutHere = stop.length > stopSequencesMax(target)
  const request = {
    model: target.model,
    messages,
    ...toolsToChat(root, passage),
    [dialect.maxTokensField]: clampOutputTokens(root['max_tokens'], 'max_tokens', passage),
    ...samplingToChat(root, effort, passage),
    ...(stop.length > 0 && !isCutHere && { stop }),
    ...streamToChat(root, passage),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...formatToChat(root, passage),
    ...endUser(root, passage),
    ...askedTier(root, passage),
    // Without these two, vLLM would begin a new message after the one that is to be continued.
    ...(prefilled &&
      dialect.prefill === 'continued-by-flag' && {
        continue_final_message: true,
        add_generation_prompt: false,
      }),
  }
  // OpenAI caches the longest prefix unasked.
  if (isGiven(root['cache_control']) && !dialect.promptCache) losses.removed('cache_control')
  losses.removedOthers(root, knownFields)
  const toolNames = passage.names.originals
  return {
    body: writeRequest(request),
    losses: losses.list(),
    ...safeguardsAsked(root),
    ...(isCutHere && { stopSequences: stop }),
    ...(toolNames.size > 0 && { toolNames }),
  }
}

function samplingToChat(root: JsonObject, effort: string | undefined, passage: Passage): JsonObject {
  const { target, losses } = passage
  const { temperature, topP } = readSampling(root, takesSampling(target.takes, effort), passage)
  const topK = isGiven(root['top_k']) ? numberAt(root['top_k'], 'top_k') : undefined
  if (topK !== undefined && !target.dialect.topK) losses.removed('top_k')
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && target.dialect.topK && { top_k: topK }),
  }
}

/** Of more stop sequences than the server takes, the reply is cut here at all of them. */
function stopSequencesMax({ dialect, takes }: Target): number {
  const reasons = (takes?.efforts ?? []).length > 0
  return reasons && !dialect.stopWhileReasoning ? 0 : dialect.stopSequencesMax
}

/** Usage is always asked for: without it a stream's cost and length of context would be unknown. */
function streamToChat(root: JsonObject, { target }: Passage): JsonObject {
  if (!isGiven(root['stream'])) return {}
  const stream = flagAt(root['stream'], 'stream')
  return stream && target.dialect.streamUsage
    ? { stream, stream_options: { include_usage: true } }
    : { stream }
}

function formatToChat(root: JsonObject, passage: Passage): JsonObject {
  const asked = askedSchema(root, passage)
  return asked ? { response_format: { type: 'json_schema', json_schema: asked } } : {}
}
