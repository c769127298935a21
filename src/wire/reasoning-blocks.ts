import type { Span } from './json-text.ts'

/**
 * Whether a history carries reasoning blocks: searches the bytes for `"type": "thinking"` (or `redacted_thinking`).
 * A quote inside a text is escaped, so text cannot look like it; a tool's input that has this member can, and counts:
 * to think that reasoning is at stake where it is not only makes the router more careful. A type written with
 * escapes is not seen; no client writes it so.
 */
export function holdsReasoningBlocks(body: Buffer, messages: Span | undefined): boolean {
  if (messages === undefined) return false
  const { start, end } = messages
  let at = body.indexOf(ending, start)
  while (at !== -1 && at < end) {
    const type = types.find((begin) => endsWith(body, at, begin))
    if (type && isTypeOf(body, at - type.length)) return true
    at = body.indexOf(ending, at + ending.length)
  }
  return false
}

/** Both types end alike, so one search finds them. */
const ending = Buffer.from('thinking"')
const types = [Buffer.from('"'), Buffer.from('"redacted_')]
const typeKey = Buffer.from('"type"')
const COLON = 0x3a

/** The value at `at` is that of a member `type`. */
function isTypeOf(body: Buffer, at: number): boolean {
  const colon = spaceBefore(body, at) - 1
  return body[colon] === COLON && endsWith(body, spaceBefore(body, colon), typeKey)
}

function endsWith(body: Buffer, end: number, bytes: Buffer): boolean {
  return end >= bytes.length && bytes.equals(body.subarray(end - bytes.length, end))
}

/** Where the white space before `at` begins. */
function spaceBefore(body: Buffer, at: number): number {
  let begin = at
  while (begin > 0 && (body[begin - 1] ?? 0) <= 0x20) begin--
  return begin
}
