import { asArray, asObject, asText, parseJson } from '../json-value.ts'
import type { ReplyFacts } from '../protocol.ts'
import { chatUsage } from './usage.ts'

/**
 * The facts of a whole completion; undefined when the body is none. An error inside a 200, a finish that says
 * `error`, or a list without a choice is no completion: passed on, it would look like an empty success.
 */
export function readChatReply(body: Buffer): ReplyFacts | undefined {
  const reply = asObject(parseJson(body.toString('utf8')))
  const choices = asArray(reply?.['choices'])
  if (!reply || !choices || (reply['error'] ?? null) !== null) return undefined
  const choice = asObject(choices[0])
  if (!choice || choice['finish_reason'] === 'error') return undefined
  return {
    model: asText(reply['model']),
    usage: chatUsage(asObject(reply['usage']), reply['service_tier']),
    stopReason: asText(choice['finish_reason']),
  }
}
