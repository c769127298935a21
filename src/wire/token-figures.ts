import type { Usage } from '../core/wire.ts'

/** What a vendor says of tokens, before it is believed. */
export interface TokenFigures {
  readonly input: unknown
  readonly output: unknown
  readonly cacheRead: unknown
  readonly cacheWrite: unknown
}

/** No request has that many; a worker that says so is wrong. */
const TOKENS_MAX = 1e9

/**
 * The usage that the figures tell. A figure that is no sane count is 0, and so is a missing one; the usage is then
 * `estimated`, but for missing cache figures: a server without a cache does not send them.
 */
export function usageOf(figures: TokenFigures): Usage {
  const inputTokens = saneCount(figures.input)
  const outputTokens = saneCount(figures.output)
  const cacheReadTokens = saneCount(figures.cacheRead ?? 0)
  const cacheWriteTokens = saneCount(figures.cacheWrite ?? 0)
  const usage = {
    inputTokens: inputTokens ?? 0,
    outputTokens: outputTokens ?? 0,
    cacheReadTokens: cacheReadTokens ?? 0,
    cacheWriteTokens: cacheWriteTokens ?? 0,
  }
  const isWhole = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens].every(
    (count) => count !== undefined,
  )
  return isWhole ? usage : { ...usage, estimated: true }
}

export function saneCount(figure: unknown): number | undefined {
  if (typeof figure !== 'number' || !(figure >= 0 && figure <= TOKENS_MAX)) return undefined
  return Math.round(figure)
}
