import type { Classification, DecisionRecord } from './decision.ts'
import type { LearnedFact } from './lesson.ts'
import type { Outcome } from './outcome.ts'
import type { Span } from './trace.ts'
import type { Priority } from './message.ts'
import type { BreakerState, WorkerState } from './worker.ts'

export type Mode = 'normal' | 'degraded' | 'emergency'

/** Every fact that the engine publishes, once. Metrics, decision log, page and tests listen; nothing else is told. */
export interface EngineEvents {
  'message-received': { readonly traceId: string; readonly kind: string; readonly priority: Priority }
  'message-classified': { readonly traceId: string; readonly classification: Classification }
  'message-queued': { readonly traceId: string; readonly lane: string; readonly priority: Priority }
  'message-shed': { readonly traceId: string; readonly priority: Priority; readonly code: string }
  'attempt-started': { readonly traceId: string; readonly worker: string; readonly attempt: number }
  'attempt-ended': {
    readonly traceId: string
    readonly worker: string
    readonly pool: string
    readonly outcome: Outcome
    readonly durationMs: number
  }
  'message-done': { readonly record: DecisionRecord; readonly spans: readonly Span[] }
  'worker-state': { readonly worker: string; readonly from: WorkerState; readonly to: WorkerState }
  'breaker-state': { readonly worker: string; readonly from: BreakerState; readonly to: BreakerState }
  'mode-changed': { readonly from: Mode; readonly to: Mode; readonly cause: string }
  /** An upstream refused a field by name; from now on it is mended before it is sent. */
  'lesson-learned': { readonly fact: LearnedFact }
  /** A listener threw: contained here, so that no observer can harm a message. */
  'listener-failed': { readonly event: string; readonly error: unknown }
}

export type EventName = keyof EngineEvents

export interface Events {
  publish<Name extends EventName>(name: Name, event: EngineEvents[Name]): void
  /** @returns a function that ends the subscription. */
  subscribe<Name extends EventName>(name: Name, listener: (event: EngineEvents[Name]) => void): () => void
}

type Listener = (event: never) => void

export function createEvents(): Events {
  const listeners = new Map<EventName, readonly Listener[]>()

  function publish<Name extends EventName>(name: Name, event: EngineEvents[Name]): void {
    const subscribed = listeners.get(name)
    if (!subscribed) return
    for (const listener of subscribed) {
      try {
        // The map holds under `name` only listeners of `name`: see subscribe.
        ;(listener as (event: EngineEvents[Name]) => void)(event)
      } catch (error) {
        if (name !== 'listener-failed') publish('listener-failed', { event: name, error })
      }
    }
  }

  return {
    publish,
    subscribe(name, listener) {
      listeners.set(name, [...(listeners.get(name) ?? []), listener])
      return () => {
        listeners.set(
          name,
          (listeners.get(name) ?? []).filter((other) => other !== listener),
        )
      }
    },
  }
}
