/**
 * From a classified message to its answer: take a seat, try a worker, and on failure another one, within the retry
 * budget and the deadline, until content has reached the client.
 */
import type { CancelSignal } from '../core/cancellation.ts'
import type { Clock } from '../core/clock.ts'
import { sleep } from '../core/clock.ts'
import type { Answer } from '../core/engine.ts'
import { errorTable, SignalboxError } from '../core/errors.ts'
import type { Events } from '../core/events.ts'
import type { Lesson } from '../core/lesson.ts'
import { errorOf, type Failure, type Outcome } from '../core/outcome.ts'
import type { Random } from '../core/random.ts'
import { retryHeaders } from '../core/retry-after.ts'
import type { WireReply } from '../core/worker.ts'
import type { RetryBudget } from '../resilience/budget.ts'
import { nextDelayMs } from '../resilience/retry.ts'
import { withPrompt } from '../wire/estimated-usage.ts'
import type { ReplyFacts } from '../wire/protocol.ts'
import type { Member } from '../workers/member.ts'
import { type Attempted, attempt, outcomeOf } from './attempt.ts'
import type { Exchange, ExchangeOptions } from './exchange.ts'
import type { Applicant, Line, Seat } from './line.ts'
import { modelAt } from './plan.ts'
import { prepare } from './prepare.ts'
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
  readonly onServed: (run: Run, served: ServedBy) => void
  /** Called once, when all is over: the record can be written. */
  readonly onDone: (run: Run, outcome: string) => void
}

/** Who answered, and the headers that the client may see of it. */
export interface ServedBy {
  readonly member: Member
  readonly model: string
  readonly headers: Answer['headers']
  /** Of a reply that the vendor may keep. */
  readonly replyId: string | undefined
}

type LastWord = {
  readonly member: Member
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
      // The queue may notice before the deadline's own timer does.
      if (run.deadline.expired)
        run.deadline.abort(new SignalboxError('deadline-exceeded', 'no answer in time.'))
      const known = SignalboxError.from(run.deadline.signal.aborted ? run.deadline.signal.reason : error)
      this.#finish(run, known.code)
      throw known
    }
  }

  async #tryWorkers(run: Run, applicant: Applicant): Promise<Answer> {
    let last: LastWord | undefined
    for (let number = 1; ; number++) {
      const seat = await this.#seat(run, applicant, last)
      if ('failure' in seat) return this.#lastWord(run, seat)
      const { lease, cause } = seat
      if (cause !== 'first-choice') this.#explain(run, cause, lease.member)
      const prepared = await this.#prepare(run, lease.member)
      if (prepared instanceof SignalboxError) {
        lease.release()
        this.#options.vitals.observe(lease, { kind: 'cancelled' })
        this.#skipLike(run, lease.member, prepared)
        if (!this.#options.selector.hasUntried(applicant)) throw prepared
        continue
      }
      run.losses = prepared.losses
      const attempted = await this.#attempt(run, { lease, cause }, prepared, number)
      if (attempted.kind === 'cancelled') throw run.deadline.signal.reason
      if (attempted.kind !== 'failed') return this.#answered(run, lease.member, attempted)
      applicant.failedModel = lease.member.model
      if (attempted.lesson && this.#learn(run, lease.member, attempted.lesson)) continue
      this.#giveUpOn(run, lease.member, attempted.outcome)
      last = { member: lease.member, failure: attempted.outcome, answer: attempted.answer }
      if (!(await this.#mayRetry(run, applicant, last.failure, number))) return this.#lastWord(run, last)
    }
  }

  /** A seat; or, where nobody is left, the last word of the worker that was tried before: it says more than that. */
  async #seat(run: Run, applicant: Applicant, last: LastWord | undefined): Promise<Seat | LastWord> {
    try {
      return await this.#enter(run, applicant)
    } catch (error) {
      if (last && SignalboxError.is(error) && error.code === 'no-worker') return last
      throw error
    }
  }

  async #enter(run: Run, applicant: Applicant): Promise<Seat> {
    const startMs = run.elapsedMs()
    const entered = this.#options.line.enter(applicant)
    if (!(entered instanceof Promise)) {
      run.span('select', startMs, entered.lease.member.id)
      return entered
    }
    try {
      return await entered
    } finally {
      run.queueMs += run.span('queue', startMs)
    }
  }

  /**
   * A refusal of what we made of the request teaches what the model does not take: the message is sent once more without
   * it. @returns false when it was mended before: a second refusal stands.
   */
  #learn(run: Run, member: Member, lesson: Lesson): boolean {
    if (run.lesson) return false
    const model = modelAt(run.plan, run.view.model, member)
    const at = new Date(this.#options.exchange.wallNowMs()).toISOString()
    run.lesson = { host: member.host, model, lesson, at }
    return true
  }

  /** Only an answer to the mended message shows that the refusal was about what it named: every later one is mended too. */
  #keepLesson({ lesson: fact, plan, view, notes }: Run, member: Member): void {
    if (fact?.host !== member.host || fact.model !== modelAt(plan, view.model, member)) return
    const detail = `${fact.model} does not take ${fact.lesson.path.join('.')}`
    notes.push({ signal: 'learned', detail, weight: 0 })
    if (this.#options.exchange.learned.learn(fact)) this.#options.events.publish('lesson-learned', { fact })
  }

  #explain(run: Run, cause: string, member: Member): void {
    run.notes.push({ signal: cause, detail: `went to ${member.id}`, weight: 0 })
    if (cause === 'emergency') this.#options.onEmergency()
  }

  async #prepare(run: Run, member: Member): Promise<Exchange | SignalboxError> {
    try {
      return await prepare(run, member, this.#options.exchange)
    } catch (error) {
      return SignalboxError.from(error)
    }
  }

  /** Workers that would refuse for the same reason need not be asked: no key, no word for it, or the same model. */
  #skipLike(run: Run, member: Member, { code }: SignalboxError): void {
    const alike = (other: Member): boolean => {
      if (code === 'unauthorized') return !other.ownKey
      if (code === 'model-mismatch') return other.model === member.model
      return other.worker.wires[0] === member.worker.wires[0]
    }
    run.tried.add(member)
    for (const group of run.plan.groups)
      for (const other of group.members) if (alike(other)) run.tried.add(other)
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
      run.firstContentMs = 0
      run.attempted(member, outcome, durationMs)
      vitals.observe(seat.lease, outcome)
      events.publish('attempt-ended', {
        traceId: run.traceId,
        worker: member.id,
        pool: member.pool,
        outcome,
        durationMs,
      })
    }
    const call = (request: Exchange['request'], signal: CancelSignal): Promise<WireReply> =>
      member.worker.call(request, signal)
    const attempted = blamed(member, await attempt(prepared, call, run.deadline.signal))
    run.member = member
    if (attempted.kind === 'whole' || attempted.kind === 'stream') {
      const firstContentMs = run.elapsedMs() - startMs
      vitals.firstContent(member, firstContentMs)
      if (attempted.kind === 'stream') run.firstContentMs = firstContentMs
    }
    if (attempted.kind === 'stream') {
      attempted.relay.attach(
        (outcome) => {
          settle(outcome)
          const { facts } = attempted.relay
          const usage = withPrompt(facts.usage, run.view)
          this.#served(run, member, { ...facts, usage }, attempted.answer)
          this.#finish(run, this.#streamEnd(run, outcome))
        },
        (error) => run.protocol.errorEvent(error, run.traceId),
      )
    } else settle(outcomeOf(attempted))
    return attempted
  }

  #answered(run: Run, member: Member, attempted: Extract<Attempted, { kind: 'whole' | 'stream' }>): Answer {
    this.#keepLesson(run, member)
    if (attempted.kind === 'whole') this.#served(run, member, attempted.facts, attempted.answer)
    const answer = this.#withFacts(run, member, attempted.answer)
    if (attempted.kind === 'whole') this.#finish(run, 'ok')
    return answer
  }

  #served(run: Run, member: Member, { id, usage }: ReplyFacts, { headers }: Pick<Answer, 'headers'>): void {
    const model = modelAt(run.plan, run.view.model, member)
    run.servedModel = model
    run.usage = usage
    this.#options.onServed(run, { member, model, headers, replyId: id })
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

  /** A refusal that is the account's holds for every worker behind it that it is about. */
  #giveUpOn(run: Run, failed: Member, { blame, code }: Failure): void {
    run.tried.add(failed)
    if (blame !== 'account') return
    for (const group of run.plan.groups)
      for (const member of group.members) if (member.sharesFate(failed, code)) run.tried.add(member)
  }

  /** Another worker at once; the same ones again only after a pause. Each retry must be in the budget. */
  async #mayRetry(run: Run, applicant: Applicant, failure: Failure, number: number): Promise<boolean> {
    const { selector, budget, attemptsMax, clock, random } = this.#options
    if (failure.blame === 'caller' || number >= attemptsMax) return false
    if (selector.hasUntried(applicant)) return budget.withdraw()
    if (!errorTable[failure.code].retryable) return false
    const delayMs = nextDelayMs({
      attempt: number,
      remainingMs: Math.min(run.deadline.remainingMs(), applicant.expiresAtMs - clock.now()),
      random,
      retryAfterMs: failure.retryAfterMs,
    })
    if (delayMs === undefined || !budget.withdraw()) return false
    run.tried.clear()
    const startMs = run.elapsedMs()
    await sleep(clock, delayMs, run.deadline.signal)
    run.span('retry', startMs, failure.code)
    return true
  }

  /** All attempts are used up: the worker's own words where the client may have them, else ours. */
  #lastWord(run: Run, { member, failure, answer }: LastWord): Answer {
    const hidden = failure.code === 'worker-credentials' && member.ownKey
    if (!answer || hidden) {
      throw errorOf(hidden ? { ...failure, message: 'the worker’s key was refused' } : failure)
    }
    const headers = withRetryHeaders(answer, failure)
    this.#finish(run, failure.code)
    return this.#withFacts(run, member, {
      ...answer,
      failure,
      headers,
    })
  }

  #withFacts(
    run: Run,
    member: Member,
    answer: Pick<Answer, 'status' | 'headers' | 'body' | 'failure'>,
  ): Answer {
    return {
      ...answer,
      pool: member.pool,
      worker: member.id,
      model: modelAt(run.plan, run.view.model, member),
      losses: run.losses,
    }
  }
}

/** A worker without a key of its own speaks for the caller: a refused key is the caller's, and no other worker's matter. */
function blamed(member: Member, attempted: Attempted): Attempted {
  if (attempted.kind !== 'failed' || member.ownKey) return attempted
  if (attempted.outcome.code !== 'worker-credentials') return attempted
  return { ...attempted, outcome: { ...attempted.outcome, code: 'unauthorized', blame: 'caller' } }
}

/** The worker's headers, with our word on when to come back wherever it had one or needs one. */
function withRetryHeaders(
  { status, headers }: Pick<Answer, 'status' | 'headers'>,
  failure: Failure,
): Answer['headers'] {
  const { 'retry-after': after, 'retry-after-ms': afterMs, ...rest } = headers
  const speaks = status === 429 || status === 503 || failure.code === 'worker-budget-spent'
  if (!speaks && after === undefined && afterMs === undefined) return headers
  return { ...rest, ...retryHeaders(failure.code, failure.retryAfterMs) }
}
