/** What stands beside an engine: it listens to its events, and the engine runs the same without it. */
import type { Config } from '../config/schema.ts'
import type { Engine } from '../core/engine.ts'
import type { System } from '../core/system.ts'
import { packageVersion } from '../core/version.ts'
import { createDecisionLog, type DecisionLog } from '../observe/decision-log.ts'
import { keepLessons } from '../observe/lesson-log.ts'
import { logEvents } from '../observe/log.ts'
import { createMetrics, type Metrics } from '../observe/metrics.ts'
import { createTraceLog, type TraceLog } from '../observe/trace-log.ts'
import { openStore } from '../store/open.ts'

/** What listens to an engine in a server, and is asked by the control plane. */
export interface Observers {
  readonly decisions: DecisionLog
  readonly traces: TraceLog
  readonly metrics: Metrics
  close(): Promise<void>
}

/** @throws SignalboxError store-failed. */
export async function composeObservers(config: Config, system: System, engine: Engine): Promise<Observers> {
  const { clock, log } = system
  const { events } = engine
  const store = await openStore(config.store, system)
  const decisions = createDecisionLog({ events, store, clock, log })
  const metrics = createMetrics({
    events,
    engine,
    clock,
    decisionsDropped: () => decisions.dropped,
    classes: classesOf(config),
    version: packageVersion(),
  })
  const quiet = logEvents({ events, clock, log })
  const lessons = await keepLessons({ engine, store, log, clock })
  return {
    decisions,
    traces: createTraceLog({ events }),
    metrics,
    async close() {
      quiet()
      await lessons.close()
      metrics.close()
      await decisions.close()
      await store.close()
    },
  }
}

function classesOf(config: Config): readonly string[] {
  return [
    ...new Set([...Object.keys(config.routes), config.classify.fallback, 'strategic', 'tactical', 'simple']),
  ]
}
