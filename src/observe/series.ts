import type { MetricRow } from './metric-table.ts'

/** One time series: a value, or a histogram's counts per bucket. */
export interface Series {
  readonly labels: readonly string[]
  /** The value; of a histogram, the sum of what was observed. */
  value: number
  count: number
  /** Per bound, not cumulated; undefined for counters and gauges. */
  readonly buckets: Float64Array | undefined
}

/** All series of one metric, bounded. */
export interface Family {
  readonly row: MetricRow
  /** Adds to a counter, or observes in a histogram. What is not a finite number ≥ 0 is left out. */
  add(value: number, ...labels: readonly string[]): void
  /** Sets a gauge, or a counter that is counted elsewhere. */
  set(value: number, ...labels: readonly string[]): void
  /** Forgets every series: gauges of things that may be gone are set anew at each reading. */
  clear(): void
  all(): Iterable<Series>
}

/** One metric must not fill the memory, here or where it is scraped. */
export const seriesMax = 1_000

/**
 * Counts in plain numbers: finding a series is one Map look-up by its joined labels, and nothing is rendered before
 * somebody asks. Beyond `seriesMax` series counts go to one series of `other`; gauges, which cannot be added up, are
 * left out. Either is told by `onOverflow`.
 */
export function createFamily(row: MetricRow, onOverflow: () => void): Family {
  const series = new Map<string, Series>()
  const others = row.labels.map(() => 'other')

  // No label holds a line feed: names come from the configuration, the rest from closed sets.
  function keyOf(labels: readonly string[]): string {
    let key = labels[0] ?? ''
    for (let at = 1; at < labels.length; at++) key += `\n${labels[at]}`
    return key
  }

  function make(key: string, labels: readonly string[]): Series {
    const buckets = row.bounds && new Float64Array(row.bounds.length)
    const made: Series = { labels, value: 0, count: 0, buckets }
    series.set(key, made)
    return made
  }

  /** Undefined when the bound is reached; one place is kept for `other`. */
  function find(labels: readonly string[]): Series | undefined {
    const key = keyOf(labels)
    const found = series.get(key)
    if (found) return found
    if (series.size < seriesMax - 1) return make(key, labels)
    onOverflow()
    return undefined
  }

  function findOthers(): Series {
    return series.get(keyOf(others)) ?? make(keyOf(others), others)
  }

  function add(value: number, ...labels: readonly string[]): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return
    const found = find(labels) ?? findOthers()
    found.value += value
    found.count++
    if (!found.buckets || !row.bounds) return
    const bucket = row.bounds.findIndex((bound) => value <= bound)
    // Beyond the last bound only the count tells of it.
    if (bucket !== -1) found.buckets[bucket] = (found.buckets[bucket] ?? 0) + 1
  }

  function set(value: number, ...labels: readonly string[]): void {
    if (!Number.isFinite(value)) return
    const found = find(labels)
    if (found) found.value = value
  }

  // Without labels there is one series, and it is there from the start: 0 is an answer, absence is not.
  if (row.labels.length === 0) make('', [])
  return { row, add, set, clear: () => series.clear(), all: () => series.values() }
}
