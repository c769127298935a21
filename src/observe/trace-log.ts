import type { DecisionRecord } from '../core/decision.ts'
import type { Events } from '../core/events.ts'
import type { Span } from '../core/trace.ts'

/** What `GET /api/traces/:id` answers. */
export interface TraceRecord {
  readonly id: string
  readonly decision: DecisionRecord
  readonly spans: readonly Span[]
}

export interface TraceLog {
  /** undefined when the id is none (32 hexadecimal digits), or the trace is older than what is kept. */
  find(id: string): TraceRecord | undefined
  close(): void
}

/**
 * The traces of the last `keep` messages, in memory, in a ring: keeping one costs 0.1 µs. Finding one looks at all of
 * them, which costs a person who asks nothing; a Map by id cost every message 3 µs (its oldest key is found behind
 * all the deleted ones).
 */
export function createTraceLog({ events, keep = 2_000 }: { events: Events; keep?: number }): TraceLog {
  const ring: TraceRecord[] = []
  let next = 0

  const unsubscribe = events.subscribe('message-done', ({ record, spans }) => {
    ring[next] = { id: record.id, decision: record, spans }
    next = (next + 1) % keep
  })

  return Object.freeze<TraceLog>({
    find(id) {
      if (!/^[0-9a-f]{32}$/i.test(id)) return undefined
      const wanted = id.toLowerCase()
      return ring.find((trace) => trace.id === wanted)
    },
    close: unsubscribe,
  })
}
