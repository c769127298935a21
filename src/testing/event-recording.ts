import type { EngineEvents, EventName, Events } from '../core/events.ts'

/** One event as it was published. */
export type RecordedEvent = {
  [Name in EventName]: { readonly name: Name; readonly event: EngineEvents[Name] }
}[EventName]

/** Everything that was published since the recording began. */
export interface EventRecording {
  /** In the order of publishing. */
  readonly all: readonly RecordedEvent[]
  count(name: EventName): number
  /** The next event of that name, counted from this call: a test waits for what happens, never for time. */
  next<Name extends EventName>(name: Name): Promise<EngineEvents[Name]>
  stop(): void
}

/** A record, so that the compiler misses a name that is added. */
const names: Readonly<Record<EventName, true>> = {
  'message-received': true,
  'message-classified': true,
  'message-queued': true,
  'message-shed': true,
  'attempt-started': true,
  'attempt-ended': true,
  'message-done': true,
  'worker-state': true,
  'breaker-state': true,
  'mode-changed': true,
  'lesson-learned': true,
  'listener-failed': true,
}

export function recordEvents(events: Events): EventRecording {
  const all: RecordedEvent[] = []
  const stops = Object.keys(names).map((key) => {
    // Object.keys of a record whose keys are the names.
    const name = key as EventName
    // The event comes under its own name; the compiler cannot follow one variable through the whole map.
    return events.subscribe(name, (event) => all.push({ name, event } as RecordedEvent))
  })
  return Object.freeze<EventRecording>({
    all,
    count: (name) => all.filter((recorded) => recorded.name === name).length,
    next(name) {
      return new Promise((resolve) => {
        const stop = events.subscribe(name, (event) => {
          stop()
          resolve(event)
        })
      })
    },
    stop() {
      for (const stop of stops) stop()
    },
  })
}
