import type { Clock, Timer } from '../core/clock.ts'
import type { EventName, Events } from '../core/events.ts'
import { sentenceOf } from '../core/lesson.ts'
import type { Log } from '../core/system.ts'

export interface EventLogOptions {
  readonly events: Events
  readonly clock: Clock
  readonly log: Log
  /** How many sentences of one kind a window takes; the rest is counted and told at its end. */
  readonly sentencesMax?: number
  readonly windowMs?: number
}

/**
 * Tells the operator in sentences what changes: workers, breakers, what is learned of models, the mode, observers that
 * fail. Nothing about single messages, and no text of theirs.
 * @returns a function that stops it.
 */
export function logEvents(options: EventLogOptions): () => void {
  const { events } = options
  const { say, end } = rationed(options)
  const subscriptions = [
    events.subscribe('worker-state', ({ worker, from, to }) => {
      const level = to === 'healthy' ? 'info' : 'warn'
      say('worker-state', level, `worker ${clean(worker)} is ${to}, was ${from}`, { worker })
    }),
    events.subscribe('breaker-state', ({ worker, from, to }) => {
      const level = to === 'open' ? 'warn' : 'info'
      say('breaker-state', level, `the breaker of worker ${clean(worker)} is ${to}, was ${from}`, { worker })
    }),
    events.subscribe('lesson-learned', ({ fact }) => {
      const { host, model, lesson } = fact
      say('lesson-learned', 'info', clean(sentenceOf(fact)), { model, host, field: lesson.path.join('.') })
    }),
    events.subscribe('mode-changed', ({ from, to, cause }) => {
      const level = to === 'normal' ? 'info' : 'warn'
      say('mode-changed', level, `the mode is ${to}, was ${from}: ${clean(cause)}`)
    }),
    events.subscribe('listener-failed', ({ event, error }) => {
      say('listener-failed', 'error', `a listener of ${clean(event)} failed`, placeOf(error))
    }),
  ]
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe()
    end()
  }
}

type Fields = Readonly<Record<string, unknown>>

/** A fleet that flaps must not fill the disk: each kind of sentence has its own small allowance. */
function rationed({ clock, log, sentencesMax = 20, windowMs = 10_000 }: EventLogOptions) {
  const kinds = new Map<EventName, Allowance>()

  function say(kind: EventName, level: keyof Log, text: string, fields?: Fields): void {
    const allowance = kinds.get(kind) ?? begin(kind)
    if (allowance.said++ < sentencesMax) log[level](text, fields)
  }

  function begin(kind: EventName): Allowance {
    const timer = clock.after(windowMs, () => close(kind), { background: true })
    const allowance = { said: 0, timer }
    kinds.set(kind, allowance)
    return allowance
  }

  function close(kind: EventName): void {
    const { said = 0, timer } = kinds.get(kind) ?? {}
    kinds.delete(kind)
    timer?.cancel()
    const more = said - sentencesMax
    if (more > 0) log.warn(`${more} more events of kind ${kind} in ${windowMs / 1_000} s`)
  }

  function end(): void {
    for (const kind of kinds.keys()) close(kind)
  }

  return { say, end }
}

interface Allowance {
  /** Sentences since the window began, those not told among them. */
  said: number
  readonly timer: Timer
}

/** An error's name and the place it came from; its message may quote what a person wrote. */
function placeOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const frame = error.stack?.split('\n').find((line) => line.startsWith('    at '))
  return { error: clean(error.name), ...(frame ? { at: clean(frame.trim()) } : {}) }
}

/** One line, of a sensible length, whatever a name holds. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 200)
}
