/** Anthropic's endpoint that counts a prompt without answering it. */
import { asObject, parseJson } from '../json-value.ts'

export const COUNT_PATH = '/v1/messages/count_tokens'

export function tokenCountBody(tokens: number): Buffer {
  return Buffer.from(JSON.stringify({ input_tokens: tokens }))
}

/** A reply of status 200 that counts nothing is no count. */
export function isTokenCount(body: Buffer): boolean {
  const counted = asObject(parseJson(body.toString()))?.['input_tokens']
  return typeof counted === 'number' && counted > 0
}
