/**
 * The journey: a message comes in, is understood, waits its turn, goes to a worker, and leaves a record. The only
 * place where the rooms meet. Synchronous up to the worker's network.
 */
import type { Classifiable } from '../classify/classifier.ts'
import type { ClientRequest } from '../core/client-request.ts'
import type { Clock } from '../core/clock.ts'
import type { Choice, Classification } from '../core/decision.ts'
import type {
  Answer,
  Ask,
  Engine,
  Journey,
  ModelListing,
  QueueStatus,
  Reply,
  StreamEvent,
  TokenCount,
  WorkerStatus,
} from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Events, Mode } from '../core/events.ts'
import type { Context, Message, Priority, RoutableMessage } from '../core/message.ts'
import type { LearnedFact } from '../core/lesson.ts'
import { errorOf } from '../core/outcome.ts'
import { hex128, type Random } from '../core/random.ts'
import type { UnderWay } from '../core/under-way.ts'
import { createDeadline } from '../resilience/deadline.ts'
import { protocols } from '../wire/catalog.ts'
import { claudeCodeRequest } from '../wire/claude-code.ts'
import { askOf, factsOf, readReply, StreamFold } from '../wire/anthropic/message.ts'
import { keptIds } from '../wire/openai-responses/kept-state.ts'
import type { RequestFacts, RequestView } from '../wire/protocol.ts'
import type { Fleet } from '../workers/fleet.ts'
import type { Learned } from '../workers/learned.ts'
import type { Member } from '../workers/member.ts'
import type { Dispatch } from './dispatch.ts'
import { explain } from './explain.ts'
import type { Homes, Settled } from './home.ts'
import type { Applicant, Line } from './line.ts'
import { checkMessage } from './message-check.ts'
import { modelListings } from './listing.ts'
import type { ModeKeeper } from './mode-keeper.ts'
import type { Plan, Plans } from './plan.ts'
import { Conversation } from './conversation.ts'
import { Run } from './run.ts'
import type { Replies } from './replies.ts'
import type { Selector } from './select.ts'
import { settledClass } from './settled-class.ts'
import type { CountTokens } from './token-counter.ts'
import type { Understanding } from './understanding.ts'
import type { Visit } from './visit.ts'
import type { Vitals } from './vitals.ts'

export interface EngineParts {
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  readonly fleet: Fleet
  readonly plans: Plans
  readonly understanding: Understanding
  readonly homes: Homes
  readonly replies: Replies
  readonly selector: Selector
  readonly line: Line
  readonly vitals: Vitals
  readonly dispatch: Dispatch
  readonly countTokens: CountTokens
  /** The messages that are not done. */
  readonly underWay: UnderWay<Run>
  readonly mode: ModeKeeper
  readonly learned: Learned
  readonly ttlMs: Readonly<Record<Priority, number>>
  readonly spillMs: number
}

/** How much of the expected answer counts as work; callers often allow far more than they get. */
const EXPECTED_TOKENS_MAX = 1_024
const BYTES_PER_TOKEN = 4
const DRAIN_MS = 30_000

export class SignalboxEngine implements Engine {
  readonly events: Events
  readonly #parts: EngineParts
  #closing: Promise<void> | undefined

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.events = parts.events
  }

  classify(text: string, context?: Context): Classification {
    return this.#parts.understanding.preview({ text, ...(context && { context }) })
  }

  decide(message: Message): Choice {
    checkMessage(message)
    const facts = factsOf(message)
    const wishes = { ...message, wire: 'anthropic' } as const
    const { classification, plan } = this.#understand(
      wishes,
      facts,
      undefined,
      undefined,
      this.#parts.understanding.preview,
    )
    const seeker = {
      plan,
      message: routable(message, facts, classification, facts.texts[0]?.length ?? 0),
      tried: new Set<Member>(),
      failedModel: undefined,
    }
    const lastResort = this.#lastResort(plan)
    const selection = this.#parts.selector.preview(
      { ...seeker, lastResort, spillAtMs: Number.POSITIVE_INFINITY, expiresAtMs: Number.POSITIVE_INFINITY },
      0,
    )
    return explain(classification, plan, selection, facts.model)
  }

  async send(message: Message): Promise<Reply> {
    checkMessage(message)
    const { run, answer } = this.#begin(askOf(message, false))
    const { body, failure } = await answer
    if (failure) throw errorOf(failure)
    if (!Buffer.isBuffer(body)) throw new SignalboxError('invariant-violated', 'a stream nobody asked for')
    return { ...readReply(body), ...outcomeFacts(run) }
  }

  async *stream(message: Message): AsyncIterable<StreamEvent> {
    checkMessage(message)
    const { run, answer } = this.#begin(askOf(message, true))
    const { body, failure } = await answer
    if (failure) throw errorOf(failure)
    if (Buffer.isBuffer(body))
      throw new SignalboxError('invariant-violated', 'a whole reply nobody asked for')
    const fold = new StreamFold()
    for await (const chunk of body) yield* fold.push(chunk)
    yield { type: 'done', reply: { ...fold.reply(), ...outcomeFacts(run) } }
  }

  start(ask: Ask): Journey {
    const { run, answer } = this.#begin(ask)
    const { traceId, classification, view, deadline } = run
    return {
      traceId,
      classification,
      stream: view.stream,
      timing: () => run.timing(),
      cancel: (reason) => deadline.abort(reason),
      answer,
    }
  }

  async countTokens(ask: Ask): Promise<TokenCount> {
    const { understanding, homes, countTokens } = this.#parts
    const view = protocols[ask.wire].view(ask.body)
    const request = claudeCodeRequest(ask.headers, view)
    const visit = homes.visit(request, view, new Conversation(ask, view, this.#parts.replies))
    const { plan } = this.#understand(ask, view, visit, request, understanding.preview)
    return countTokens(ask, view, plan)
  }

  workers(): readonly WorkerStatus[] {
    return this.#parts.fleet.members.map((member) => ({
      id: member.id,
      pool: member.pool,
      kind: member.worker.kind,
      model: member.model,
      state: this.#parts.vitals.stateOf(member),
      breaker: this.#parts.vitals.breakerOf(member),
      slots: member.slots,
      inFlight: member.inFlight,
      draining: member.draining,
    }))
  }

  queue(): QueueStatus {
    return this.#parts.line.status()
  }

  models(): readonly ModelListing[] {
    return modelListings(this.#parts.plans)
  }

  learned(): readonly LearnedFact[] {
    return this.#parts.learned.all()
  }

  teach(facts: readonly LearnedFact[]): void {
    for (const fact of facts) this.#parts.learned.learn(fact)
  }

  mode(): Mode {
    return this.#parts.mode.current
  }

  ready(): boolean {
    return !this.#closing && this.#parts.plans.everyone.serving
  }

  drain(worker: string, draining: boolean): void {
    const member = this.#parts.fleet.members.find(({ id }) => id === worker)
    if (!member) throw new SignalboxError('not-found', `there is no worker "${worker.slice(0, 100)}".`)
    this.#parts.vitals.drain(member, draining)
  }

  close(drainMs = DRAIN_MS): Promise<void> {
    this.#closing ??= this.#shutDown(drainMs)
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #begin(ask: Ask): { readonly run: Run; readonly answer: Promise<Answer> } {
    const { clock, random, events, dispatch, homes } = this.#parts
    if (this.#closing)
      throw new SignalboxError('draining', 'this process is shutting down.', { retryAfterMs: 1_000 })
    const receivedAtMs = clock.now()
    const protocol = protocols[ask.wire]
    const view = protocol.view(ask.body)
    const conversation = new Conversation(ask, view, this.#parts.replies)
    const request = claudeCodeRequest(ask.headers, view)
    const visit = homes.visit(request, view, conversation)
    const { classification, asked, note, ...settled } = this.#understand(ask, view, visit, request)
    const plan = this.#whereKept(view, settled.plan)
    const deadline = createDeadline(clock, ask.deadlineMs, ask.signal)
    const traceId = ask.traceId ?? hex128(random)
    const run = new Run({
      traceId,
      receivedAtMs,
      ask,
      view,
      protocol,
      conversation,
      deadline,
      clock,
      classification,
      plan,
      visit,
      note,
      request,
    })
    run.classifyMs = run.span('classify', 0)
    if (visit) homes.began(visit, classification, asked)
    this.#parts.underWay.add(run)
    const kind = ask.kind ?? ask.wire
    events.publish('message-received', { traceId, kind, priority: ask.priority ?? 'normal' })
    events.publish('message-classified', { traceId, classification })
    return { run, answer: dispatch.answer(run, this.#applicant(run)) }
  }

  /** What a vendor keeps for the conversation lies at one account: there it goes on. */
  #whereKept(view: RequestView, plan: Plan): Plan {
    for (const id of keptIds(view)) {
      const kept = this.#parts.replies.find(id)
      if (kept) return this.#parts.plans.atAccount(kept.account, plan)
    }
    return plan
  }

  #applicant(run: Run): Applicant {
    const { ttlMs, spillMs, clock } = this.#parts
    const { ask, plan, receivedAtMs } = run
    const queuedUntilMs = receivedAtMs + ttlMs[ask.priority ?? 'normal']
    return {
      traceId: run.traceId,
      plan,
      message: routable(ask, run.view, run.classification, ask.body.length),
      tried: run.tried,
      failedModel: undefined,
      spillAtMs: plan.waits ? Number.POSITIVE_INFINITY : receivedAtMs + spillMs,
      lastResort: this.#lastResort(plan),
      expiresAtMs: Math.min(queuedUntilMs, clock.now() + run.deadline.remainingMs()),
      signal: run.deadline.signal,
      sequence: undefined,
    }
  }

  /** Only a route may be left in an emergency: who asked for a pool or a model by name gets it, or is told. */
  #lastResort(plan: Plan): Plans['everyone'] | undefined {
    return plan.kind === 'route' && !plan.waits ? this.#parts.plans.everyone : undefined
  }

  #understand(
    ask: Pick<Ask, 'wire' | 'class' | 'context'>,
    view: RequestFacts,
    visit: Visit | undefined,
    request: ClientRequest | undefined,
    classify: Understanding['classify'] = this.#parts.understanding.classify,
  ): Settled & { readonly classification: Classification; readonly asked: Plan } {
    const { plans, understanding, homes } = this.#parts
    const resolution = plans.resolve(view.model, ask.wire)
    const named = resolution.kind === 'direct' ? resolution.plan : undefined
    const forced = ask.class ?? named?.route ?? undefined
    const classification =
      forced !== undefined
        ? understanding.forced(forced)
        : (settledClass(request, visit?.session, view.toolLoopOpen) ??
          classify(classifiable(ask, view, request)))
    const asked = named ?? plans.forClass(classification.class)
    return { classification, asked, ...homes.settle(visit, asked, classification) }
  }

  async #shutDown(drainMs: number): Promise<void> {
    const { clock, line, vitals, fleet, mode, underWay } = this.#parts
    await underWay.ended(clock, drainMs)
    line.close()
    for (const run of underWay)
      run.deadline.abort(new SignalboxError('draining', 'this process is shutting down.'))
    vitals.close()
    mode.close()
    await fleet.close()
  }
}

function classifiable(
  ask: Pick<Ask, 'context'>,
  view: RequestFacts,
  request: ClientRequest | undefined,
): Classifiable {
  // The order to sum up is the client's: what the person asked stands before it.
  const texts = request?.kind === 'compaction' ? view.texts.slice(1) : view.texts
  const [text = '', ...earlier] = texts
  return {
    text,
    earlier,
    tools: view.tools,
    ...(view.effort !== undefined && { effort: view.effort }),
    ...(ask.context && { context: ask.context }),
  }
}

function routable(
  ask: Pick<Ask, 'priority' | 'session' | 'tenant'>,
  view: RequestFacts,
  classification: Classification,
  bytes: number,
): RoutableMessage {
  const expected = Math.min(view.maxTokens ?? EXPECTED_TOKENS_MAX, EXPECTED_TOKENS_MAX)
  return {
    priority: ask.priority ?? 'normal',
    class: classification.class,
    session: ask.session,
    tenant: ask.tenant,
    workTokens: bytes / BYTES_PER_TOKEN + expected,
  }
}

function outcomeFacts(run: Run): Pick<Reply, 'usage' | 'costUsd' | 'decision' | 'trace'> {
  return {
    usage: run.usage,
    costUsd: run.costUsd,
    decision: run.decision(),
    trace: { id: run.traceId, spans: run.spans },
  }
}
