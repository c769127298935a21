/** OpenAI's endpoint that counts the input of a response without making one. */
import { asObject, type JsonObject, parseJson } from '../json-value.ts'

export const INPUT_TOKENS_PATH = '/responses/input_tokens'

/** What it reads of a Responses request; it refuses what only concerns the answer. */
const counted = [
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
]

/** A Responses request as a request to count it. */
export function inputTokensRequest(body: Buffer): Buffer {
  const request = asObject(parseJson(body.toString())) ?? {}
  const kept: JsonObject = Object.fromEntries(
    counted.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])),
  )
  return Buffer.from(JSON.stringify(kept))
}

/** Undefined where the reply counts nothing. */
export function inputTokensIn(body: Buffer): number | undefined {
  const tokens = asObject(parseJson(body.toString()))?.['input_tokens']
  return typeof tokens === 'number' && tokens > 0 ? tokens : undefined
}
