/**
 * What lasts over a conversation, in one bounded, expiring table: the class of the person's turn and the model
 * that served last. While a tool loop is open the class holds and the message stays with that model: the
 * loop's own texts are results, not wishes, and reasoning is bound to the model that wrote it.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/clock.ts'
import type { Classification } from '../core/decision.ts'

export interface Session {
  readonly classification: Classification
  /** The model that served last; undefined until one did. */
  readonly model: string | undefined
}

export const SESSIONS_MAX = 10_000
/** Longer than any prompt cache lives; a loop that rests longer is classified anew. */
export const SESSION_TTL_MS = 3_600_000

export interface Sessions {
  find(key: string): Session | undefined
  /** A turn of the person has begun. */
  begin(key: string, classification: Classification): void
  /** A model has answered in the conversation. */
  served(key: string, model: string): void
  readonly size: number
}

export function createSessions(clock: Clock): Sessions {
  const table = new LRUCache<string, Session>({
    max: SESSIONS_MAX,
    ttl: SESSION_TTL_MS,
    perf: clock,
    ttlResolution: 0,
  })
  return {
    find: (key) => table.get(key),
    begin: (key, classification) => void table.set(key, { classification, model: table.get(key)?.model }),
    served(key, model) {
      const session = table.get(key)
      if (session) table.set(key, { ...session, model })
    },
    get size() {
      return table.size
    },
  }
}
