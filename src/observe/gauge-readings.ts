import type { Engine } from '../core/engine.ts'
import type { Mode } from '../core/events.ts'
import { priorities } from '../core/message.ts'
import type { BreakerState, WorkerState } from '../core/worker.ts'
import type { Families } from './families.ts'

/** States as numbers that grow with the trouble, so that `> 0` is an alarm. */
const workerStates: Readonly<Record<WorkerState, number>> = {
  healthy: 0,
  degraded: 1,
  unhealthy: 2,
  unavailable: 3,
}
const breakerStates: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }
const modes: Readonly<Record<Mode, number>> = { normal: 0, degraded: 1, emergency: 2 }

/** Workers, queue and mode as they are now. */
export function readEngine(families: Families, engine: Pick<Engine, 'workers' | 'queue' | 'mode'>): void {
  const perWorker = [
    families.signalbox_worker_slots,
    families.signalbox_worker_in_flight,
    families.signalbox_worker_state,
    families.signalbox_breaker_state,
  ]
  // A worker that has gone must not stand there with its last value.
  for (const family of perWorker) family.clear()
  for (const { id, pool, slots, inFlight, state, breaker } of engine.workers()) {
    families.signalbox_worker_slots.set(slots, id, pool)
    families.signalbox_worker_in_flight.set(inFlight, id, pool)
    families.signalbox_worker_state.set(workerStates[state], id, pool)
    families.signalbox_breaker_state.set(breakerStates[breaker], id, pool)
  }
  const queue = engine.queue()
  for (const priority of priorities) families.signalbox_queue_depth.set(queue.byPriority[priority], priority)
  families.signalbox_queue_capacity.set(queue.capacity)
  families.signalbox_queue_oldest_seconds.set(queue.oldestMs / 1_000)
  families.signalbox_mode.set(modes[engine.mode()])
}

/** This process, as the runtime sees it. */
export function readProcess(families: Families): void {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  families.signalbox_process_cpu_seconds_total.set((user + system) / 1e6)
  families.signalbox_process_resident_memory_bytes.set(rss)
  families.signalbox_process_heap_bytes.set(heapUsed)
}
