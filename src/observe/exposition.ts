import type { Metric, Registry } from 'prom-client'
import type { Family, Series } from './series.ts'

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

interface Sample {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/**
 * Writes the families in Prometheus' text format. prom-client does the writing and is loaded when somebody asks for
 * the first time (27 ms and 4 MB here): a server that nobody scrapes does not pay for it, and the counting is ours.
 */
export async function exposition(families: ReadonlyMap<string, Family>): Promise<string> {
  const { Registry } = await import('prom-client')
  const registry: Registry = new Registry()
  for (const [name, family] of families) {
    const { type, help } = family.row
    const metric = { name, get: async () => ({ name, type, help, values: samplesOf(name, family) }) }
    // The registry asks a metric for nothing but its name and `get()`; prom-client's own classes cannot be given
    // the buckets of a histogram that was counted elsewhere.
    registry.registerMetric(metric as unknown as Metric)
  }
  return registry.metrics()
}

function samplesOf(name: string, { row, all }: Family): Sample[] {
  const samples: Sample[] = []
  for (const series of all()) {
    const labels = Object.fromEntries(row.labels.map((label, at) => [label, series.labels[at] ?? '']))
    if (row.bounds) samples.push(...histogramSamples(name, row.bounds, labels, series))
    else samples.push({ labels, value: series.value })
  }
  return samples
}

function histogramSamples(
  name: string,
  bounds: readonly number[],
  labels: Readonly<Record<string, string>>,
  { value, count, buckets }: Series,
): Sample[] {
  let below = 0
  const samples = bounds.map((bound, at): Sample => {
    below += buckets?.[at] ?? 0
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below }
  })
  samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count })
  samples.push({ metricName: `${name}_sum`, labels, value })
  samples.push({ metricName: `${name}_count`, labels, value: count })
  return samples
}
