import { asArray, asObject, asText, parseJson } from '../json-value.ts'
import type { ReplyFacts } from '../protocol.ts'
import { anthropicUsage } from './usage.ts'

/** The facts of a whole message; undefined when the body is none. */
export function readAnthropicReply(body: Buffer): ReplyFacts | undefined {
  const reply = asObject(parseJson(body.toString('utf8')))
  if (reply?.['type'] !== 'message' || !asArray(reply['content'])) return undefined
  return {
    model: asText(reply['model']),
    usage: anthropicUsage(asObject(reply['usage'])),
    stopReason: asText(reply['stop_reason']),
  }
}
