import type { DecisionRecord } from '../core/decision.ts'
import type { WorkerStatus } from '../core/engine.ts'
import { errorTable } from '../core/errors.ts'
import type { EngineEvents, Events } from '../core/events.ts'
import { lossCodes } from '../core/loss.ts'
import { priorities } from '../core/message.ts'
import { wires } from '../core/wire.ts'
import type { Families } from './families.ts'

export interface EventCountsOptions {
  readonly events: Events
  readonly families: Families
  readonly classes: readonly string[]
  readonly workers: readonly WorkerStatus[]
}

export interface EventCounts {
  /** Takes the names of pools and models from the workers that there are now. */
  learn(workers: readonly WorkerStatus[]): void
  stop(): void
}

type Closed = (name: string) => string

/** The name itself where it is known, else `other`: what a caller writes never becomes a label. */
const closed = (names: Iterable<string>): Closed => {
  const known = new Set(names)
  return (name) => (known.has(name) ? name : 'other')
}

const kindOf = closed([...wires, 'library'])
const priorityOf = closed(priorities)
const codeOf = closed([...Object.keys(errorTable), 'ok', 'cancelled'])
/** Which field was removed is in the decision: callers write fields, and never a label. */
const lossOf = (loss: string): string => (loss.startsWith('removed:') ? 'removed' : knownLoss(loss))
const knownLoss = closed(lossCodes)
const sourceOf = closed([
  'forced',
  'hint',
  'pattern',
  'learned',
  'turn',
  'request-class',
  'fallback',
  'cache',
] satisfies DecisionRecord['source'][])

/** Counts each event under closed names: about a microsecond a message (bench/observe.ts). */
export function countEvents({ events, families, classes, workers }: EventCountsOptions): EventCounts {
  const classOf = closed(classes)
  let poolOf = closed([])
  let modelOf = closed([])

  function learn(now: readonly WorkerStatus[]): void {
    poolOf = closed(['none', ...now.map(({ pool }) => pool)])
    modelOf = closed(['none', ...now.map(({ model }) => model)])
  }
  learn(workers)

  function countDone({ record }: EngineEvents['message-done']): void {
    const label = classOf(record.class)
    const pool = poolOf(record.pool ?? 'none')
    families.signalbox_messages_total.add(1, label, sourceOf(record.source), codeOf(record.outcome))
    families.signalbox_message_duration_seconds.add(record.totalMs / 1_000, label)
    families.signalbox_queue_wait_seconds.add(record.waitMs / 1_000)
    families.signalbox_cost_usd_total.add(record.costUsd, pool, modelOf(record.model ?? 'none'))
    families.signalbox_tokens_total.add(record.usage.inputTokens, pool, 'input')
    families.signalbox_tokens_total.add(record.usage.outputTokens, pool, 'output')
    for (const loss of record.losses) families.signalbox_losses_total.add(1, lossOf(loss))
  }

  function countAttempt({ pool, outcome, durationMs }: EngineEvents['attempt-ended']): void {
    const label = poolOf(pool)
    const code = outcome.kind === 'failed' ? outcome.code : outcome.kind
    families.signalbox_attempts_total.add(1, label, codeOf(code))
    families.signalbox_attempt_duration_seconds.add(durationMs / 1_000, label)
  }

  const subscriptions = [
    events.subscribe('message-done', countDone),
    events.subscribe('attempt-ended', countAttempt),
    events.subscribe('message-received', ({ kind, priority }) =>
      families.signalbox_messages_received_total.add(1, kindOf(kind), priorityOf(priority)),
    ),
    events.subscribe('message-classified', ({ classification }) =>
      families.signalbox_classify_seconds.add(classification.micros / 1e6),
    ),
    events.subscribe('message-shed', ({ code, priority }) =>
      families.signalbox_shed_total.add(1, codeOf(code), priorityOf(priority)),
    ),
    events.subscribe('lesson-learned', () => families.signalbox_lessons_total.add(1)),
    events.subscribe('listener-failed', ({ event }) =>
      families.signalbox_listener_failures_total.add(1, event),
    ),
  ]
  return {
    learn,
    stop() {
      for (const unsubscribe of subscriptions) unsubscribe()
    },
  }
}
