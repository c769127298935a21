import type { DecisionRecord } from '../core/decision.ts'
import { noUsage } from '../core/wire.ts'
import type { Cards } from '../models/catalog.ts'
import { costUsd } from '../models/price.ts'
import type { Sent } from './demo-client.ts'

/** The figures of a demonstration, from what the client saw and what the decision log says. */
export interface DemoReport {
  readonly messages: number
  readonly ok: number
  readonly failed: number
  readonly byClass: Readonly<Record<string, number>>
  readonly byWorker: Readonly<Record<string, WorkerFigures>>
  /** Of whole messages, as the client measured them. */
  readonly p50Ms: number
  readonly p99Ms: number
  readonly costUsd: number
  /** The same tokens at the price of the dearest tier. */
  readonly costAllOpusUsd: number
}

export interface WorkerFigures {
  readonly messages: number
  readonly ok: number
  readonly p50Ms: number
  /** The mean time that its messages waited. */
  readonly waitMs: number
  readonly costUsd: number
}

const DEAREST = 'claude-opus-5-5'

export function demoReport(
  sent: readonly Sent[],
  records: readonly DecisionRecord[],
  cards: Cards,
): DemoReport {
  const byClass: Record<string, number> = {}
  for (const { class: name = 'unknown' } of sent) byClass[name] = (byClass[name] ?? 0) + 1
  const byWorker = Map.groupBy(records, (record) => record.worker ?? 'none')
  const dearest = cards.find(DEAREST)
  const ok = sent.filter((each) => each.ok).length
  const times = sent.map((each) => each.ms)
  return {
    messages: sent.length,
    ok,
    failed: sent.length - ok,
    byClass: sorted(byClass),
    byWorker: sorted(Object.fromEntries([...byWorker].map(([worker, its]) => [worker, workerFigures(its)]))),
    p50Ms: tenths(quantile(times, 0.5)),
    p99Ms: tenths(quantile(times, 0.99)),
    costUsd: micros(sum(records.map((record) => record.costUsd))),
    costAllOpusUsd: micros(sum(records.map(({ usage }) => costUsd(dearest, { ...noUsage, ...usage })))),
  }
}

function workerFigures(records: readonly DecisionRecord[]): WorkerFigures {
  return {
    messages: records.length,
    ok: records.filter(({ outcome }) => outcome === 'ok').length,
    p50Ms: tenths(
      quantile(
        records.map(({ totalMs }) => totalMs),
        0.5,
      ),
    ),
    waitMs: tenths(sum(records.map(({ waitMs }) => waitMs)) / Math.max(1, records.length)),
    costUsd: micros(sum(records.map((record) => record.costUsd))),
  }
}

/** The smallest value that at least the share `q` does not exceed; 0 of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const ordered = values.toSorted((a, b) => a - b)
  return ordered[Math.max(0, Math.ceil(q * ordered.length) - 1)] ?? 0
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10
}

/** To a millionth of a dollar. */
function micros(usd: number): number {
  return Math.round(usd * 1e6) / 1e6
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(record).toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
  )
}
