import { asArray, asObject, asText, parseJson } from './json-value.ts'

/** What an upstream's error says of itself, out of whatever form it came in. */
export interface UpstreamError {
  /** Its own words, bounded, on one line. */
  readonly message: string | undefined
  readonly type: string | undefined
  readonly code: string | undefined
  /** Some servers give the HTTP status as the code, also inside a stream that began with 200. */
  readonly status: number | undefined
}

/** More of an error body is not looked at. */
const BODY_BYTES_MAX = 64 * 1024
const MESSAGE_CHARS_MAX = 500
/** An error in an error in an array: no server goes deeper. */
const DEPTH_MAX = 4

const nothing: UpstreamError = { message: undefined, type: undefined, code: undefined, status: undefined }

/** The body may be JSON in one of many shapes, plain text, a page of HTML, cut off, or empty. */
export function readErrorBody(body: Buffer): UpstreamError {
  const text = body.toString('utf8', 0, BODY_BYTES_MAX).trim()
  // A page names hosts and products, never what is wrong with the request.
  if (text.startsWith('<')) return nothing
  if (text.startsWith('{') || text.startsWith('[') || text.startsWith('"'))
    return describeError(parseJson(text))
  return { ...nothing, message: words(text) }
}

/** An error as parsed JSON: `{error: {…}}`, `{error: "…"}`, `[{error}]`, `{message, type, code}`, `{detail}`, or a string. */
export function describeError(value: unknown, depth = 0): UpstreamError {
  if (depth === DEPTH_MAX) return nothing
  if (typeof value === 'string') return { ...nothing, message: words(value) }
  if (Array.isArray(value)) return describeError(value[0], depth + 1)
  const object = asObject(value)
  if (!object) return nothing
  const inner = object['error'] ?? undefined
  if (inner !== undefined) {
    const told = describeError(inner, depth + 1)
    return { ...told, message: told.message ?? messageIn(object) }
  }
  const { code } = object
  return {
    message: messageIn(object),
    type: asText(object['type']),
    code: asText(code) ?? asText(asObject(object['details'])?.['error_code']),
    status: typeof code === 'number' && code >= 400 && code < 600 ? code : undefined,
  }
}

function messageIn(object: Readonly<Record<string, unknown>>): string | undefined {
  const { message, detail } = object
  if (typeof message === 'string') return words(message)
  if (typeof detail === 'string') return words(detail)
  const first = asObject(asArray(detail)?.[0])
  return first && words(asText(first['msg']) ?? '')
}

/** On one line and bounded, so that no log and no header can be broken by it. */
function words(text: string): string | undefined {
  // Cut before cleaning: the message may be megabytes.
  const line = text
    .slice(0, 2 * MESSAGE_CHARS_MAX)
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
    .slice(0, MESSAGE_CHARS_MAX)
    .toWellFormed()
  return line === '' ? undefined : line
}
