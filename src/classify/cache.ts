import { LRUCache } from 'lru-cache'
import type { Classification } from '../core/decision.ts'
import type { Clock } from '../core/clock.ts'
import type { Classifiable } from './classifier.ts'

/**
 * Answers by everything that they depend on. Bounded three ways: entries, age, and characters of keys in all, so
 * that ten thousand long texts cannot fill the memory. Texts above 8,000 characters are not kept: to tell them apart
 * takes as long as to read them, and they seldom come twice.
 */
export const KEY_CHARS_MAX = 8_000
const ALL_KEYS_CHARS_MAX = 8_000_000

export interface CacheOptions {
  /** 0 keeps nothing. */
  readonly entries: number
  /** 0 keeps nothing. */
  readonly ttlMs: number
}

type ClassificationCache = LRUCache<string, Classification>

export function createCache(options: CacheOptions, clock: Clock): ClassificationCache | undefined {
  if (!(options.entries > 0) || !(options.ttlMs > 0)) return undefined
  return new LRUCache({
    max: options.entries,
    ttl: options.ttlMs,
    maxSize: ALL_KEYS_CHARS_MAX,
    sizeCalculation: (_, key) => key.length,
    perf: { now: () => clock.now() },
    // Else the library would keep the time for a millisecond by a timer of its own.
    ttlResolution: 0,
  })
}

/**
 * Every field with its length before it, so that no two messages share a key; undefined for what is not worth
 * keeping. Joining also copies the text: a key that were a slice of a request would keep all of it in memory.
 */
export function cacheKey(message: Classifiable): string | undefined {
  const { text, earlier, context, tools, effort } = message
  if (text.length > KEY_CHARS_MAX) return undefined
  let key = `${text.length}:${text}`
  if (tools) key += 't'
  if (effort !== undefined) key += `e${effort.length}:${effort}`
  if (earlier) for (const each of earlier) key += `b${each.length}:${each}`
  if (context) {
    const facts = contextKey(context)
    if (facts === undefined) return undefined
    key += facts
  }
  return key.length > KEY_CHARS_MAX + 100 ? undefined : key
}

/** Keys in order, so that the same facts are the same entry; undefined for what JSON cannot say. */
function contextKey(context: Readonly<Record<string, unknown>>): string | undefined {
  const entries = Object.entries(context)
  if (entries.length === 0) return ''
  if (entries.length > 1) entries.sort(([one], [other]) => (one < other ? -1 : 1))
  try {
    return `c${JSON.stringify(entries)}`
  } catch {
    return undefined
  }
}
