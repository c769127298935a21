/**
 * From a classified message to its answer: take a seat, try a worker, and on failure another one, within the retry
 * budget and the deadline, until content has reached the client.
 */
import type { Clock } from '../core/clock.ts'
import { sleep } from '../core/clock.ts'
import type { Answer } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { Failure, Outcome } from '../core/outcome.ts'
import type { Random } from '../core/random.ts'
import type { Usage } from '../core/wire.ts'
import type { RetryBudget } from '../resilience/budget.ts'
import { nextDelayMs } from '../resilience/retry.ts'
import type { Member } from '../workers/member.ts'
import { type Attempted, attempt, outcomeOf } from './attempt.ts'
import { type Exchange, exchange, type ExchangeOptions } from './exchange.ts'
import { type Applicant, clampRetryAfter, type Line, type Seat } from './line.ts'
import type { Run } from './run.ts'
import type { Selector } from './select.ts'
import type { Vitals } from './vitals.ts'

export interface DispatchOptions {
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  readonly line: Line
  readonly selector: Selector
  readonly vitals: Vitals
  readonly budget: RetryBudget
  readonly attemptsMax: number
  readonly exchange: ExchangeOptions
  /** Tells that a route had to leave its own pools. */
  readonly onEmergency: () => void
  /** What a reply cost, and what stays known of the conversation. */
  readonly onServed: (run: Run, model: string) => void
  /** Called once, when all is over: the record can be written. */
  readonly onDone: (run: Run, outcome: string) => void
}

type LastWord = {
  readonly failure: Failure
  readonly answer: Pick<Answer, 'status' | 'headers' | 'body'> | undefined
}

export class Dispatch {
  readonly #options: DispatchOptions

  constructor(options: DispatchOptions) {
    this.#options = options
  }

  /** Rejects with a SignalboxError; the run is done then, or when the answer's body has ended. */
  async answer(run: Run, applicant: Applicant): Promise<Answer> {
    this.#options.budget.deposit()
    try {
      return await this.#tryWorkers(run, applicant)
    } catch (error) {
      const known = SignalboxError.from(run.deadline.signal.aborted ? run.deadline.signal.reason : error)
      this.#finish(run, known.code)
      throw known
    }
  }

  async #tryWorkers(run: Run, applicant: Applicant): Promise<Answer> {
    for (let number = 1; ; number++) {
      const { lease, cause } = await this.#seat(run, applicant)
      if (cause !== 'first-choice') this.#explain(run, cause, lease.member)
      const prepared = this.#prepare(run, lease.member)
      if (prepared instanceof SignalboxError) {
        lease.release()
        this.#options.vitals.observe(lease, { kind: 'cancelled' })
        this.#skipWire(run, lease.member)
        if (!this.#options.selector.hasUntried(applicant)) throw prepared
        continue
      }
      run.losses = prepared.losses
      const attempted = await this.#attempt(run, { lease, cause }, prepared, number)
      if (attempted.kind === 'cancelled') throw run.deadline.signal.reason
      if (attempted.kind !== 'failed') return this.#answered(run, lease.member, attempted)
      run.tried.add(lease.member)
      const last: LastWord = { failure: attempted.outcome, answer: attempted.answer }
      if (!(await this.#mayRetry(run, applicant, last.failure, number)))
        return this.#lastWord(run, lease.member, last)
    }
  }

  async #seat(run: Run, applicant: Applicant): Promise<Seat> {
    const startMs = run.elapsedMs()
    const entered = this.#options.line.enter(applicant)
    const seat = entered instanceof Promise ? await entered : entered
    const waited = entered instanceof Promise
    const ms = run.span(waited ? 'queue' : 'select', startMs, seat.lease.member.id)
    if (waited) run.queueMs += ms
    return seat
  }

  #explain(run: Run, cause: string, member: Member): void {
    run.notes.push({ signal: cause, detail: `went to ${member.id}`, weight: 0 })
    if (cause === 'emergency') this.#options.onEmergency()
  }

  #prepare(run: Run, member: Member): Exchange | SignalboxError {
    try {
      return exchange(run, member, this.#options.exchange)
    } catch (error) {
      return SignalboxError.from(error)
    }
  }

  /** Workers of a protocol that has no word for the request need not be asked; others may have one. */
  #skipWire(run: Run, member: Member): void {
    for (const group of run.plan.groups)
      for (const other of group.members) if (other.worker.wire === member.worker.wire) run.tried.add(other)
    run.tried.add(member)
  }

  async #attempt(run: Run, seat: Seat, prepared: Exchange, number: number): Promise<Attempted> {
    const { events, vitals } = this.#options
    const { member } = seat.lease
    const startMs = run.elapsedMs()
    events.publish('attempt-started', { traceId: run.traceId, worker: member.id, attempt: number })
    const settle = (outcome: Outcome): void => {
      seat.lease.release()
      const durationMs = run.span(
        'upstream',
        startMs,
        `${member.id}: ${outcome.kind === 'failed' ? outcome.code : outcome.kind}`,
      )
      run.upstreamMs += durationMs
      run.attempted(member, outcome, durationMs)
      vitals.observe(seat.lease, blameFor(member, outcome))
      events.publish('attempt-ended', {
        traceId: run.traceId,
        worker: member.id,
        pool: member.pool,
        outcome,
        durationMs,
      })
    }
    const attempted = await attempt(
      prepared,
      (request, signal) => member.worker.call(request, signal),
      run.deadline.signal,
    )
    run.member = member
    if (attempted.kind === 'whole' || attempted.kind === 'stream') {
      run.firstContentMs = run.elapsedMs() - startMs
      vitals.firstContent(member, run.firstContentMs)
    }
    if (attempted.kind === 'stream') {
      attempted.relay.attach(
        (outcome) => {
          settle(outcome)
          this.#served(run, member, attempted.relay.facts)
          this.#finish(run, this.#streamEnd(run, outcome))
        },
        (error) => run.protocol.errorEvent(error, run.traceId),
      )
    } else settle(outcomeOf(attempted))
    return attempted
  }

  #answered(run: Run, member: Member, attempted: Extract<Attempted, { kind: 'whole' | 'stream' }>): Answer {
    if (attempted.kind === 'whole') this.#served(run, member, attempted.facts)
    const answer = this.#withFacts(run, member, attempted.answer)
    if (attempted.kind === 'whole') this.#finish(run, 'ok')
    return answer
  }

  #served(
    run: Run,
    member: Member,
    facts: { readonly model: string | undefined; readonly usage: Usage },
  ): void {
    run.servedModel = run.plan.forwardsName ? run.view.model : member.model
    run.usage = facts.usage
    this.#options.onServed(run, run.servedModel)
  }

  #streamEnd(run: Run, outcome: Outcome): string {
    if (outcome.kind === 'failed') return outcome.code
    const { signal } = run.deadline
    return outcome.kind === 'ok'
      ? 'ok'
      : signal.aborted
        ? SignalboxError.from(signal.reason).code
        : 'cancelled'
  }

  #finish(run: Run, outcome: string): void {
    run.deadline.dispose()
    this.#options.onDone(run, outcome)
  }

  /** Another worker at once; the same ones again only after a pause. Each retry must be in the budget. */
  async #mayRetry(run: Run, applicant: Applicant, failure: Failure, number: number): Promise<boolean> {
    const { selector, budget, attemptsMax, clock, random } = this.#options
    if (failure.blame === 'caller' || number >= attemptsMax || !budget.withdraw()) return false
    if (selector.hasUntried(applicant)) return true
    const delayMs = nextDelayMs({
      attempt: number,
      remainingMs: Math.min(run.deadline.remainingMs(), applicant.expiresAtMs - clock.now()),
      random,
      retryAfterMs: failure.retryAfterMs,
    })
    if (delayMs === undefined) return false
    run.tried.clear()
    const startMs = run.elapsedMs()
    await sleep(clock, delayMs, run.deadline.signal)
    run.span('retry', startMs, failure.code)
    return true
  }

  /** All attempts are used up: the worker's own words where the client may have them, else ours. */
  #lastWord(run: Run, member: Member, { failure, answer }: LastWord): Answer {
    const hidden = failure.code === 'worker-credentials' && member.ownKey
    if (!answer || hidden) {
      const retryAfterMs = failure.blame === 'caller' ? undefined : clampRetryAfter(failure.retryAfterMs ?? 0)
      const message = hidden ? 'the worker’s key was refused.' : `${failure.message}.`
      throw new SignalboxError(failure.code, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) })
    }
    this.#finish(run, failure.code)
    return this.#withFacts(run, member, {
      ...answer,
      headers: { ...answer.headers, ...retryHeaders(failure, answer.status) },
    })
  }

  #withFacts(run: Run, member: Member, answer: Pick<Answer, 'status' | 'headers' | 'body'>): Answer {
    return {
      ...answer,
      pool: member.pool,
      worker: member.id,
      model: run.plan.forwardsName ? run.view.model : member.model,
      losses: run.losses,
      timing: {
        classifyMs: run.classifyMs,
        queueMs: run.queueMs,
        upstreamMs: Math.max(run.upstreamMs, run.firstContentMs),
      },
    }
  }
}

/** A worker without a key of its own speaks for the caller: a refused key or a limit is the caller's then. */
function blameFor(member: Member, outcome: Outcome): Outcome {
  if (outcome.kind === 'failed' && outcome.blame === 'account' && !member.ownKey)
    return { ...outcome, blame: 'caller' }
  return outcome
}

/** What tells a client's SDK when to come back, and whether at all. */
export function retryHeaders(failure: Failure, status: number): Readonly<Record<string, string>> {
  if (status !== 429 && status !== 503) return {}
  const retryAfterMs = clampRetryAfter(failure.retryAfterMs ?? 0)
  return {
    'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
    'retry-after-ms': String(Math.ceil(retryAfterMs)),
    'x-should-retry': 'true',
  }
}
