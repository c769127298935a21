import type { Span } from './json-text.ts'

/**
 * Whether a history carries reasoning blocks: searches the bytes for `"type": "thinking"` (or `redacted_thinking`).
 * A quote inside a text is escaped, so text cannot look like it; a tool's input that has this member can, and counts:
 * to think that reasoning is at stake where it is not only makes the router more careful. A type written with
 * escapes is not seen; no client writes it so.
 */
export function holdsReasoningBlocks(body: Buffer, messages: Span | undefined): boolean {
  return messages !== undefined && blockTypes.some((type) => holdsBlock(body, messages, type))
}

const blockTypes = [Buffer.from('"thinking"'), Buffer.from('"redacted_thinking"')]
const typeKey = Buffer.from('"type"')
const COLON = 0x3a

function holdsBlock(body: Buffer, { start, end }: Span, type: Buffer): boolean {
  let at = body.indexOf(type, start)
  while (at !== -1 && at < end) {
    const colon = spaceBefore(body, at) - 1
    if (body[colon] === COLON) {
      const keyEnd = spaceBefore(body, colon)
      const keyStart = keyEnd - typeKey.length
      if (keyStart > start && typeKey.equals(body.subarray(keyStart, keyEnd))) return true
    }
    at = body.indexOf(type, at + type.length)
  }
  return false
}

/** Where the white space before `at` begins. */
function spaceBefore(body: Buffer, at: number): number {
  let begin = at
  while (begin > 0 && (body[begin - 1] ?? 0) <= 0x20) begin--
  return begin
}
