/**
 * Is it well? Consumes outcomes, beside the path: breakers, health, probes and pauses decide what each member may
 * take, and the fleet's lists follow. A breaker is not asked per message; it opens or shuts the member's gate.
 */
import { type Clock, every, type Timer } from '../core/clock.ts'
import { errorTable, SignalboxError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { Failure, Outcome } from '../core/outcome.ts'
import type { BreakerState, WorkerState } from '../core/worker.ts'
import { type Breaker, type BreakerOptions, createBreaker } from '../resilience/breaker.ts'
import type { Fleet, Lease } from '../workers/fleet.ts'
import {
  type Health,
  type HealthFact,
  newHealth,
  observe,
  RAMP_MS,
  shareOf,
  stateOf,
} from '../workers/health.ts'
import type { Member } from '../workers/member.ts'

/** How long an account rests when its refusal names no time. */
const PAUSE_MS = 5_000
/** A refused key is mended by a person. */
const CREDENTIALS_PAUSE_MS = 60_000
const PROBE_LIMIT_MS = 5_000
/** The share of a new sample in the moving average of latency. */
const LATENCY_SHARE = 0.2

interface VitalSigns {
  health: Health
  readonly breaker: Breaker
  pause: Timer | undefined
  /** A probe of its endpoint is under way. */
  probing: boolean
  /** The message that tries a half-open breaker. */
  trial: Lease | undefined
  /** Its key was refused, or its budget is spent: waiting for it would help nobody. */
  quarantined: boolean
  /** What was last told of it: while its account is paused it is unavailable, whatever else is known. */
  told: WorkerState
}

export interface VitalsOptions {
  readonly fleet: Fleet
  readonly clock: Clock
  readonly events: Events
  readonly breaker: BreakerOptions
  readonly probeIntervalMs: number
}

export class Vitals {
  readonly #fleet: Fleet
  readonly #clock: Clock
  readonly #events: Events
  readonly #records = new Map<Member, VitalSigns>()
  readonly #timers: readonly Timer[]
  readonly #stop = new AbortController()

  constructor(options: VitalsOptions) {
    this.#fleet = options.fleet
    this.#clock = options.clock
    this.#events = options.events
    for (const member of options.fleet.members) {
      const breaker = createBreaker(options.breaker, options.clock, (from, to) =>
        this.#breakerChanged(member, from, to),
      )
      this.#records.set(member, {
        health: newHealth,
        breaker,
        pause: undefined,
        probing: false,
        trial: undefined,
        quarantined: false,
        told: 'healthy',
      })
    }
    this.#timers = [
      every(options.clock, options.probeIntervalMs, () => this.#probeAll()),
      every(options.clock, 1_000, () => this.#rampAll()),
    ]
  }

  /** Takes a slot; the one probe of a half-open breaker takes the gate with it. */
  acquire(member: Member, tokens: number): Lease {
    if (member.gate !== 'probe') return this.#fleet.acquire(member, tokens)
    const record = this.#record(member)
    record.breaker.probeStarted()
    member.gate = 'shut'
    record.trial = this.#fleet.acquire(member, tokens)
    return record.trial
  }

  /** The first content of an answer came: a probe has succeeded, however long the rest takes. */
  firstContent(member: Member, latencyMs: number): void {
    member.latencyMs += (latencyMs - member.latencyMs) * (member.latencyMs === 0 ? 1 : LATENCY_SHARE)
    const { breaker } = this.#record(member)
    if (breaker.state === 'half-open') breaker.observe('success')
  }

  /** Told once for each lease, with what came of it. */
  observe(lease: Lease, outcome: Outcome): void {
    const { member } = lease
    const record = this.#record(member)
    const { breaker, trial } = record
    if (trial === lease) record.trial = undefined
    if (outcome.kind === 'ok' || (outcome.kind === 'failed' && outcome.blame === 'caller')) {
      // A refusal of the caller's request is an answer: the worker is alive. It says nothing about its quality.
      breaker.observe('success')
      if (outcome.kind === 'ok') this.#note(member, 'success')
      else this.#settle(member)
    } else if (outcome.kind === 'failed' && outcome.blame === 'worker') {
      breaker.observe('failure')
      this.#note(member, 'failure')
    } else {
      // Cancelled, or the account's limit: no word about the worker.
      if (trial === lease) breaker.probeAbandoned()
      if (outcome.kind === 'failed' && outcome.code !== 'worker-refused' && member.ownKey)
        this.#pauseAccount(member, outcome)
      this.#settle(member)
    }
  }

  stateOf(member: Member): WorkerState {
    return this.#record(member).told
  }

  breakerOf(member: Member): BreakerState {
    return this.#record(member).breaker.state
  }

  /** Milliseconds until the first of the members may take messages again; undefined when none is waited for. */
  backInMs(members: readonly Member[]): number | undefined {
    const nowMs = this.#clock.now()
    let soonest: number | undefined
    for (const member of members) {
      const atMs = member.pausedUntilMs || this.#record(member).breaker.retryAtMs()
      if (atMs !== undefined && (soonest === undefined || atMs < soonest)) soonest = atMs
    }
    return soonest === undefined ? undefined : Math.max(0, soonest - nowMs)
  }

  drain(member: Member, draining: boolean): void {
    member.draining = draining
    this.#fleet.refresh(member)
  }

  close(): void {
    this.#stop.abort()
    for (const timer of this.#timers) timer.cancel()
    for (const record of this.#records.values()) {
      record.pause?.cancel()
      record.breaker.dispose()
    }
  }

  #record(member: Member): VitalSigns {
    const record = this.#records.get(member)
    if (!record) throw new SignalboxError('invariant-violated', `unknown member ${member.id}`)
    return record
  }

  #note(member: Member, fact: HealthFact): void {
    const record = this.#record(member)
    record.health = observe(record.health, fact, this.#clock.now())
    this.#settle(member)
  }

  #breakerChanged(member: Member, from: BreakerState, to: BreakerState): void {
    this.#events.publish('breaker-state', { worker: member.id, from, to })
    if (to === 'closed') this.#note(member, 'recovered')
    else this.#settle(member)
  }

  /** Writes state, share and gate as the records say, and brings the fleet's lists up to date. */
  #settle(member: Member): void {
    const { health, breaker, quarantined } = this.#record(member)
    const allowed = breaker.allows()
    member.gate = allowed === 'all' ? 'open' : allowed === 'probe' ? 'probe' : 'shut'
    member.health = shareOf(health, this.#clock.now())
    member.state = quarantined ? 'unavailable' : stateOf(health, breaker.state)
    this.#tell(member)
    this.#fleet.refresh(member)
  }

  #tell(member: Member): void {
    const record = this.#record(member)
    const state = member.pausedUntilMs > 0 ? 'unavailable' : member.state
    if (state === record.told) return
    this.#events.publish('worker-state', { worker: member.id, from: record.told, to: state })
    record.told = state
  }

  /** Limits belong to the account: every member behind it that they hold for pauses with it. */
  #pauseAccount(member: Member, failure: Failure): void {
    const delayMs = pauseMs(failure)
    const untilMs = this.#clock.now() + delayMs
    for (const other of this.#fleet.members) {
      if (!other.sharesFate(member, failure.code) || other.pausedUntilMs >= untilMs) continue
      const record = this.#record(other)
      record.pause?.cancel()
      record.quarantined ||= !errorTable[failure.code].retryable
      other.pausedUntilMs = untilMs
      record.pause = this.#clock.after(delayMs, () => this.#resume(other), { background: true })
      this.#settle(other)
    }
  }

  #resume(member: Member): void {
    this.#record(member).quarantined = false
    member.pausedUntilMs = 0
    this.#settle(member)
  }

  #rampAll(): void {
    const nowMs = this.#clock.now()
    for (const [member, { health }] of this.#records) {
      if (health.recoveredAtMs !== undefined && nowMs - health.recoveredAtMs <= RAMP_MS + 1_000)
        member.health = shareOf(health, nowMs)
    }
  }

  #probeAll(): void {
    for (const member of this.#fleet.members) void this.#probe(member)
  }

  /** One probe at a time a member; one that does not answer in time has failed. */
  async #probe(member: Member): Promise<void> {
    const record = this.#record(member)
    if (record.probing) return
    record.probing = true
    const limit = new AbortController()
    const timer = this.#clock.after(PROBE_LIMIT_MS, () => limit.abort(), { background: true })
    const signal = AbortSignal.any([limit.signal, this.#stop.signal])
    const alive = await member.worker.probe(signal).catch(() => false)
    timer.cancel()
    record.probing = false
    if (!this.#stop.signal.aborted) this.#note(member, alive ? 'probe-ok' : 'probe-failed')
  }
}

function pauseMs({ code, retryAfterMs }: Failure): number {
  return retryAfterMs ?? (code === 'worker-credentials' ? CREDENTIALS_PAUSE_MS : PAUSE_MS)
}
