import { type ErrorCode, errorTable } from './errors.ts'

const RETRY_AFTER_MS = 1_000
/** Above a minute Claude Code gives up, and OpenAI's SDK no longer listens. */
const RETRY_AFTER_MS_MAX = 60_000

/**
 * When a client should come back, and whether at all, in the headers that the official SDKs obey. Errors that more
 * time cannot mend say so; those of capacity always name a time.
 */
export function retryHeaders(
  code: ErrorCode,
  retryAfterMs: number | undefined,
): Readonly<Record<string, string>> {
  const { retryable, httpStatus } = errorTable[code]
  if (!retryable) return { 'x-should-retry': 'false' }
  if (retryAfterMs === undefined && httpStatus !== 503 && httpStatus !== 429) return {}
  const waitMs = Math.min(Math.max(Math.ceil(retryAfterMs ?? RETRY_AFTER_MS), 1), RETRY_AFTER_MS_MAX)
  return {
    'retry-after': String(Math.ceil(waitMs / 1_000)),
    'retry-after-ms': String(waitMs),
    'x-should-retry': 'true',
  }
}
