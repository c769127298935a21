import type { Clock, Timer } from '../core/clock.ts'

/**
 * Tells how late timers fire: for as long the thread was busy and no message moved. Tried twice a second; the
 * runtime's own monitor wakes the process fifty times a second for the same answer.
 * @returns a function that stops it.
 */
export function watchEventLoopDelay(clock: Clock, observe: (seconds: number) => void): () => void {
  const intervalMs = 500
  let dueMs = 0
  let timer: Timer
  function next(): void {
    dueMs = clock.now() + intervalMs
    timer = clock.after(
      intervalMs,
      () => {
        observe(Math.max(0, clock.now() - dueMs) / 1_000)
        next()
      },
      { background: true },
    )
  }
  next()
  return () => timer.cancel()
}
