/**
 * What the control plane answers. They document; answers are not checked at run time: the compiler holds them against
 * the core types, and api.test.ts holds real answers against them.
 */
import { z } from 'zod'
import type {
  Alternative,
  AttemptRecord,
  Choice,
  Classification,
  Decision,
  DecisionRecord,
  Reason,
} from '../../core/decision.ts'
import { requestKinds } from '../../core/client-request.ts'
import type { QueueStatus, Reply, WorkerStatus } from '../../core/engine.ts'
import { type ErrorCode, errorTable } from '../../core/errors.ts'
import type { EngineEvents } from '../../core/events.ts'
import { priorities } from '../../core/message.ts'
import type { Span, Trace } from '../../core/trace.ts'
import type { Usage } from '../../core/wire.ts'
import type { TraceRecord } from './deps.ts'
import { type Problem, problemType } from './problem.ts'

const ms = z.number().describe('Milliseconds.')
const count = z.int().min(0)

const reason = z
  .object({ signal: z.string(), detail: z.string(), weight: z.number() })
  .meta({ id: 'Reason', description: 'One reason for a class.' }) satisfies z.ZodType<Reason>

const source = z.enum(['forced', 'hint', 'pattern', 'learned', 'turn', 'request-class', 'fallback', 'cache'])

const judgement = {
  class: z.string(),
  confidence: z.number().min(0).max(1),
  source,
  reasons: z.array(reason),
}

export const classification = z.object({ ...judgement, micros: z.number() }).meta({
  id: 'Classification',
  examples: [
    {
      class: 'strategic',
      confidence: 0.92,
      source: 'pattern',
      reasons: [{ signal: 'general/strategic', detail: 'compare … approaches', weight: 12 }],
      micros: 4.1,
    },
  ],
}) satisfies z.ZodType<Classification>

const place = {
  route: z.string().nullable(),
  pool: z.string().nullable(),
  worker: z.string().nullable(),
  model: z.string().nullable(),
}

const decision = z.object({ ...judgement, ...place }).meta({ id: 'Decision' }) satisfies z.ZodType<Decision>

const alternative = z
  .object({
    worker: z.string(),
    score: z.number().describe('Higher is better; comparable only within one answer.'),
    why: z.string(),
  })
  .meta({ id: 'Alternative' }) satisfies z.ZodType<Alternative>

export const choice = z
  .object({ decision, alternatives: z.array(alternative) })
  .meta({ id: 'Choice' }) satisfies z.ZodType<Choice>

const usage = z
  .object({
    inputTokens: count,
    outputTokens: count,
    cacheReadTokens: count,
    cacheWriteTokens: count,
    estimated: z.boolean().exactOptional(),
  })
  .meta({ id: 'Usage' }) satisfies z.ZodType<Usage>

const span = z
  .object({
    name: z.enum(['classify', 'queue', 'select', 'upstream', 'retry']),
    startMs: ms,
    durationMs: ms,
    note: z.string().exactOptional(),
  })
  .meta({
    id: 'Span',
    description: 'Times count from the moment the message came.',
  }) satisfies z.ZodType<Span>

const trace = z
  .object({ id: z.string(), spans: z.array(span) })
  .meta({ id: 'Trace' }) satisfies z.ZodType<Trace>

export const reply = z
  .object({
    text: z.string(),
    content: z.array(z.record(z.string(), z.unknown())),
    stopReason: z.string().nullable(),
    usage,
    costUsd: z.number(),
    decision,
    trace,
  })
  .meta({ id: 'Reply' }) satisfies z.ZodType<Reply>

const attempt = z
  .object({ worker: z.string(), outcome: z.string(), ms })
  .meta({ id: 'Attempt' }) satisfies z.ZodType<AttemptRecord>

const decisionRecord = z
  .object({
    id: z.string().describe('The trace’s id.'),
    at: z.iso.datetime(),
    session: z.string().nullable(),
    kind: z.string(),
    request: z
      .object({ kind: z.enum(requestKinds), guessed: z.boolean() })
      .describe('What a coding agent sent it for; guessed where it did not say so.')
      .exactOptional(),
    textHash: z.string().nullable(),
    textLength: count,
    text: z.string().describe('Only where decisions.keep is text.').exactOptional(),
    ...judgement,
    ...place,
    asked: z.string(),
    attempts: z.array(attempt),
    outcome: z.string().describe('ok, or the code of the error that the caller got.'),
    losses: z.array(z.string()),
    waitMs: ms,
    upstreamMs: ms,
    totalMs: ms,
    costUsd: z.number(),
    usage: z.object({ inputTokens: count, outputTokens: count, estimated: z.literal(true).exactOptional() }),
  })
  .meta({ id: 'DecisionRecord' }) satisfies z.ZodType<DecisionRecord>

export const decisions = z
  .object({ decisions: z.array(decisionRecord).describe('Newest first.') })
  .meta({ id: 'Decisions' })

export const traceRecord = z
  .object({ id: z.string(), decision: decisionRecord, spans: z.array(span) })
  .meta({ id: 'TraceRecord' }) satisfies z.ZodType<TraceRecord>

const workerState = z.enum(['healthy', 'degraded', 'unhealthy', 'unavailable'])
const breakerState = z.enum(['closed', 'open', 'half-open'])

export const worker = z
  .object({
    id: z.string(),
    pool: z.string(),
    kind: z.string(),
    model: z.string(),
    state: workerState,
    breaker: breakerState,
    slots: count,
    inFlight: count,
    draining: z.boolean(),
  })
  .meta({ id: 'Worker' }) satisfies z.ZodType<WorkerStatus>

export const workers = z.object({ workers: z.array(worker) }).meta({ id: 'Workers' })

export const queue = z
  .object({
    depth: count,
    capacity: count,
    byPriority: z.record(z.enum(priorities), count),
    oldestMs: ms,
    averageWaitMs: ms,
    perSecond: z.number(),
  })
  .meta({ id: 'Queue' }) satisfies z.ZodType<QueueStatus>

const mode = z.enum(['normal', 'degraded', 'emergency'])

const snapshot = z
  .object({
    mode,
    ready: z.boolean(),
    workers: z.array(worker),
    queue,
    skippedDecisions: count.describe('Decisions of the last second that were too many to send.'),
  })
  .meta({ id: 'Snapshot' })

const workerChange = z.object({
  worker: z.string(),
  from: workerState,
  to: workerState,
}) satisfies z.ZodType<EngineEvents['worker-state']>

const breakerChange = z.object({
  worker: z.string(),
  from: breakerState,
  to: breakerState,
}) satisfies z.ZodType<EngineEvents['breaker-state']>

const modeChange = z.object({
  from: mode,
  to: mode,
  cause: z.string(),
}) satisfies z.ZodType<EngineEvents['mode-changed']>

export const feedEvent = z
  .discriminatedUnion('event', [
    z.object({ event: z.literal('snapshot'), data: snapshot }),
    z.object({ event: z.literal('decision'), data: decisionRecord }),
    z.object({ event: z.literal('worker-state'), data: workerChange }),
    z.object({ event: z.literal('breaker-state'), data: breakerChange }),
    z.object({ event: z.literal('mode-changed'), data: modeChange }),
  ])
  .meta({ id: 'FeedEvent', description: 'One event of the stream: its name, and its data as JSON.' })

export const alive = z.object({ ok: z.literal(true) })

export const readiness = z.object({ ready: z.boolean(), mode, draining: z.boolean().exactOptional() })

// The keys of the table are exactly the codes; Object.keys only forgets their names.
const codes = Object.keys(errorTable) as ErrorCode[]

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    hint: z.string(),
    code: z.enum(codes),
    path: z.string().describe('The field, header or parameter at fault.').exactOptional(),
    traceId: z.string().exactOptional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457.' }) satisfies z.ZodType<Problem>

export const anyConfig = z.record(z.string(), z.unknown()).meta({ id: 'Config' })

/** The answers of a route that gives this JSON when all is well, and a problem when it refuses. */
export function answers(success: z.ZodType) {
  return answersAs('application/json', success)
}

/** The same for other media types. */
export function answersAs(mediaType: string, success: z.ZodType) {
  return {
    200: { description: 'As asked.', content: { [mediaType]: { schema: success } } },
    '4XX': { description: 'What the caller can mend.', content: { [problemType]: { schema: problem } } },
    '5XX': { description: 'What the caller cannot mend.', content: { [problemType]: { schema: problem } } },
  }
}
