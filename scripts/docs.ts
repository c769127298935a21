/**
 * Writes the reference pages that come from the code: `npm run docs`. test/docs.test.ts compares what is committed with
 * what this would write.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ErrorDomain, errorTable } from '../src/core/errors.ts'
import { metricTable } from '../src/observe/metric-table.ts'
import { seriesMax } from '../src/observe/series.ts'

/** The text of each generated page, by its path in the repository. */
export function generatedPages(): Readonly<Record<string, string>> {
  return { 'docs/errors.md': errorsPage(), 'docs/metrics.md': metricsPage() }
}

const generated =
  '<!-- Written by scripts/docs.ts: change the table in the code, then run `npm run docs`. -->'

const domains: Readonly<Record<ErrorDomain, string>> = {
  caller: 'The request has to change before it can succeed.',
  capacity: 'Signalbox is busy, or has nobody who could answer now. The same request may succeed later.',
  worker: 'The worker, or the provider behind it, failed.',
  operator: 'Something in the configuration or on the machine has to be put right.',
  internal: 'A bug of ours.',
}

function errorsPage(): string {
  const sections = Object.entries(domains).map(([domain, meaning]) => {
    const rows = Object.entries(errorTable)
      .filter(([, row]) => row.domain === domain)
      .map(
        ([code, row]) =>
          `| \`${code}\` | ${row.httpStatus} | ${row.retryable ? 'yes' : 'no'} | ${cell(row.hint)} |`,
      )
    return [
      `## ${domain}`,
      '',
      meaning,
      '',
      '| code | HTTP status | may the same request succeed later? | what to do |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n')
  })
  return `# Errors

${generated}

Every error that Signalbox makes has one of these codes. The library rejects with a \`SignalboxError\` whose \`code\` it is; the
control plane answers \`application/problem+json\` with the member \`code\`; the LLM endpoints answer in the protocol's own
envelope with the HTTP status given here. Decisions, metrics and events use the code as \`outcome\`. Decide on the code: the
sentence beside it is for people and may change. An error of an upstream on a route of the same protocol passes as it came.

${sections.join('\n')}`
}

function metricsPage(): string {
  const rows = Object.entries(metricTable).map(
    ([name, { type, help, labels }]) => `| \`${name}\` | ${type} | ${labels.join(', ')} | ${cell(help)} |`,
  )
  const histograms = Object.entries(metricTable).flatMap(([name, row]) =>
    'bounds' in row && row.bounds ? [`- \`${name}\`: ${row.bounds.join(', ')}`] : [],
  )
  return `# Metrics

${generated}

\`GET /metrics\` answers in the text format of Prometheus. Every label takes its values from a closed set: names of the
configuration, codes of [errors](errors.md), and the words listed in the [glossary](glossary.md). Anything else is \`other\`; a
message that never had a worker has the pool and model \`none\`. A metric has at most ${seriesMax} series.

| metric | type | labels | what it tells |
| --- | --- | --- | --- |
${rows.join('\n')}

## Bounds of the histograms

In seconds.

${histograms.join('\n')}

## Questions and their queries

- Which share of messages fails? \`sum(rate(signalbox_messages_total{outcome!="ok"}[5m])) / sum(rate(signalbox_messages_total[5m]))\`
- How long do answers take, 99 of 100? \`histogram_quantile(0.99, sum by (le, class) (rate(signalbox_message_duration_seconds_bucket[5m])))\`
- Is the fleet too small? \`sum by (pool) (signalbox_worker_in_flight) / sum by (pool) (signalbox_worker_slots)\`, and \`signalbox_queue_oldest_seconds\`
- Which workers are not well? \`signalbox_worker_state > 0 or signalbox_breaker_state > 0\`
- What does it cost an hour? \`sum by (pool, model) (increase(signalbox_cost_usd_total[1h]))\`
`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedPages()))
    writeFileSync(join(import.meta.dirname, '..', path), text)
}
