import type { Target } from '../translation.ts'
import type { Block } from './chat-to-anthropic/content.ts'
import { clampEffort } from './effort.ts'
import { isGiven, type JsonObject, textAt } from './json-tree.ts'
import type { Passage } from './passage.ts'
import { readSampling } from './sampling.ts'
import { shortened } from './tool-ids.ts'

/** What the top-level fields that OpenAI's two protocols share mean in an Anthropic request. */

export const JSON_INSTRUCTION = 'Answer with one JSON object and nothing else.'

const OUTPUT_TOKENS_UNKNOWN = 4096

/** For who does not say how long the answer may be, which Anthropic wants to know. */
export function outputTokensAll({ target }: Passage): number {
  return target.outputTokensMax ?? OUTPUT_TOKENS_UNKNOWN
}

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max']

function anthropicEfforts({ takes }: Target): readonly string[] {
  return takes?.efforts ?? EFFORTS
}

/** One text is sent as a string, unless a cached prefix ends with it. */
export function systemOf(blocks: readonly Block[]): JsonObject {
  const [first, ...others] = blocks
  if (first === undefined) return {}
  const isPlain = others.length === 0 && !('cache_control' in first)
  return { system: isPlain ? first['text'] : blocks }
}

/** Anthropic's scale ends at 1, and its models take one of the two parameters at a time. */
export function samplingToAnthropic(root: JsonObject, passage: Passage): JsonObject {
  const { temperature, topP } = readSampling(root, passage.target.takes?.sampling !== false, passage)
  if (temperature !== undefined) {
    if (topP !== undefined && topP !== 1) passage.losses.add('sampling-dropped')
    return { temperature: withinOne(temperature, passage) }
  }
  return topP === undefined ? {} : { top_p: withinOne(topP, passage) }
}

function withinOne(value: number, { losses }: Passage): number {
  const within = Math.min(Math.max(value, 0), 1)
  if (within !== value) losses.add('sampling-dropped')
  return within
}

export interface Thinking {
  readonly effort?: string | undefined
  readonly thinking?: JsonObject
}

/** An asked effort as the model takes it, where `none` is a way to think and not an effort. */
export function effortToAnthropic(value: unknown, path: string, { target, losses }: Passage): Thinking {
  if (!isGiven(value)) return {}
  const asked = textAt(value, path)
  const type = thinkingOff.find((mode) => target.takes?.thinkingModes?.includes(mode))
  if (asked === 'none' && type !== undefined) return { thinking: { type } }
  return { effort: clampEffort(asked, anthropicEfforts(target), path, losses) }
}

/** Some models cannot be kept from thinking but between calls of tools. */
const thinkingOff = ['disabled', 'between_tools']

const END_USER_LENGTH_MAX = 256

export function endUserToAnthropic(root: JsonObject, { losses }: Passage): JsonObject {
  const field = isGiven(root['safety_identifier']) ? 'safety_identifier' : 'user'
  if (!isGiven(root[field])) return {}
  if (field === 'safety_identifier' && isGiven(root['user'])) losses.removed('user')
  return { metadata: { user_id: shortened(textAt(root[field], field), END_USER_LENGTH_MAX) } }
}

export function tierToAnthropic(root: JsonObject, { losses }: Passage): JsonObject {
  const tier = root['service_tier']
  if (!isGiven(tier)) return {}
  if (tier === 'default') return { service_tier: 'standard_only' }
  if (tier !== 'auto') losses.removed('service_tier')
  return { service_tier: 'auto' }
}
