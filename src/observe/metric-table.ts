/**
 * Every metric in one table: metrics.ts feeds exactly these, docs/metrics.md is generated from here. Base units
 * (seconds, bytes, US dollars); every label takes its values from a closed set, anything else is `other`.
 */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper bounds, of histograms only. */
  readonly bounds?: readonly number[]
}

const counter = (help: string, ...labels: string[]): MetricRow => ({ type: 'counter', help, labels })
const gauge = (help: string, ...labels: string[]): MetricRow => ({ type: 'gauge', help, labels })
const histogram = (help: string, bounds: readonly number[], ...labels: string[]): MetricRow => ({
  type: 'histogram',
  help,
  labels,
  bounds,
})

/** From a cached answer of a stub to a long generation. */
const answerBounds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const waitBounds = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600]
const classifyBounds = [1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 1e-3, 5e-3, 2.5e-2]
const delayBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]

export const metricTable = {
  signalbox_build_info: gauge('Always 1; the version of Signalbox and of Node.js.', 'version', 'node'),
  signalbox_messages_received_total: counter(
    'Messages that came in, by protocol and priority.',
    'kind',
    'priority',
  ),
  signalbox_messages_total: counter(
    'Messages that are done: their class, where the class came from, and ok or the code of the error.',
    'class',
    'source',
    'outcome',
  ),
  signalbox_message_duration_seconds: histogram(
    'From receiving a message to the end of its answer.',
    answerBounds,
    'class',
  ),
  signalbox_classify_seconds: histogram('Time to name the class of a message.', classifyBounds),
  signalbox_queue_wait_seconds: histogram('Time that messages waited for a worker.', waitBounds),
  signalbox_queue_depth: gauge('Messages that wait now.', 'priority'),
  signalbox_queue_capacity: gauge('Messages that may wait at most.'),
  signalbox_queue_oldest_seconds: gauge('How long the oldest waiting message has waited; 0 when none waits.'),
  signalbox_shed_total: counter(
    'Messages that were refused, displaced or expired while they waited.',
    'code',
    'priority',
  ),
  signalbox_attempts_total: counter(
    'Tries on workers: ok, cancelled, or the code of the failure.',
    'pool',
    'outcome',
  ),
  signalbox_attempt_duration_seconds: histogram(
    'From sending to a worker to the last byte of its answer, or its failure.',
    answerBounds,
    'pool',
  ),
  signalbox_worker_slots: gauge('Messages that the worker takes at once.', 'worker', 'pool'),
  signalbox_worker_in_flight: gauge('Messages that the worker is answering now.', 'worker', 'pool'),
  signalbox_worker_state: gauge('0 healthy, 1 degraded, 2 unhealthy, 3 unavailable.', 'worker', 'pool'),
  signalbox_breaker_state: gauge("The worker's breaker: 0 closed, 1 half-open, 2 open.", 'worker', 'pool'),
  signalbox_mode: gauge('0 normal, 1 degraded, 2 emergency.'),
  signalbox_cost_usd_total: counter('What answers cost, in US dollars, by list price.', 'pool', 'model'),
  signalbox_tokens_total: counter('Tokens that workers billed.', 'pool', 'direction'),
  signalbox_lessons_total: counter(
    'Fields that an upstream refused by name, and that are mended from then on.',
  ),
  signalbox_losses_total: counter(
    'Messages that lost something on the way to the model that served: thinking, cache, or a field.',
    'loss',
  ),
  signalbox_decisions_dropped_total: counter(
    'Decisions that never reached the store: it failed, or fell behind.',
  ),
  signalbox_listener_failures_total: counter(
    'Observers that threw; a bug of Signalbox or of yours.',
    'event',
  ),
  signalbox_series_overflow_total: counter(
    'Updates that found their metric full (1,000 series): counts went to `other`, gauges were left out.',
    'metric',
  ),
  signalbox_process_cpu_seconds_total: counter('CPU time of this process, user and system.'),
  signalbox_process_resident_memory_bytes: gauge('Resident memory of this process.'),
  signalbox_process_heap_bytes: gauge('JavaScript heap in use.'),
  signalbox_process_event_loop_delay_seconds: histogram(
    'How late a timer fires, tried twice a second: time in which nothing else moved either.',
    delayBounds,
  ),
  signalbox_process_uptime_seconds: gauge('Since this process began to count.'),
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof metricTable
