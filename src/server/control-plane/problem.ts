/**
 * RFC 9457: every refusal of the control plane is one problem document, made from one SignalboxError. What the
 * framework throws is turned into one of ours by its code; anything unknown is a bug and says nothing of its cause.
 */
import { type ErrorCode, SignalboxError } from '../../core/errors.ts'
import { retryHeaders } from '../../core/retry-after.ts'

export const problemType = 'application/problem+json'

export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly hint: string
  readonly code: ErrorCode
  readonly path?: string
  readonly traceId?: string
}

export function problemOf(error: SignalboxError, traceId?: string): Problem {
  return {
    type: `urn:signalbox:error:${error.code}`,
    title: titleOf(error.code),
    status: error.httpStatus,
    detail: error.message,
    hint: error.hint,
    code: error.code,
    ...(error.path !== undefined && { path: error.path }),
    ...(traceId !== undefined && { traceId }),
  }
}

/** Headers that belong to a refusal: when to come back, how to prove who one is. */
export function problemHeaders(error: SignalboxError): Readonly<Record<string, string>> {
  if (error.httpStatus === 401) return { 'www-authenticate': 'Bearer realm="signalbox"' }
  if (error.httpStatus !== 503 && error.httpStatus !== 429) return {}
  return retryHeaders(error.code, error.retryAfterMs)
}

/** What was thrown while a request was handled, as one of ours. */
export function refusalOf(thrown: unknown): SignalboxError {
  if (SignalboxError.is(thrown)) return thrown
  const known = frameworkRefusals.get(fieldOf(thrown, 'code'))
  if (known) return new SignalboxError(known.code, known.detail, known.path ? { path: known.path } : {})
  const status = fieldOf(thrown, 'statusCode')
  // Other faults of the request that the framework found: a body that ended early, for instance.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new SignalboxError('invalid-message', 'the request could not be read', { cause: thrown })
  }
  return SignalboxError.from(thrown)
}

interface FrameworkRefusal {
  readonly code: ErrorCode
  readonly detail: string
  readonly path?: string
}

const frameworkRefusals: ReadonlyMap<unknown, FrameworkRefusal> = new Map<string, FrameworkRefusal>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', { code: 'message-too-large', detail: 'the body is too large' }],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    {
      code: 'unsupported-media-type',
      detail: 'the content-type is not application/json',
      path: 'content-type',
    },
  ],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    { code: 'invalid-message', detail: 'the body is not as long as it said', path: 'content-length' },
  ],
  ['FST_ERR_BAD_URL', { code: 'invalid-message', detail: 'the path is not validly encoded', path: 'url' }],
  ['FST_ERR_MAX_PARAM_LENGTH', { code: 'not-found', detail: 'there is nothing under so long a name' }],
])

function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('-', ' ').replace('json', 'JSON')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
