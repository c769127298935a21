import type { Capability } from './capability.ts'

/**
 * Every error that Signalbox makes, in one table: whose problem it is, the HTTP status, whether the same request
 * may succeed later, and what to do about it. docs/errors.md is generated from here. Code decides on `code`,
 * never on the words of a message.
 */
export type ErrorDomain = 'caller' | 'capacity' | 'worker' | 'operator' | 'internal'

interface ErrorRow {
  readonly domain: ErrorDomain
  readonly httpStatus: number
  readonly retryable: boolean
  readonly hint: string
}

const row = (domain: ErrorDomain, httpStatus: number, retryable: boolean, hint: string): ErrorRow => ({
  domain,
  httpStatus,
  retryable,
  hint,
})

export const errorTable = {
  'invalid-message': row('caller', 400, false, 'Correct the field that is named and send again.'),
  'malformed-json': row('caller', 400, false, 'Send one JSON object in UTF-8.'),
  untranslatable: row(
    'caller',
    400,
    false,
    'Leave the named feature out, or ask for a model whose protocol has it.',
  ),
  'model-mismatch': row('caller', 400, false, 'Leave the named field out, or ask for a model that takes it.'),
  unauthorized: row('caller', 401, false, 'Send a key from auth.keys as x-api-key or authorization: Bearer.'),
  forbidden: row('caller', 403, false, 'Use a key that has the scope, from an address that is allowed.'),
  'not-found': row('caller', 404, false, 'See /docs for what there is.'),
  'unknown-model': row('caller', 404, false, 'Ask for "auto" or one of the models that are listed.'),
  'method-not-allowed': row('caller', 405, false, 'Use the method that the allow header names.'),
  conflict: row('caller', 409, false, 'Read the current state and send again.'),
  'body-timeout': row('caller', 408, true, 'Send the whole body within the time limit.'),
  'message-too-large': row('caller', 413, false, 'Send less, or raise server.bodyBytes.'),
  'unsupported-media-type': row(
    'caller',
    415,
    false,
    'Send content-type: application/json, without content-encoding.',
  ),
  'upgrade-refused': row(
    'caller',
    426,
    false,
    'Send it as a POST over HTTP, with "stream": true for a stream.',
  ),
  'headers-too-large': row('caller', 431, false, 'Send fewer or shorter headers.'),
  cancelled: row('caller', 499, true, 'The caller went away before the answer.'),
  'queue-full': row('capacity', 503, true, 'Wait as long as retry-after says, or raise queue.capacity.'),
  displaced: row(
    'capacity',
    503,
    true,
    'A message of higher priority took the place; wait as retry-after says.',
  ),
  expired: row('capacity', 503, true, 'No worker came free in time; add workers or raise queue.ttlMs.'),
  'no-worker': row('capacity', 503, true, 'No worker of the route can answer; see /api/workers.'),
  draining: row('capacity', 503, true, 'This process is shutting down; send to another one.'),
  'deadline-exceeded': row('capacity', 504, true, 'Allow more time, or send with a higher priority.'),
  'worker-failed': row(
    'worker',
    502,
    true,
    'See /api/workers for its state; check its baseUrl, the network, and the worker itself.',
  ),
  'worker-timeout': row(
    'worker',
    504,
    true,
    'The worker did not answer in time; see timeoutMs of the worker.',
  ),
  'worker-stalled': row('worker', 502, true, 'The worker stopped in the middle of its answer; send again.'),
  'worker-protocol': row(
    'worker',
    502,
    true,
    'The worker answered what its protocol does not allow; check baseUrl and kind.',
  ),
  'worker-overloaded': row('worker', 503, true, 'The provider is overloaded; wait as retry-after says.'),
  'worker-rate-limited': row(
    'worker',
    429,
    true,
    'The limit of the worker’s account is reached; wait as retry-after says.',
  ),
  'worker-refused': row(
    'worker',
    400,
    false,
    'The worker refused the request; its own words are in the message.',
  ),
  'worker-credentials': row(
    'operator',
    502,
    false,
    'The worker’s key was refused; check apiKey in the configuration.',
  ),
  'worker-budget-spent': row(
    'operator',
    429,
    false,
    'The budget of the worker’s account is spent; raise it, or add a worker of another account.',
  ),
  'invalid-config': row('operator', 500, false, 'Correct the configuration at the place that is named.'),
  'not-in-this-version': row('operator', 501, false, 'This version does not have it yet; see CHANGELOG.md.'),
  'store-failed': row(
    'operator',
    503,
    true,
    'Check that the store’s folder exists, is writable and has room.',
  ),
  'invariant-violated': row(
    'internal',
    500,
    false,
    'This is a bug in Signalbox; please report it with the trace id.',
  ),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface ErrorOptions {
  readonly cause?: unknown
  /** When the caller may come back. */
  readonly retryAfterMs?: number
  /** Replaces the table's hint where something more exact can be said. */
  readonly hint?: string
  /** The field, header, or config path at fault. */
  readonly path?: string
  /** What the target would have to have. */
  readonly lacks?: Capability | undefined
}

const marker = Symbol.for('signalbox.error')

/** The one error class of the public edge. Recognise it by `SignalboxError.is`, which works across installs. */
export class SignalboxError extends Error {
  override readonly name = 'SignalboxError'
  readonly code: ErrorCode
  readonly hint: string
  readonly path: string | undefined
  readonly lacks: Capability | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint ?? errorTable[code].hint
    this.path = options.path
    this.lacks = options.lacks
    this.retryAfterMs = options.retryAfterMs
    Object.defineProperty(this, marker, { value: true })
  }

  get domain(): ErrorDomain {
    return errorTable[this.code].domain
  }

  get httpStatus(): number {
    return errorTable[this.code].httpStatus
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable
  }

  static is(value: unknown): value is SignalboxError {
    return typeof value === 'object' && value !== null && marker in value
  }

  /** What was thrown, as one of ours; anything unknown is a bug of ours and keeps its cause. */
  static from(value: unknown): SignalboxError {
    if (SignalboxError.is(value)) return value
    return new SignalboxError('invariant-violated', 'something unexpected happened', { cause: value })
  }
}
