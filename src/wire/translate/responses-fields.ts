import { flagAt, isGiven, type JsonObject } from './json-tree.ts'
import { clampOutputTokens } from './limits.ts'
import type { Passage } from './passage.ts'
import { readSampling, takesSampling } from './sampling.ts'

/** Fields of a Responses request that come from both other protocols alike. */

/** What Responses takes at least, where the model's own floor is not known. */
const OUTPUT_TOKENS_MIN = 16

/** The asked length of the answer, as the model takes it. */
export function outputTokensToResponses(value: unknown, path: string, passage: Passage): number {
  const tokens = clampOutputTokens(value, path, passage)
  const floor = passage.target.takes?.outputTokensMin ?? OUTPUT_TOKENS_MIN
  if (tokens < floor) passage.losses.add('max-tokens-clamped')
  return Math.max(tokens, floor)
}

/** The same in Chat, but for top_k. */
export function openaiSampling(root: JsonObject, effort: string | undefined, passage: Passage): JsonObject {
  const { temperature, topP } = readSampling(root, takesSampling(passage.target.takes, effort), passage)
  return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { top_p: topP }) }
}

/** Usage comes with the last event anyway. Padding of the events would be dropped on the way back. */
export function streamToResponses(root: JsonObject): JsonObject {
  if (!isGiven(root['stream'])) return {}
  const stream = flagAt(root['stream'], 'stream')
  return stream ? { stream, stream_options: { include_obfuscation: false } } : { stream }
}
