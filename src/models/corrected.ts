import { asArray, asObject, asText, type JsonObject } from '../wire/json-value.ts'
import type { Takes } from '../wire/translation.ts'
import type { Card } from './card.ts'

const efforts = ['low', 'medium', 'high', 'xhigh', 'max']

/**
 * The card with what the vendor's own `GET /v1/models/{id}` tells put in its place; what the answer leaves out, or tells
 * in a way that cannot be, stays. The answer knows neither prices nor who reads whose reasoning.
 */
export function corrected(card: Card, listing: unknown): Card {
  const told = asObject(listing)
  if (!told || card.vendor !== 'anthropic') return card
  const contextTokens = tokens(told['max_input_tokens'], card.contextTokens)
  const outputTokensMax = tokens(told['max_tokens'], card.outputTokensMax)
  const line = asText(told['line'])
  const takes = takesTold(told, card.takes)
  return {
    ...card,
    ...(outputTokensMax <= contextTokens && { contextTokens, outputTokensMax }),
    ...(line !== undefined && { line }),
    takes: { ...card.takes, ...takes },
    ...(card.uncertain && { uncertain: card.uncertain.filter((fact) => !(fact in takes)) }),
  }
}

function takesTold(told: JsonObject, known: Takes = {}): Takes {
  const capabilities = asObject(told['capabilities']) ?? {}
  const thinking = asObject(asObject(capabilities['thinking'])?.['types'])
  const effort = asObject(capabilities['effort'])
  const format = isOffered(capabilities['structured_outputs'])
  const compaction = isOffered(asObject(capabilities['context_management'])?.['compact'])
  const fallbacks = asArray(told['allowed_fallback_models'])
  return {
    ...(thinking && { thinkingModes: modesTold(thinking, known.thinkingModes ?? []) }),
    ...(effort && { efforts: efforts.filter((value) => isOffered(effort[value])) }),
    ...(format !== undefined && { structuredOutput: format }),
    ...(compaction !== undefined && { compaction }),
    ...(fallbacks && { fallbacks: fallbacks.filter((model) => typeof model === 'string') }),
  }
}

/** Not every mode is told of: one that is not stays. */
function modesTold(types: JsonObject, known: readonly string[]): readonly string[] {
  const modes = [...new Set([...known, ...Object.keys(types)])]
  return modes.filter((mode) => isOffered(types[mode]) ?? known.includes(mode))
}

/** A capability is told as true or false, or as an object that says whether it is supported. */
function isOffered(capability: unknown): boolean | undefined {
  const told = asObject(capability)?.['supported'] ?? capability
  return typeof told === 'boolean' ? told : undefined
}

/** No model grows or shrinks by so much under one name: such a figure is a mistake, and would be a wall. */
const FACTOR_MAX = 4

function tokens(told: unknown, known: number): number {
  const plausible =
    typeof told === 'number' &&
    Number.isSafeInteger(told) &&
    told >= known / FACTOR_MAX &&
    told <= known * FACTOR_MAX
  return plausible ? told : known
}
