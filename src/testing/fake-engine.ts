/**
 * An engine that answers at once and says what it is told to: for tests of whatever stands before the engine. Its
 * events are real, its workers and queue are plain facts that a test sets.
 */
import type { Choice, Classification, Decision, DecisionRecord } from '../core/decision.ts'
import type { Engine, QueueStatus, Reply, WorkerStatus } from '../core/engine.ts'
import { SignalboxError } from '../core/errors.ts'
import { createEvents, type Mode } from '../core/events.ts'
import type { LearnedFact } from '../core/lesson.ts'
import type { Message } from '../core/message.ts'
import { hex128, type Random, seededRandom } from '../core/random.ts'
import type { Span } from '../core/trace.ts'
import { noUsage } from '../core/wire.ts'

export interface FakeEngineOptions {
  readonly random?: Random
  /** Answers a message; what it throws is what the caller gets. */
  readonly answer?: (message: Message) => Reply | Promise<Reply>
}

export interface FakeEngine extends Engine {
  /** What the engine reports; a test changes it as it likes. */
  readonly facts: {
    workers: readonly WorkerStatus[]
    queue: QueueStatus
    mode: Mode
    ready: boolean
    learned: LearnedFact[]
  }
  /** Every message that was sent, oldest first. */
  readonly sent: readonly Message[]
  /** Publishes the end of a message, as if one had just been answered. */
  finish(record?: Partial<DecisionRecord>, spans?: readonly Span[]): DecisionRecord
}

export function fakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const random = options.random ?? seededRandom(1)
  const events = createEvents()
  const sent: Message[] = []
  const facts: FakeEngine['facts'] = {
    workers: [
      fakeWorkerStatus(),
      fakeWorkerStatus({ id: 'haiku-1', pool: 'haiku', model: 'claude-haiku-5-5' }),
    ],
    queue: {
      depth: 0,
      capacity: 10_000,
      byPriority: { critical: 0, high: 0, normal: 0, low: 0 },
      oldestMs: 0,
      averageWaitMs: 0,
      perSecond: 0,
    },
    mode: 'normal',
    learned: [],
    ready: true,
  }

  function finish(record: Partial<DecisionRecord> = {}, spans: readonly Span[] = fakeSpans): DecisionRecord {
    const whole = { ...fakeDecisionRecord(), id: hex128(random), ...record }
    events.publish('message-done', { record: whole, spans })
    return whole
  }

  async function send(message: Message): Promise<Reply> {
    sent.push(message)
    if (options.answer) return options.answer(message)
    const { decision } = decide(message)
    const { id } = finish({ ...decision, textLength: textOf(message).length })
    const text = `You said: ${textOf(message)}`
    return {
      text,
      content: [{ type: 'text', text }],
      stopReason: 'end_turn',
      usage: { ...noUsage, inputTokens: 12, outputTokens: 8 },
      costUsd: 0.000_25,
      decision,
      trace: { id, spans: fakeSpans },
    }
  }

  function decide(message: Message): Choice {
    const { micros: _micros, ...judgement } = classify(textOf(message))
    const first = facts.workers.find((worker) => !worker.draining)
    const decision: Decision = {
      ...judgement,
      route: judgement.class,
      pool: first?.pool ?? null,
      worker: first?.id ?? null,
      model: first?.model ?? null,
    }
    const others = facts.workers.filter((worker) => worker !== first)
    return {
      decision,
      alternatives: others.map(({ id }, index) => ({
        worker: id,
        score: 1 / (index + 2),
        why: 'next in route',
      })),
    }
  }

  return {
    events,
    facts,
    sent,
    finish,
    send,
    decide,
    classify,
    async *stream(message) {
      const reply = await send(message)
      yield { type: 'text', text: reply.text }
      yield { type: 'done', reply }
    },
    start() {
      throw new SignalboxError('not-in-this-version', 'the fake engine takes no request of a protocol')
    },
    async countTokens() {
      throw new SignalboxError('not-in-this-version', 'the fake engine takes no request of a protocol')
    },
    workers: () => facts.workers,
    queue: () => facts.queue,
    models: () => [{ id: 'auto', kind: 'auto', description: 'classified and routed' }],
    mode: () => facts.mode,
    learned: () => facts.learned,
    teach: (learned) => void facts.learned.push(...learned),
    ready: () => facts.ready,
    drain(id, draining) {
      facts.workers = facts.workers.map((worker) => (worker.id === id ? { ...worker, draining } : worker))
    },
    async close() {},
    async [Symbol.asyncDispose]() {},
  }
}

export function fakeWorkerStatus(changes: Partial<WorkerStatus> = {}): WorkerStatus {
  return {
    id: 'opus-1',
    pool: 'opus',
    kind: 'simulated',
    model: 'claude-opus-5-5',
    state: 'healthy',
    breaker: 'closed',
    slots: 4,
    inFlight: 0,
    draining: false,
    ...changes,
  }
}

const fakeSpans: readonly Span[] = [
  { name: 'classify', startMs: 0, durationMs: 0.02 },
  { name: 'queue', startMs: 0.02, durationMs: 12 },
  { name: 'select', startMs: 12.02, durationMs: 0.01, note: 'opus-1' },
  { name: 'upstream', startMs: 12.03, durationMs: 400, note: 'opus-1: ok' },
]

export function fakeDecisionRecord(changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    id: '0123456789abcdef0123456789abcdef',
    at: '2026-01-01T00:00:00.000Z',
    session: null,
    kind: 'library',
    textHash: null,
    textLength: 14,
    class: 'strategic',
    confidence: 0.9,
    source: 'pattern',
    reasons: [{ signal: 'general/strategic', detail: 'plan', weight: 10 }],
    route: 'strategic',
    pool: 'opus',
    worker: 'opus-1',
    model: 'claude-opus-5-5',
    asked: 'auto',
    attempts: [{ worker: 'opus-1', outcome: 'ok', ms: 400 }],
    outcome: 'ok',
    losses: [],
    waitMs: 12,
    upstreamMs: 400,
    totalMs: 412,
    costUsd: 0.0021,
    usage: { inputTokens: 12, outputTokens: 8 },
    ...changes,
  }
}

/** Two words are enough to tell three classes apart. */
function classify(text: string): Classification {
  const reasons = []
  if (/\bplan\b/i.test(text)) reasons.push({ signal: 'fake/strategic', detail: 'plan', weight: 10 })
  if (/\bfix\b/i.test(text)) reasons.push({ signal: 'fake/tactical', detail: 'fix', weight: 8 })
  const [first] = reasons
  if (!first) return { class: 'tactical', confidence: 0.3, source: 'fallback', reasons, micros: 1.5 }
  const name = first.signal.slice('fake/'.length)
  return { class: name, confidence: 0.9, source: 'pattern', reasons, micros: 2.5 }
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content
  return content.map((block) => (typeof block['text'] === 'string' ? block['text'] : '')).join('\n')
}
