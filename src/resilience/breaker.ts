import type { Clock, Timer } from '../core/clock.ts'
import type { BreakerState } from '../core/worker.ts'

/**
 * May we send to this worker? After so many failures in a row the breaker opens and nothing is sent; after a while
 * it lets one probe through, whose outcome closes it or opens it again. It is not in the way of a call: the engine
 * asks `allows` before it picks, and tells outcomes when they are known (a stream's at its end).
 *
 *   closed ──failure × n──▶ open ──openMs pass──▶ half-open ──probe succeeds──▶ closed
 *                            ▲                        └──probe fails──▶ open
 */
export type Circuit =
  /** `failures` in a row. */
  | { readonly kind: 'closed'; readonly failures: number }
  /** `openings` in a row. */
  | { readonly kind: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly kind: 'half-open'; readonly probing: boolean; readonly openings: number }

export type BreakerEvent =
  | 'success'
  | 'failure'
  | 'probe-started'
  /** The probe ended without telling about the worker: cancelled, or its failure was not the worker's. */
  | 'probe-abandoned'
  /** Time has passed. */
  | 'time'

export interface BreakerOptions {
  /** How many failures in a row open it. */
  readonly failures: number
  readonly openMs: number
}

export const breakerDefaults: BreakerOptions = Object.freeze({ failures: 5, openMs: 30_000 })

export const closedCircuit: Circuit = Object.freeze({ kind: 'closed', failures: 0 })

/**
 * The whole machine, pure. What changes nothing returns the same object. While it is open, and while no probe runs,
 * outcomes are of calls that began before and change nothing. While a probe runs, such a late outcome cannot be told
 * from the probe's and counts as it: it too is fresh news of the worker.
 */
export function transition(
  circuit: Circuit,
  event: BreakerEvent,
  nowMs: number,
  options: BreakerOptions,
): Circuit {
  switch (circuit.kind) {
    case 'closed':
      return whenClosed(circuit, event, nowMs, options)
    case 'open':
      if (event !== 'time' || nowMs < circuit.untilMs) return circuit
      return { kind: 'half-open', probing: false, openings: circuit.openings }
    case 'half-open':
      return whenHalfOpen(circuit, event, nowMs, options)
  }
}

function whenClosed(
  circuit: Extract<Circuit, { kind: 'closed' }>,
  event: BreakerEvent,
  nowMs: number,
  options: BreakerOptions,
): Circuit {
  if (event === 'success') return circuit.failures === 0 ? circuit : closedCircuit
  if (event !== 'failure') return circuit
  const failures = circuit.failures + 1
  if (failures < options.failures) return { kind: 'closed', failures }
  return { kind: 'open', untilMs: nowMs + options.openMs, openings: 1 }
}

function whenHalfOpen(
  circuit: Extract<Circuit, { kind: 'half-open' }>,
  event: BreakerEvent,
  nowMs: number,
  options: BreakerOptions,
): Circuit {
  const { probing, openings } = circuit
  if (!probing) return event === 'probe-started' ? { kind: 'half-open', probing: true, openings } : circuit
  if (event === 'success') return closedCircuit
  if (event === 'failure') return { kind: 'open', untilMs: nowMs + options.openMs, openings: openings + 1 }
  return event === 'probe-abandoned' ? { kind: 'half-open', probing: false, openings } : circuit
}

/** A circuit with its timer. */
export interface Breaker {
  readonly state: BreakerState
  /** How often in a row it has opened; 0 when closed. */
  readonly openings: number
  /** `probe`: one message, and only after `probeStarted`. */
  allows(): 'all' | 'probe' | 'none'
  /** Only what tells about the worker: not the caller's mistakes, not the account's limits, not a cancelled call. */
  observe(outcome: 'success' | 'failure'): void
  probeStarted(): void
  /** The probe's place is free again, for the next message. */
  probeAbandoned(): void
  /** When it will let a probe through, on the clock's `now`; undefined unless it is open. */
  retryAtMs(): number | undefined
  /** Closes it by hand. */
  reset(): void
  /** Ends its timer when the worker goes; what is still told of it changes nothing. */
  dispose(): void
}

/**
 * @param onChange told of each change of state, after it; also of the one that only time brings about.
 * @throws RangeError for options that no breaker can keep.
 */
export function createBreaker(
  options: BreakerOptions,
  clock: Clock,
  onChange: (from: BreakerState, to: BreakerState) => void,
): Breaker {
  if (!Number.isSafeInteger(options.failures) || options.failures < 1) {
    throw new RangeError(`breaker failures must be a whole number from 1 up, not ${options.failures}`)
  }
  if (!(options.openMs > 0) || options.openMs === Number.POSITIVE_INFINITY) {
    throw new RangeError(`breaker openMs must be above 0 and finite, not ${options.openMs}`)
  }
  return new TimedBreaker(options, clock, onChange)
}

class TimedBreaker implements Breaker {
  readonly #options: BreakerOptions
  readonly #clock: Clock
  readonly #onChange: (from: BreakerState, to: BreakerState) => void
  #circuit: Circuit = closedCircuit
  #timer: Timer | undefined
  #disposed = false

  constructor(
    options: BreakerOptions,
    clock: Clock,
    onChange: (from: BreakerState, to: BreakerState) => void,
  ) {
    this.#options = options
    this.#clock = clock
    this.#onChange = onChange
  }

  get state(): BreakerState {
    return this.#circuit.kind
  }

  get openings(): number {
    return this.#circuit.kind === 'closed' ? 0 : this.#circuit.openings
  }

  allows(): 'all' | 'probe' | 'none' {
    if (this.#circuit.kind === 'closed') return 'all'
    return this.#circuit.kind === 'half-open' && !this.#circuit.probing ? 'probe' : 'none'
  }

  observe(outcome: 'success' | 'failure'): void {
    this.#apply(outcome)
  }

  probeStarted(): void {
    this.#apply('probe-started')
  }

  probeAbandoned(): void {
    this.#apply('probe-abandoned')
  }

  retryAtMs(): number | undefined {
    return this.#circuit.kind === 'open' ? this.#circuit.untilMs : undefined
  }

  reset(): void {
    this.#become(closedCircuit)
  }

  dispose(): void {
    this.#disposed = true
    this.#timer?.cancel()
  }

  #apply(event: BreakerEvent): void {
    this.#become(transition(this.#circuit, event, this.#clock.now(), this.#options))
  }

  #become(circuit: Circuit): void {
    if (this.#disposed) return
    const from = this.#circuit.kind
    this.#circuit = circuit
    if (circuit.kind === from) return
    this.#timer?.cancel()
    if (circuit.kind === 'open') this.#wake(circuit.untilMs)
    this.#onChange(from, circuit.kind)
  }

  /** Timers may fire a little early, and none is longer than 24 days: then it waits for the rest. */
  #wake(untilMs: number): void {
    const run = (): void => {
      const open = this.#circuit
      this.#apply('time')
      if (this.#circuit === open) this.#wake(untilMs)
    }
    this.#timer = this.#clock.after(untilMs - this.#clock.now(), run, { background: true })
  }
}
