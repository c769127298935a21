import type { ReplyNeeds } from '../translation.ts'
import { isGiven, type JsonObject, listAt, objectAt, textAt } from './json-tree.ts'

/**
 * Checks that a client of Anthropic's asks for beside the answer: may the agent run this? Only Anthropic makes them. No
 * verdict is ever made up here: the reply says that the check is not supported, and the client falls back on its own.
 */
const SAFEGUARDS_MAX = 16
const TYPE_CHARS_MAX = 64

/** @throws SignalboxError invalid-message, for a list that is none. */
export function safeguardsAsked(root: JsonObject): Pick<ReplyNeeds, 'safeguards'> {
  if (!isGiven(root['safeguards'])) return {}
  const types = listAt(root['safeguards'], 'safeguards').map((asked, index) => {
    const path = `safeguards.${index}`
    return textAt(objectAt(asked, path)['type'], `${path}.type`).slice(0, TYPE_CHARS_MAX)
  })
  const safeguards = [...new Set(types)].slice(0, SAFEGUARDS_MAX)
  return safeguards.length === 0 ? {} : { safeguards }
}

/** What the reply says of them: beside the stop reason when streamed, at the top when not. */
export function safeguardResults({ safeguards }: ReplyNeeds): JsonObject {
  if (!safeguards) return {}
  return { safeguard_results: safeguards.map((type) => ({ type, status: { type: 'unsupported' } })) }
}
