import type { Clock } from '../core/clock.ts'
import type { DecisionRecord } from '../core/decision.ts'
import type { Events } from '../core/events.ts'
import type { LogStore, Store } from '../core/store.ts'
import type { Log } from '../core/system.ts'
import { DecisionWriter } from './decision-writer.ts'

/** What happened to every message, newest first: what `GET /api/decisions` answers. */
export interface DecisionLog {
  /** The newest `limit` records; with `before`, those older than the record with that id. */
  newest(limit: number, before?: string): Promise<readonly DecisionRecord[]>
  /** Records that never reached the store, because it failed or could not keep up. */
  readonly dropped: number
  /** Resolves when all that is known now was written or dropped; never rejects. */
  flush(): Promise<void>
  /** Stops listening and writes what is left. */
  close(): Promise<void>
}

export interface DecisionLogOptions {
  readonly events: Events
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** How many records the store keeps. */
  readonly keep?: number
  /** How long a record may wait in memory. */
  readonly flushMs?: number
}

/** Readable at once, from memory. */
const recentMax = 1_000

/**
 * Listens to finished messages. The newest records are answered from memory, older ones from the store, which gets them
 * by the batch: the path of a message only pushes to two lists.
 */
export function createDecisionLog(options: DecisionLogOptions): DecisionLog {
  const { events, store, clock, log, keep = 10_000, flushMs = 500 } = options
  const stored = store.log('decisions', keep)
  const writer = new DecisionWriter({ stored, clock, log, flushMs })
  const recent: DecisionRecord[] = []

  const unsubscribe = events.subscribe('message-done', ({ record }) => {
    recent.push(record)
    if (recent.length > recentMax) recent.shift()
    writer.add(record)
  })

  return Object.freeze<DecisionLog>({
    async newest(limit, before) {
      const wanted = limit > 0 ? Math.min(Math.floor(limit), keep) : 0
      const fromMemory = pageOf(recent, wanted, before)
      if (fromMemory?.length === wanted) return fromMemory
      await writer.flush()
      if (!fromMemory) return (await stored.newest(wanted, before)).filter(isRecord)
      return withOlder(recent, stored, wanted, before)
    },
    flush: () => writer.flush(),
    get dropped() {
      return writer.dropped
    },
    close() {
      unsubscribe()
      return writer.flush()
    },
  })
}

/**
 * A page that memory begins and the store goes on with. The store is asked from the top, not from the oldest record in
 * memory: that one may have been dropped, and then has no place in the store to go on from.
 */
async function withOlder(
  recent: readonly DecisionRecord[],
  stored: LogStore,
  wanted: number,
  before: string | undefined,
): Promise<readonly DecisionRecord[]> {
  const inMemory = new Set(recent.map(({ id }) => id))
  const page = pageOf(recent, wanted, before) ?? []
  try {
    const rows = (await stored.newest(wanted + inMemory.size)).filter(isRecord)
    const older = rows.slice(rows.findLastIndex(({ id }) => inMemory.has(id)) + 1)
    return [...page, ...older.slice(0, wanted - page.length)]
  } catch {
    // Its failing was told when the records were dropped; what memory has is better than nothing.
    return page
  }
}

/** Newest first, out of `recent`, which is oldest first; undefined when `before` is not in it. */
function pageOf(
  recent: readonly DecisionRecord[],
  wanted: number,
  before: string | undefined,
): DecisionRecord[] | undefined {
  const end = before === undefined ? recent.length : recent.findLastIndex(({ id }) => id === before)
  if (end === -1) return undefined
  return recent.slice(Math.max(0, end - wanted), end).toReversed()
}

/** Only records were ever appended under this name, and their fields are only ever added to. */
function isRecord(value: unknown): value is DecisionRecord {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
}
