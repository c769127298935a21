import type { ErrorCode } from '../core/errors.ts'
import type { WorkerId, WorkerState, WorkerView } from '../core/worker.ts'
import type { Worker } from '../core/worker.ts'
import { type Dialect, dialects } from '../wire/dialects.ts'

export interface MemberOptions {
  readonly id: WorkerId
  readonly pool: string
  readonly worker: Worker
  readonly vendor: string
  /** What its key belongs to, whatever the model: a hash. */
  readonly account: string
  /** How its server deviates from its protocol, where servers do. */
  readonly dialect?: Dialect
  /** Where it answers, for facts that hold of a server; its kind where there is no server. */
  readonly host?: string
  /** It sends its own key; otherwise the caller's credential is passed on, and its errors are the caller's. */
  readonly ownKey: boolean
  readonly slots: number
  readonly weight: number
}

/**
 * One worker in the fleet, with all that changes while it works. Strategies see it as a WorkerView. Only the
 * fleet writes the load, only the engine's vitals write the rest; each change is followed by `fleet.refresh`.
 */
export class Member implements WorkerView {
  readonly id: WorkerId
  readonly pool: string
  readonly model: string
  readonly vendor: string
  readonly account: string
  readonly host: string
  readonly dialect: Dialect
  readonly ownKey: boolean
  readonly worker: Worker
  readonly slots: number
  readonly weight: number
  inFlight = 0
  outstandingTokens = 0
  health = 1
  latencyMs = 0
  state: WorkerState = 'healthy'
  draining = false
  /** The clock's time until which its account takes nothing; 0 when it does. */
  pausedUntilMs = 0
  /** What its breaker lets through: everything, one probe, or nothing. */
  gate: 'open' | 'probe' | 'shut' = 'open'

  constructor(options: MemberOptions) {
    this.id = options.id
    this.pool = options.pool
    this.model = options.worker.model
    this.vendor = options.vendor
    this.account = options.account
    this.host = options.host ?? options.worker.kind
    this.dialect = options.dialect ?? dialects.compatible
    this.ownKey = options.ownKey
    this.worker = options.worker
    this.slots = options.slots
    this.weight = options.weight
  }

  /** The account's limit is one for each of its models; its budget and its key are one for all of them. */
  sharesFate(other: Member, code: ErrorCode): boolean {
    return this.account === other.account && (code !== 'worker-rate-limited' || this.model === other.model)
  }

  /** Worth waiting for: it answers, or will when a slot or its account comes free. */
  get usable(): boolean {
    return !this.draining && this.gate !== 'shut' && (this.state === 'healthy' || this.state === 'degraded')
  }

  /** Can take one more message now. */
  get free(): boolean {
    return this.usable && this.inFlight < this.slots && this.pausedUntilMs === 0
  }
}
