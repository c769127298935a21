import type { Clock } from '../core/clock.ts'
import type { Engine } from '../core/engine.ts'
import type { Events } from '../core/events.ts'
import { countEvents } from './event-counts.ts'
import { watchEventLoopDelay } from './event-loop-delay.ts'
import { contentType, exposition } from './exposition.ts'
import { createFamilies } from './families.ts'
import { readEngine, readProcess } from './gauge-readings.ts'

/** What `GET /metrics` answers. */
export interface Metrics {
  readonly contentType: string
  text(): Promise<string>
  /** Stops listening; what was counted can still be read. */
  close(): void
}

export interface MetricsOptions {
  readonly events: Events
  readonly engine: Pick<Engine, 'workers' | 'queue' | 'mode'>
  readonly clock: Clock
  /** How many decisions never reached the store. */
  readonly decisionsDropped: () => number
  /** Every class that a message can have; another one is counted as `other`. */
  readonly classes: readonly string[]
  /** Of Signalbox. */
  readonly version: string
}

/** Counts what the engine publishes; gauges are read from the engine when somebody asks. */
export function createMetrics(options: MetricsOptions): Metrics {
  const { events, engine, clock, classes, version, decisionsDropped } = options
  const families = createFamilies()
  const startedMs = clock.now()
  const counting = countEvents({ events, families, classes, workers: engine.workers() })
  const stopWatching = watchEventLoopDelay(clock, (seconds) =>
    families.signalbox_process_event_loop_delay_seconds.add(seconds),
  )
  families.signalbox_build_info.set(1, version, process.version)

  return Object.freeze<Metrics>({
    contentType,
    text() {
      counting.learn(engine.workers())
      readEngine(families, engine)
      readProcess(families)
      families.signalbox_decisions_dropped_total.set(decisionsDropped())
      families.signalbox_process_uptime_seconds.set((clock.now() - startedMs) / 1_000)
      return exposition(new Map(Object.entries(families)))
    },
    close() {
      counting.stop()
      stopWatching()
    },
  })
}
