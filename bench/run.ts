/**
 * npm run bench [-- NAME…] [--data DIR] [--peers FILE] [--quick] [--json]
 *
 * Runs every bench (or those named) and prints what it measured, beside a reference of the same run: this says more
 * than absolute times, which change with the machine. A bench prints nothing itself.
 */
import { parseArgs } from 'node:util'
import type { BenchOptions, BenchRow } from './row.ts'

const benches: Readonly<
  Record<string, () => Promise<{ run(options: BenchOptions): Promise<readonly BenchRow[]> }>>
> = {
  classify: () => import('./classify.ts'),
  conversations: () => import('./conversations.ts'),
  learned: () => import('./learned.ts'),
  quality: () => import('./quality.ts'),
  decide: () => import('./decide.ts'),
  queue: () => import('./queue.ts'),
  balance: () => import('./balance.ts'),
  wire: () => import('./wire.ts'),
  translate: () => import('./translate.ts'),
  adapt: () => import('./adapt.ts'),
  observe: () => import('./observe.ts'),
  gateway: () => import('./gateway.ts'),
  start: () => import('./start.ts'),
  home: () => import('./home.ts'),
  switching: () => import('./switching.ts'),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    peers: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const unknown = positionals.filter((name) => !(name in benches))
if (unknown.length > 0) {
  console.error(`no bench is named ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}

const options: BenchOptions = {
  quick: values.quick,
  ...(values.data !== undefined && { data: values.data }),
  ...(values.peers !== undefined && { peers: values.peers }),
}
const results: Record<string, readonly BenchRow[]> = {}
for (const [name, load] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const rows = await (await load()).run(options)
  results[name] = rows
  if (!values.json) print(name, rows)
}
if (values.json) console.log(JSON.stringify(results, null, 1))

function print(name: string, rows: readonly BenchRow[]): void {
  console.log(`\n${name}`)
  for (const row of rows) {
    if (row.skipped !== undefined) {
      console.log(`  ${row.name.padEnd(44)} skipped: ${row.skipped}`)
      continue
    }
    const ours = `${figure(row.ours)} ${row.unit}`.padStart(18)
    const reference = row.reference ? `${row.reference.name}: ${figure(row.reference.value)}` : ''
    const ratio = row.reference ? `×${figure(row.ours / row.reference.value)}` : ''
    console.log(
      `  ${row.name.padEnd(44)}${ours}   ${ratio.padStart(9)}   ${reference.padEnd(40)} ${row.target ?? ''}`.trimEnd(),
    )
    if (row.also !== undefined) console.log(`    ${row.also}`)
  }
}

function figure(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en')
  return value >= 10 ? value.toFixed(1) : value.toPrecision(2)
}
