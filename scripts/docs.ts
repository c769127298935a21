/**
 * Writes the reference pages that come from the code: `npm run docs`. test/docs.test.ts compares what is committed with
 * what this would write.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configJsonSchema } from '../src/config/schema-json.ts'
import { type ErrorDomain, errorTable } from '../src/core/errors.ts'
import { metricTable } from '../src/observe/metric-table.ts'
import { seriesMax } from '../src/observe/series.ts'
import { modelsPage } from './models-page.ts'
import { protocolsPage } from './protocols-page.ts'

/** The text of each generated page, by its path in the repository. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    'docs/errors.md': errorsPage(),
    'docs/metrics.md': metricsPage(),
    'docs/models.md': modelsPage(generated),
    'docs/protocols.md': protocolsPage(generated),
    'docs/configuration.md': configurationPage(),
  }
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

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly const?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

function configurationPage(): string {
  const rows = keyRows('', configJsonSchema())
  return `# Configuration

${generated}

\`signalbox.yaml\` and the object that \`createEngine\` takes are the same. Every key is optional; an unknown one is an error that
names the nearest. \`serve\` reads \`--config FILE\`, else \`./signalbox.yaml\`, else starts a fleet by itself: simulated workers, or the
vendors whose keys stand in \`ANTHROPIC_API_KEY\` and \`OPENAI_API_KEY\`. \`signalbox config schema\` prints the JSON Schema for editors.

In any string, \`\${NAME}\` is the environment variable and \`\${file:/path}\` the content of the file. \`NAME\` below stands for a name of
yours, \`[]\` for each entry of a list.

\`\`\`yaml
pools:
  opus: { workers: [{ kind: anthropic, model: claude-opus-5-5, apiKey: "\${ANTHROPIC_API_KEY}", capacity: 8 }] }
  haiku: { workers: [{ kind: anthropic, model: claude-haiku-5-5, apiKey: "\${ANTHROPIC_API_KEY}", capacity: 16 }] }
  local: { workers: [{ kind: openai, dialect: vllm, baseUrl: "http://127.0.0.1:8000/v1", model: my-model, capacity: 32 }] }
routes: { strategic: [opus], tactical: [local, opus], simple: [haiku, local] }
\`\`\`

| key | takes | default | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

/** One row a key, depth first; the branches of a union stand after each other, told apart by their \`kind\`. */
function keyRows(path: string, schema: Schema): readonly string[] {
  const own = path === '' || schema.description === undefined ? [] : [keyRow(path, schema)]
  const inner = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    value.const === undefined ? keyRows(path === '' ? key : `${path}.${key}`, value) : [],
  )
  const named =
    typeof schema.additionalProperties === 'object'
      ? keyRows(`${path}.NAME`, schema.additionalProperties)
      : []
  const listed = schema.items ? keyRows(`${path}[]`, schema.items) : []
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap((branch) => {
    const kind = branch.properties?.['kind']?.const
    return keyRows(kind === undefined ? path : `${path} (${kind})`, branch)
  })
  return [...new Set([...own, ...inner, ...named, ...listed, ...branches])]
}

function keyRow(path: string, schema: Schema): string {
  const simple = schema.default !== undefined && typeof schema.default !== 'object'
  const standard = simple || Array.isArray(schema.default) ? `\`${JSON.stringify(schema.default)}\`` : ''
  return `| \`${path}\` | ${cell(takes(schema))} | ${cell(standard)} | ${cell(schema.description ?? '')} |`
}

function takes(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  const branches = schema.anyOf ?? schema.oneOf
  if (branches) return [...new Set(branches.map(takes))].join(' or ')
  if (schema.items) return 'a list'
  if (schema.properties || schema.additionalProperties) return 'keys'
  const { minimum, maximum, type } = schema
  if (minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER)
    return `${type === 'integer' ? 'a whole number' : 'a number'}, ${minimum} to ${maximum}`
  return (
    { string: 'text', boolean: 'true or false', integer: 'a whole number', number: 'a number' }[
      String(type)
    ] ?? ''
  )
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

if (import.meta.main) {
  for (const [path, text] of Object.entries(generatedPages()))
    writeFileSync(join(import.meta.dirname, '..', path), text)
}
