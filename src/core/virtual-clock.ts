import { type Clock, clampDelayMs, type Timer } from './clock.ts'

/** A clock that moves only when told to: due timers run in due order, then in the order they were made. */
export interface VirtualClock extends Clock {
  /** Moves time on by `ms`, running each timer that falls due at its own moment. */
  advance(ms: number): void
  /** The same, letting promises settle after each timer: for code that awaits between timers. */
  advanceAsync(ms: number): Promise<void>
  readonly pendingTimers: number
}

interface Entry extends Timer {
  readonly dueMs: number
  readonly order: number
  readonly run: () => void
}

export function virtualClock(startMs = 0, wallStartMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let nowMs = startMs
  let order = 0
  const pending = new Set<Entry>()

  function nextDue(untilMs: number): Entry | undefined {
    let next: Entry | undefined
    for (const entry of pending) {
      if (entry.dueMs > untilMs) continue
      if (!next || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order))
        next = entry
    }
    return next
  }

  function step(untilMs: number): boolean {
    const entry = nextDue(untilMs)
    if (!entry) {
      nowMs = untilMs
      return false
    }
    pending.delete(entry)
    nowMs = Math.max(nowMs, entry.dueMs)
    entry.run()
    return true
  }

  return {
    now: () => nowMs,
    wallNow: () => wallStartMs + (nowMs - startMs),
    after(delayMs, run) {
      const entry: Entry = {
        dueMs: nowMs + clampDelayMs(delayMs),
        order: order++,
        run,
        cancel: () => pending.delete(entry),
      }
      pending.add(entry)
      return entry
    },
    advance(ms) {
      const untilMs = nowMs + ms
      while (step(untilMs));
    },
    async advanceAsync(ms) {
      const untilMs = nowMs + ms
      await settle()
      while (step(untilMs)) await settle()
    },
    get pendingTimers() {
      return pending.size
    },
  }
}

/** Lets every promise that can settle now do so: a macrotask runs only after all microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
