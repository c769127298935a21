/**
 * Which fields a refusal may teach to leave out. The list is closed: a request without its conversation's state
 * (`previous_response_id`), its format or its tools is answered too, but it is another question, and nobody would see it.
 * What stands here changes how an answer is made, or what it costs, and never what was asked.
 */
import type { Loss } from '../core/loss.ts'

/** Some models take only their default of these. */
export const sampling: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'presence_penalty',
  'frequency_penalty',
  'repetition_penalty',
])

/** Their values tell of a person: no lesson keeps them. */
export const identifiers: ReadonlySet<string> = new Set(['user', 'safety_identifier', 'prompt_cache_key'])

const tokenLimits: ReadonlySet<string> = new Set(['max_tokens', 'max_completion_tokens', 'max_output_tokens'])

const expendable: ReadonlySet<string> = new Set([
  ...sampling,
  ...tokenLimits,
  ...identifiers,
  'seed',
  'logprobs',
  'top_logprobs',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'verbosity',
  'service_tier',
  'speed',
  'parallel_tool_calls',
  'prompt_cache_retention',
  'prompt_cache_options',
  'cache_control',
  'stream_options',
])

const ANY = 'any'
const expendableMembers: ReadonlyMap<string, ReadonlySet<string> | typeof ANY> = new Map<
  string,
  ReadonlySet<string> | typeof ANY
>([
  ['thinking', ANY],
  ['reasoning', ANY],
  ['stream_options', ANY],
  ['output_config', new Set(['effort'])],
  ['text', new Set(['verbosity'])],
])

/** Names that are known to mean something: a server that does not know them is not the place to answer them. */
const meaningful: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'input',
  'system',
  'instructions',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'stream',
  'previous_response_id',
  'conversation',
  'prompt',
  'context_management',
  'container',
  'mcp_servers',
  'text',
  'response_format',
  'output_config',
  'output_format',
  'metadata',
  'store',
  'background',
  'include',
  'truncation',
  'stop',
  'stop_sequences',
  'n',
  'max_tool_calls',
  'logit_bias',
  'modalities',
  'audio',
  'prediction',
  'web_search_options',
  'moderation',
  'safeguards',
  'fallbacks',
  'inference_geo',
  'task_budget',
  'user_profile_id',
  'fallback_credit_token',
])

/** May requests go without it? */
export function isExpendable([root = '', member, ...deeper]: readonly string[]): boolean {
  if (deeper.length > 0) return false
  if (member === undefined) return expendable.has(root)
  const members = expendableMembers.get(root)
  return members === ANY || members?.has(member) === true
}

/** Fields of betas have names that no list knows: they may go too, where the vendor itself calls them none of its own. */
export function isUnknownName([root = '']: readonly string[]): boolean {
  return !meaningful.has(root) && !expendable.has(root)
}

/** The limit of the answer has three names; nothing else is known to mean the same under another. */
export function isRename([from = '', ...deeper]: readonly string[], to: string): boolean {
  return deeper.length === 0 && from !== to && tokenLimits.has(from) && tokenLimits.has(to)
}

const losses: ReadonlyMap<string, Loss> = new Map<string, Loss>([
  ['temperature', 'sampling-dropped'],
  ['top_p', 'sampling-dropped'],
  ['top_k', 'sampling-dropped'],
  ['effort', 'effort-clamped'],
  ['reasoning_effort', 'effort-clamped'],
  ['tool_choice', 'tool-choice-relaxed'],
  ['max_tokens', 'max-tokens-clamped'],
  ['max_completion_tokens', 'max-tokens-clamped'],
  ['max_output_tokens', 'max-tokens-clamped'],
])

/** The code that says that a field was changed. */
export function lossOf(path: readonly string[]): Loss {
  return losses.get(path.at(-1) ?? '') ?? `removed:${path.join('.')}`
}
