import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DecisionRecord } from '../src/core/decision.ts'
import type { Engine } from '../src/core/engine.ts'
import { createEvents, type Events } from '../src/core/events.ts'
import { ok } from '../src/core/outcome.ts'
import { realSystem } from '../src/core/system.ts'
import { createDecisionLog } from '../src/observe/decision-log.ts'
import { logEvents } from '../src/observe/log.ts'
import { createMetrics } from '../src/observe/metrics.ts'
import { createTraceLog } from '../src/observe/trace-log.ts'
import { memoryStore } from '../src/store/memory.ts'
import { openStore } from '../src/store/open.ts'
import { virtualClock } from '../src/testing/index.ts'
import type { BenchOptions, BenchRow } from './row.ts'

/**
 * What observers cost a message: everything the engine publishes for it, with all observers listening. The reference
 * is the same publishing with nobody listening. And what the state file costs behind the path, a record.
 */
export async function run({ quick = false }: BenchOptions): Promise<readonly BenchRow[]> {
  const batches = quick ? 20 : 400
  const { events, flush } = observed()
  return [
    {
      name: 'all observers, a message',
      ours: await p50(batches, publisher(events), flush),
      unit: 'µs',
      reference: { name: 'nobody listens', value: await p50(batches, publisher(createEvents())) },
      target: '≤ 10',
    },
    await appended(quick ? 20 : 200),
  ]
}

const messagesABatch = 500

function observed() {
  const events = createEvents()
  // A clock that stands still: only the path is measured; what happens behind it is flushed between the samples.
  const clock = virtualClock()
  const { log } = realSystem()
  const decisions = createDecisionLog({ events, store: memoryStore(), clock, log })
  createTraceLog({ events })
  createMetrics({
    decisionsDropped: () => 0,
    events,
    engine: idle,
    clock,
    classes: ['strategic', 'tactical', 'simple'],
    version: 'bench',
  })
  logEvents({ events, clock, log })
  return { events, flush: () => decisions.flush() }
}

/** Publishes what one message on the usual way publishes. */
function publisher(events: Events): () => void {
  let count = 0
  return () => {
    const traceId = (count++).toString(16).padStart(32, '0')
    const outcome = ok
    events.publish('message-received', { traceId, kind: 'anthropic', priority: 'normal' })
    events.publish('message-classified', { traceId, classification: record })
    events.publish('message-queued', { traceId, lane: 'opus', priority: 'normal' })
    events.publish('attempt-started', { traceId, worker: 'opus-1', attempt: 1 })
    events.publish('attempt-ended', { traceId, worker: 'opus-1', pool: 'opus', outcome, durationMs: 400 })
    events.publish('message-done', { record: { ...record, id: traceId }, spans: [] })
  }
}

/** The median cost of one message, in microseconds. */
async function p50(batches: number, message: () => void, between?: () => Promise<void>): Promise<number> {
  const samples: number[] = []
  for (let batch = 0; batch < batches * 1.25; batch++) {
    const startMs = performance.now()
    for (let one = 0; one < messagesABatch; one++) message()
    samples.push(((performance.now() - startMs) * 1_000) / messagesABatch)
    await between?.()
  }
  return median(samples.slice(batches / 4))
}

async function appended(batches: number): Promise<BenchRow> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'))
  const file = await openStore({ path: join(folder, 'state.db') }, realSystem())
  try {
    return {
      name: 'state file, a record in batches of 128',
      ours: await perRecord(file.log('decisions', 10_000), batches),
      unit: 'µs',
      reference: { name: 'memory', value: await perRecord(memoryStore().log('decisions', 10_000), batches) },
    }
  } finally {
    await file.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function perRecord(log: ReturnType<ReturnType<typeof memoryStore>['log']>, batches: number) {
  const samples: number[] = []
  for (let batch = 0; batch < batches; batch++) {
    const entries = Array.from({ length: 128 }, (_, one) => ({ id: `${batch}-${one}`, value: record }))
    const startMs = performance.now()
    await log.append(entries)
    samples.push(((performance.now() - startMs) * 1_000) / 128)
  }
  return median(samples)
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? Number.NaN
}

const idle: Pick<Engine, 'workers' | 'queue' | 'mode'> = {
  workers: () => [
    {
      id: 'opus-1',
      pool: 'opus',
      kind: 'simulated',
      model: 'claude-opus-5-5',
      state: 'healthy',
      breaker: 'closed',
      slots: 4,
      inFlight: 0,
      draining: false,
    },
  ],
  queue: () => {
    throw new Error('not asked for')
  },
  mode: () => 'normal',
}

const record: DecisionRecord & { readonly micros: number } = {
  id: '',
  at: '2026-01-01T00:00:00.000Z',
  session: null,
  kind: 'anthropic',
  textHash: '0123456789abcdef',
  textLength: 200,
  class: 'strategic',
  confidence: 0.9,
  source: 'pattern',
  reasons: [
    { signal: 'general/strategic', detail: 'plan', weight: 10 },
    { signal: 'general/strategic', detail: 'strategy', weight: 10 },
  ],
  route: 'strategic',
  pool: 'opus',
  worker: 'opus-1',
  model: 'claude-opus-5-5',
  asked: 'auto',
  attempts: [{ worker: 'opus-1', outcome: 'ok', ms: 400 }],
  outcome: 'ok',
  losses: [],
  waitMs: 0.1,
  upstreamMs: 400,
  totalMs: 401,
  costUsd: 0.002,
  usage: { inputTokens: 100, outputTokens: 50 },
  micros: 4,
}
