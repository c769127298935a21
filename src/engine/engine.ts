/**
 * The journey: a message comes in, is understood, waits its turn, goes to a worker, and leaves a record. The only
 * place where the rooms meet. Synchronous up to the worker's network.
 */
import type { Classifiable } from '../classify/classifier.ts'
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
  WorkerStatus,
} from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import type { Events, Mode } from '../core/events.ts'
import type { Context, Message, Priority, RoutableMessage } from '../core/message.ts'
import { errorOf } from '../core/outcome.ts'
import { hex128, type Random } from '../core/random.ts'
import type { UnderWay } from '../core/under-way.ts'
import { createDeadline } from '../resilience/deadline.ts'
import { protocols } from '../wire/catalog.ts'
import { askOf, factsOf, readReply, StreamFold } from '../wire/anthropic/message.ts'
import type { RequestFacts } from '../wire/protocol.ts'
import type { Fleet } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'
import type { Dispatch } from './dispatch.ts'
import { explain } from './explain.ts'
import type { Applicant, Line } from './line.ts'
import { checkMessage } from './message-check.ts'
import { modelListings } from './listing.ts'
import type { ModeKeeper } from './mode-keeper.ts'
import type { Plan, Plans } from './plan.ts'
import { Conversation } from './conversation.ts'
import { Run } from './run.ts'
import type { Selector } from './select.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Understanding } from './understanding.ts'
import type { Vitals } from './vitals.ts'

export interface EngineParts {
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  readonly fleet: Fleet
  readonly plans: Plans
  readonly understanding: Understanding
  readonly sessions: Sessions
  readonly selector: Selector
  readonly line: Line
  readonly vitals: Vitals
  readonly dispatch: Dispatch
  /** The messages that are not done. */
  readonly underWay: UnderWay<Run>
  readonly mode: ModeKeeper
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
    const { clock, random, events, dispatch, sessions, underWay } = this.#parts
    if (this.#closing)
      throw new SignalboxError('draining', 'this process is shutting down.', { retryAfterMs: 1_000 })
    const receivedAtMs = clock.now()
    const protocol = protocols[ask.wire]
    const view = protocol.view(ask.body)
    const conversation = new Conversation(ask, view)
    const held = view.toolLoopOpen ? sessions.find(conversation.key) : undefined
    const { classification, plan } = this.#understand(ask, view, held)
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
    })
    run.classifyMs = run.span('classify', 0)
    if (view.tools && !view.toolLoopOpen) sessions.begin(conversation.key, classification)
    underWay.add(run)
    const kind = ask.kind ?? ask.wire
    events.publish('message-received', { traceId, kind, priority: ask.priority ?? 'normal' })
    events.publish('message-classified', { traceId, classification })
    return { run, answer: dispatch.answer(run, this.#applicant(run)) }
  }

  #applicant(run: Run): Applicant {
    const { ttlMs, spillMs } = this.#parts
    const { ask, plan, receivedAtMs } = run
    return {
      traceId: run.traceId,
      plan,
      message: routable(ask, run.view, run.classification, ask.body.length),
      tried: run.tried,
      failedModel: undefined,
      spillAtMs: plan.home ? Number.POSITIVE_INFINITY : receivedAtMs + spillMs,
      lastResort: this.#lastResort(plan),
      expiresAtMs: receivedAtMs + Math.min(ttlMs[ask.priority ?? 'normal'], run.deadline.remainingMs()),
      signal: run.deadline.signal,
      sequence: undefined,
    }
  }

  /** Only a route may be left in an emergency: who asked for a pool or a model by name gets it, or is told. */
  #lastResort(plan: Plan): Plans['everyone'] | undefined {
    return plan.kind === 'route' && !plan.home ? this.#parts.plans.everyone : undefined
  }

  #understand(
    ask: Pick<Ask, 'wire' | 'class' | 'context'>,
    view: RequestFacts,
    held: Session | undefined,
    classify: Understanding['classify'] = this.#parts.understanding.classify,
  ): { classification: Classification; plan: Plan } {
    const { plans, understanding } = this.#parts
    const resolution = plans.resolve(view.model, ask.wire)
    const named = resolution.kind === 'direct' ? resolution.plan : undefined
    const forced = ask.class ?? named?.route ?? undefined
    const classification =
      forced !== undefined
        ? understanding.forced(forced)
        : held && view.toolLoopOpen
          ? heldClass(held.classification)
          : classify(classifiable(ask, view))
    const plan = named ?? plans.forClass(classification.class)
    if (!held?.model || !view.toolLoopOpen || plan.kind !== 'route') return { classification, plan }
    return { classification, plan: plans.atHome(held.model, plan, view.thinking) }
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

function heldClass(classification: Classification): Classification {
  const detail = 'the class of the turn holds while its tool loop is open'
  return { ...classification, source: 'turn', reasons: [{ signal: 'turn', detail, weight: 0 }], micros: 0 }
}

function classifiable(ask: Pick<Ask, 'context'>, view: RequestFacts): Classifiable {
  const [text = '', ...earlier] = view.texts
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
