import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../core/decision.ts'
import { seededRandom } from '../core/random.ts'
import { createCards } from '../models/catalog.ts'
import { type Folder, newFolder } from './command-line-harness.ts'
import { conversationPlan } from './demo.ts'
import { demoReport, quantile } from './demo-report.ts'
import { conversations } from './samples.ts'

describe('the plan of a demonstration', () => {
  it('has exactly as many messages as were asked for', () => {
    for (const messages of [1, 2, 57, 200, 1_001]) {
      const plan = conversationPlan(messages, seededRandom(1))
      expect(plan.reduce((sum, conversation) => sum + conversation.length, 0)).toBe(messages)
    }
  })

  it('is the same for the same seed and another for another', () => {
    const plan = (seed: number) => JSON.stringify(conversationPlan(100, seededRandom(seed)))
    expect(plan(1)).toBe(plan(1))
    expect(plan(1)).not.toBe(plan(2))
  })

  it('knows many conversations, each once, some with two turns', () => {
    expect(conversations.length).toBeGreaterThanOrEqual(60)
    expect(new Set(conversations.map(([first]) => first)).size).toBe(conversations.length)
    expect(conversations.filter((conversation) => conversation.length === 2).length).toBeGreaterThan(9)
  })
})

describe('the report of a demonstration', () => {
  const record = (worker: string, totalMs: number, waitMs: number, outcome = 'ok'): DecisionRecord => ({
    id: `${worker}${totalMs}`,
    at: '2026-01-01T00:00:00Z',
    session: null,
    kind: 'anthropic',
    textHash: null,
    textLength: 1,
    class: 'simple',
    confidence: 1,
    source: 'pattern',
    reasons: [],
    route: 'simple',
    pool: 'haiku',
    worker,
    model: 'claude-haiku-5-5',
    asked: 'auto',
    attempts: [],
    outcome,
    losses: [],
    waitMs,
    upstreamMs: totalMs,
    totalMs,
    costUsd: 0.001,
    usage: { inputTokens: 1_000, outputTokens: 100 },
  })

  it('adds up by worker and prices everything at the dearest tier', () => {
    const sent = [10, 20, 30].map((ms) => ({ ok: ms < 30, trace: 't', class: 'simple', text: '', ms }))
    const records = [record('a', 10, 0), record('a', 20, 10), record('b', 30, 0, 'worker-failed')]
    expect(demoReport(sent, records, createCards())).toEqual({
      messages: 3,
      ok: 2,
      failed: 1,
      byClass: { simple: 3 },
      byWorker: {
        a: { messages: 2, ok: 2, p50Ms: 10, waitMs: 5, costUsd: 0.002 },
        b: { messages: 1, ok: 0, p50Ms: 30, waitMs: 0, costUsd: 0.001 },
      },
      p50Ms: 20,
      p99Ms: 30,
      costUsd: 0.003,
      // 3 × (1,000 tokens at $4 and 100 at $20 a million)
      costAllOpusUsd: 0.018,
    })
  })

  it('takes the quantile that the share reaches', () => {
    expect(quantile([], 0.5)).toBe(0)
    expect(quantile([3, 1, 2], 0.5)).toBe(2)
    expect(quantile([1, 2], 0.99)).toBe(2)
    expect(quantile([5], 0)).toBe(5)
  })
})

describe('signalbox demo', () => {
  let folder: Folder
  beforeAll(() => {
    folder = newFolder()
  })
  afterAll(() => folder.remove())

  it('sends messages through a fleet of its own and prints the figures', async () => {
    const { code, stdout, stderr } = await folder.run(['demo', '--messages', '40', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ messages: 40, ok: 40, failed: 0 })
    const figures: { messages: number; costUsd: number }[] = Object.values(report.byWorker)
    expect(figures.reduce((sum, { messages }) => sum + messages, 0)).toBe(40)
    expect(Object.values<number>(report.byClass).reduce((sum, count) => sum + count, 0)).toBe(40)
    expect(report.costUsd).toBeGreaterThan(0)
    expect(report.costUsd).toBeLessThan(report.costAllOpusUsd)
    expect(report.p50Ms).toBeGreaterThan(10)
    expect(report.p99Ms).toBeGreaterThanOrEqual(report.p50Ms)
  })
})
