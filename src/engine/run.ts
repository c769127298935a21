/**
 * One message on its way through the engine: what was asked, what was decided, what happened so far. Every step
 * writes here; when the message is done the record is published once, as the event `message-done`.
 */
import type { ClientRequest } from '../core/client-request.ts'
import type { Clock } from '../core/clock.ts'
import type { AttemptRecord, Classification, Decision, DecisionRecord, Reason } from '../core/decision.ts'
import type { Ask, Timing } from '../core/engine.ts'
import type { LearnedFact } from '../core/lesson.ts'
import type { Outcome } from '../core/outcome.ts'
import type { Span } from '../core/trace.ts'
import type { Placed } from '../core/under-way.ts'
import { noUsage, type Usage } from '../core/wire.ts'
import type { Deadline } from '../resilience/deadline.ts'
import type { Protocol, RequestView } from '../wire/protocol.ts'
import type { Member } from '../workers/member.ts'
import type { Conversation } from './conversation.ts'
import type { Plan } from './plan.ts'
import type { Visit } from './visit.ts'

export interface RunOptions {
  readonly traceId: string
  readonly receivedAtMs: number
  readonly ask: Ask
  readonly view: RequestView
  readonly protocol: Protocol
  readonly conversation: Conversation
  readonly deadline: Deadline
  readonly clock: Clock
  readonly classification: Classification
  readonly plan: Plan
  readonly visit: Visit | undefined
  /** Why it goes where it goes. */
  readonly note: Reason | undefined
  readonly request?: ClientRequest | undefined
}

export class Run implements Placed {
  place = -1
  readonly traceId: string
  readonly receivedAtMs: number
  readonly ask: Ask
  readonly view: RequestView
  /** The client's protocol. */
  readonly protocol: Protocol
  readonly conversation: Conversation
  readonly deadline: Deadline
  readonly classification: Classification
  readonly plan: Plan
  /** Of its conversation's home, where it keeps one. */
  readonly visit: Visit | undefined
  /** What the client says that it is for. */
  readonly request: ClientRequest | undefined
  readonly spans: Span[] = []
  readonly attempts: AttemptRecord[] = []
  /** Why it went where it went, beside the reasons of its class. */
  readonly notes: Reason[] = []
  readonly tried = new Set<Member>()
  losses: readonly string[] = []
  /** What a refusal taught: it was mended once, and a second refusal stands. Kept only when the mended one is taken. */
  lesson: LearnedFact | undefined
  member: Member | undefined
  servedModel: string | undefined
  usage: Usage = noUsage
  costUsd = 0
  classifyMs = 0
  queueMs = 0
  upstreamMs = 0
  /** Of a stream that still runs: from the start of its attempt to its first content. */
  firstContentMs = 0
  readonly #clock: Clock

  constructor(options: RunOptions) {
    this.traceId = options.traceId
    this.receivedAtMs = options.receivedAtMs
    this.ask = options.ask
    this.view = options.view
    this.protocol = options.protocol
    this.conversation = options.conversation
    this.deadline = options.deadline
    this.classification = options.classification
    this.plan = options.plan
    this.visit = options.visit
    this.request = options.request
    if (options.note) this.notes.push(options.note)
    this.#clock = options.clock
  }

  /** Milliseconds since the message was received. */
  elapsedMs(): number {
    return this.#clock.now() - this.receivedAtMs
  }

  span(name: Span['name'], startMs: number, note?: string): number {
    const durationMs = this.elapsedMs() - startMs
    this.spans.push(note === undefined ? { name, startMs, durationMs } : { name, startMs, durationMs, note })
    return durationMs
  }

  attempted(member: Member, outcome: Outcome, ms: number): void {
    this.attempts.push({ worker: member.id, outcome: outcomeCode(outcome), ms })
  }

  timing(): Timing {
    const { classifyMs, queueMs, upstreamMs, firstContentMs } = this
    return { classifyMs, queueMs, upstreamMs: upstreamMs + firstContentMs }
  }

  decision(): Decision {
    const { classification, member } = this
    return {
      class: classification.class,
      confidence: classification.confidence,
      source: classification.source,
      route: this.plan.route,
      pool: member?.pool ?? null,
      worker: member?.id ?? null,
      model: this.servedModel ?? null,
      reasons: this.notes.length === 0 ? classification.reasons : [...classification.reasons, ...this.notes],
    }
  }

  record(outcome: string, text: TextFacts): DecisionRecord {
    return {
      id: this.traceId,
      at: new Date(this.#clock.wallNow() - this.elapsedMs()).toISOString(),
      session: this.conversation.id,
      kind: this.ask.kind ?? this.ask.wire,
      ...(this.request && { request: { kind: this.request.kind, guessed: this.request.guessed } }),
      ...text,
      ...this.decision(),
      asked: this.view.model,
      attempts: this.attempts,
      outcome,
      losses: this.losses,
      waitMs: this.queueMs,
      upstreamMs: this.upstreamMs,
      totalMs: this.elapsedMs(),
      costUsd: this.costUsd,
      usage: {
        inputTokens: this.usage.inputTokens,
        outputTokens: this.usage.outputTokens,
        ...(this.usage.estimated && { estimated: true }),
      },
    }
  }
}

/** What is kept of the text: `decisions.keep` decides. */
export type TextFacts = Pick<DecisionRecord, 'textHash' | 'textLength'> & { readonly text?: string }

export function outcomeCode(outcome: Outcome): string {
  return outcome.kind === 'failed' ? outcome.code : outcome.kind
}
