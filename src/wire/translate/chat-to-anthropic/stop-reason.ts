import type { JsonObject } from '../json-tree.ts'

/** How a Chat reply ended, as far as it says. */
export interface Ending {
  /** '' where it did not say. */
  readonly finish: string
  /** The stop string that was hit, where the server tells. */
  readonly stopText: string | undefined
  /** The words with which the model declined. */
  readonly refusal: string
  readonly hasCalls: boolean
  readonly hasText: boolean
}

/** The fields of an Anthropic message that say how it ended. */
export interface Stop {
  readonly stop_reason: string
  readonly stop_sequence: string | null
  readonly stop_details?: JsonObject
}

const lengths = new Set(['length', 'max_tokens', 'model_length'])
const failures = new Set([
  'error',
  'failed',
  'abort',
  'aborted',
  'cancelled',
  'timeout',
  'insufficient_system_resource',
])
const naturalEnds = new Set([
  '',
  'stop',
  'tool_calls',
  'function_call',
  'tool_use',
  'eos',
  'end_turn',
  'stop_sequence',
])

/** Whether a later finish reason may replace this one: a call announced and then a plain stop is common. */
export function isNatural(finish: string): boolean {
  return naturalEnds.has(finish)
}

/** The server itself says that the reply is none. */
export function isFailure(finish: string): boolean {
  return failures.has(finish)
}

/** The reply was cut at its length limit: the last call may be half of one. */
export function isLength(finish: string): boolean {
  return lengths.has(finish)
}

/**
 * Calls beat every natural end, and none is claimed without them: agents wait for ever on a call that is not there.
 *
 * @returns undefined when the reply failed; also when nothing was said and the reason is not one that we know, for an
 * empty success is what a failure looks like from afar.
 */
export function stopOf(ending: Ending): Stop | undefined {
  const { finish, stopText, refusal, hasCalls, hasText } = ending
  if (isFailure(finish)) return undefined
  if (isLength(finish)) return { stop_reason: 'max_tokens', stop_sequence: null }
  if (finish === 'content_filter') return refused(refusal)
  if (hasCalls) return { stop_reason: 'tool_use', stop_sequence: null }
  if (refusal !== '') return refused(refusal)
  if (!hasText && (finish === '' || !isNatural(finish))) return undefined
  if (stopText !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: stopText }
  return { stop_reason: 'end_turn', stop_sequence: null }
}

function refused(refusal: string): Stop {
  return {
    stop_reason: 'refusal',
    stop_sequence: null,
    stop_details: { type: 'refusal', category: null, explanation: refusal === '' ? null : refusal },
  }
}
