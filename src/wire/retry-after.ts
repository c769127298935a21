/** No upstream is believed to need longer; whoever says so is asked again then. */
const RETRY_AFTER_MS_MAX = 600_000

/**
 * How long an upstream asks to be left alone: `retry-after-ms`, else `retry-after` in seconds or as a date. A date is
 * measured against the `date` of the same reply: its clock wrote both, and ours may differ. What is neither is ignored.
 */
export function readRetryAfterMs(headers: Readonly<Record<string, string>>): number | undefined {
  const ms = numberIn(headers['retry-after-ms'])
  if (ms !== undefined) return clamp(ms)
  const seconds = numberIn(headers['retry-after'])
  if (seconds !== undefined) return clamp(seconds * 1000)
  const waitMs = Date.parse(headers['retry-after'] ?? '') - Date.parse(headers['date'] ?? '')
  return Number.isNaN(waitMs) ? undefined : clamp(waitMs)
}

function numberIn(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '') return undefined
  const number = Number(header)
  return Number.isNaN(number) ? undefined : number
}

function clamp(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX))
}
