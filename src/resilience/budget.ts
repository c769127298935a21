import type { Clock } from '../core/clock.ts'

/**
 * How much extra load may retries make? Whenever a retry is granted, the retries of the last `windowMs` are at most
 * floor + ratio × the first attempts of that time: an outage is not multiplied by those who wait for its end.
 *
 * The window slides in 20 buckets. The oldest bucket lies only partly within the window: its retries count, its first
 * attempts do not, so that the bound holds exactly. O(1) a call: each bucket is cleared once as time passes it.
 */
export interface RetryBudget {
  /** A first attempt was made. */
  deposit(): void
  /** @returns true when one more retry may be made, which is then counted. */
  withdraw(): boolean
}

export interface RetryBudgetOptions {
  /** Retries for each first attempt: 0.1 is 10 % extra load. */
  readonly ratio: number
  /** Retries a window that are always allowed: where there is little traffic, a share of it would be none. */
  readonly floor: number
  readonly windowMs: number
  readonly clock: Clock
}

export const retryBudgetDefaults = Object.freeze({ ratio: 0.1, floor: 3, windowMs: 60_000 })

const BUCKETS = 20
/** One more than the window has: the oldest is partly outside. */
const RING = BUCKETS + 1

/** @throws RangeError for numbers that bound nothing. */
export function createRetryBudget(options: RetryBudgetOptions): RetryBudget {
  const { ratio, floor, windowMs } = options
  for (const [name, value] of Object.entries({ ratio, floor })) {
    if (!(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(`retry budget: ${name} must be a finite number from 0 up, not ${value}`)
    }
  }
  if (!(windowMs > 0 && Number.isFinite(windowMs))) {
    throw new RangeError(`retry budget: windowMs must be above 0 and finite, not ${windowMs}`)
  }
  return new SlidingBudget(options)
}

class SlidingBudget implements RetryBudget {
  readonly #options: RetryBudgetOptions
  readonly #firsts = new Float64Array(RING)
  readonly #retries = new Float64Array(RING)
  /** Sums over the ring, the first attempts without the oldest bucket. */
  #firstsTotal = 0
  #retriesTotal = 0
  #tick: number

  constructor(options: RetryBudgetOptions) {
    this.#options = options
    this.#tick = this.#tickNow()
  }

  deposit(): void {
    this.#advance()
    bump(this.#firsts, this.#tick)
    this.#firstsTotal++
  }

  withdraw(): boolean {
    this.#advance()
    const { floor, ratio } = this.#options
    // The hair above forgives 0.1 × 30 for not being 3.
    if (this.#retriesTotal + 1 > floor + ratio * this.#firstsTotal + 1e-9) return false
    bump(this.#retries, this.#tick)
    this.#retriesTotal++
    return true
  }

  #tickNow(): number {
    return Math.floor((this.#options.clock.now() * BUCKETS) / this.#options.windowMs)
  }

  #advance(): void {
    const tick = this.#tickNow()
    if (tick - this.#tick >= RING) this.#clear(tick)
    while (this.#tick < tick) {
      this.#tick++
      // The slot of the new tick held the bucket that now leaves; the one after it becomes the oldest.
      const leaving = indexOf(this.#tick)
      this.#retriesTotal -= this.#retries[leaving] ?? 0
      this.#retries[leaving] = 0
      this.#firsts[leaving] = 0
      this.#firstsTotal -= this.#firsts[indexOf(this.#tick + 1)] ?? 0
    }
  }

  #clear(tick: number): void {
    this.#firsts.fill(0)
    this.#retries.fill(0)
    this.#firstsTotal = 0
    this.#retriesTotal = 0
    this.#tick = tick
  }
}

function indexOf(tick: number): number {
  return ((tick % RING) + RING) % RING
}

function bump(counts: Float64Array, tick: number): void {
  const index = indexOf(tick)
  counts[index] = (counts[index] ?? 0) + 1
}
