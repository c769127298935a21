import type { Target, TranslatedRequest } from '../../translation.ts'
import { type Block, textBlocks } from '../chat-to-anthropic/content.ts'
import {
  flagAt,
  invalid,
  isGiven,
  type JsonObject,
  objectAt,
  readRequest,
  writeRequest,
} from '../json-tree.ts'
import { clampOutputTokens } from '../limits.ts'
import { createLosses } from '../losses.ts'
import {
  effortToAnthropic,
  endUserToAnthropic,
  JSON_INSTRUCTION,
  outputTokensAll,
  samplingToAnthropic,
  systemOf,
  type Thinking,
  tierToAnthropic,
} from '../openai-fields.ts'
import type { Passage } from '../passage.ts'
import { limitBreakpoints } from './breakpoint-limit.ts'
import { inputToTurns } from './input.ts'
import { refuseState } from './refusals.ts'
import { toolsToAnthropic } from './tools.ts'

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
  // Where a request is cached needs no name there.
  'prompt_cache_key',
  'service_tier',
])

/** A Responses request that carries its whole conversation as an Anthropic request. */
export function responsesRequestToAnthropic(body: Buffer, target: Target): TranslatedRequest {
  const root = readRequest(body)
  const losses = createLosses()
  const passage: Passage = { target, losses }
  refuseState(root)
  const { system, turns } = inputToTurns(root, passage)
  const { fields, customTools } = toolsToAnthropic(root, passage)
  const { format, instruction } = formatOf(root, passage)
  const { effort, thinking } = reasoningToAnthropic(root, passage)
  const output = { ...(effort !== undefined && { effort }), ...(format && { format }) }
  const limit = root['max_output_tokens']
  const said = limitBreakpoints({ system: [...system, ...instruction], turns }, losses)
  const request = {
    model: target.model,
    max_tokens: isGiven(limit)
      ? clampOutputTokens(limit, 'max_output_tokens', passage)
      : outputTokensAll(passage),
    ...systemOf(said.system),
    messages: said.turns.map(({ role, content }) => ({ role, content })),
    ...fields,
    ...samplingToAnthropic(root, passage),
    ...(isGiven(root['stream']) && { stream: flagAt(root['stream'], 'stream') }),
    ...(thinking && { thinking }),
    ...(Object.keys(output).length > 0 && { output_config: output }),
    ...endUserToAnthropic(root, passage),
    ...tierToAnthropic(root, passage),
  }
  // Without a wish Responses keeps what it answered: that nobody may come back for it is no surprise here.
  if (root['store'] === true) losses.removed('store')
  if (isGiven(root['truncation']) && root['truncation'] !== 'disabled') losses.removed('truncation')
  losses.removedOthers(root, knownFields)
  return {
    body: writeRequest(request),
    losses: losses.list(),
    served: target.model,
    ...(customTools.size > 0 && { customTools }),
  }
}

const reasoningFields = new Set(['effort', 'summary', 'generate_summary'])

/** Models whose ways to think are not known are asked for an effort alone. */
function reasoningToAnthropic(root: JsonObject, passage: Passage): Thinking {
  if (!isGiven(root['reasoning'])) return {}
  const { target, losses } = passage
  const reasoning = objectAt(root['reasoning'], 'reasoning')
  losses.removedOthers(reasoning, reasoningFields)
  const asked = effortToAnthropic(reasoning['effort'], 'reasoning.effort', passage)
  const isShown = isGiven(reasoning['summary']) || isGiven(reasoning['generate_summary'])
  // Without thinking there is nothing to show.
  if (!isShown || asked.thinking) return asked
  if (target.takes?.thinkingModes?.includes('adaptive')) {
    return { ...asked, thinking: { type: 'adaptive', display: 'summarized' } }
  }
  losses.removed('reasoning.summary')
  return asked
}

interface Format {
  readonly format?: JsonObject
  readonly instruction: readonly Block[]
}

const textFields = new Set(['format', 'verbosity'])
/** The name means nothing, and every schema is kept to. */
const schemaFields = new Set(['type', 'name', 'schema', 'strict'])

function formatOf(root: JsonObject, { losses }: Passage): Format {
  if (!isGiven(root['text'])) return { instruction: [] }
  const text = objectAt(root['text'], 'text')
  losses.removedOthers(text, textFields)
  if (isGiven(text['verbosity']) && text['verbosity'] !== 'medium') losses.removed('text.verbosity')
  if (!isGiven(text['format'])) return { instruction: [] }
  const format = objectAt(text['format'], 'text.format')
  switch (format['type']) {
    case 'text':
      return { instruction: [] }
    case 'json_object':
      // There is no such mode: the model is asked, and nothing makes it obey.
      losses.removed('text.format')
      return { instruction: textBlocks(JSON_INSTRUCTION) }
    case 'json_schema': {
      losses.removedOthers(format, schemaFields)
      const schema = objectAt(format['schema'], 'text.format.schema')
      return { format: { type: 'json_schema', schema }, instruction: [] }
    }
    default:
      throw invalid('text.format.type', 'must be text, json_object or json_schema')
  }
}
