/**
 * How good the learned models are on data that is not part of the repository: `--data DIR` has the folders `routing`
 * and `intent`. Every figure is what a command prints, which stands beneath it. With --quick only what takes seconds.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchOptions, BenchRow } from './row.ts'

const runFile = promisify(execFile)

/** What `evaluate … --json` prints, as far as it is read here. */
interface Report {
  readonly rows: number
  readonly accuracy: number
  readonly accuracyAtThreshold: number
  readonly outOfScopeRecall: number
  readonly apgr: number
  readonly apgrInterval: readonly [number, number]
  readonly cpt50: number
  readonly cpt80: number
  readonly ece: number
  readonly groupOracle: number | null
  readonly tiers: { readonly aboveHullMean: number; readonly aboveHullMax: number }
  readonly byGroup: Readonly<Record<string, { readonly rows: number; readonly accuracy: number }>>
}

interface RoutingMark {
  readonly name: string
  readonly args: readonly string[]
  readonly target?: string
  readonly slow?: true
}

const HAIKU = 'claude-3-haiku-20240307'
const MIDDLE = 'claude-3-5-haiku-20241022'
const SONNET = 'claude-3-5-sonnet-20241022'
const EARLIER = 'claude-3-5-sonnet-20240620'

const mmlu = 'routing/mmlu.jsonl.gz'
const gsm8k = 'routing/gsm8k.jsonl.gz'
const claude = 'routing/claude_tiers.jsonl.gz'

/** Marks by what a prototype reached; the length and nothing at all are what a model without labels has. */
const routingMarks: readonly RoutingMark[] = [
  {
    name: 'MMLU, templates apart',
    args: [mmlu, '--folds', '10', '--group', 'template'],
    target: '≥ 0.655',
    slow: true,
  },
  {
    name: 'MMLU, 1,500 labels',
    args: [mmlu, '--draw', '1500', '--draws', '10'],
    target: '≥ 0.63',
    slow: true,
  },
  {
    name: 'MMLU, subjects apart',
    args: [mmlu, '--folds', 'all', '--group', 'task'],
    target: '≥ 0.60',
    slow: true,
  },
  { name: 'MMLU, length alone', args: [mmlu, '--model', 'length'] },
  { name: 'MMLU, nothing', args: [mmlu, '--model', 'none'] },
  { name: 'GSM8K', args: [gsm8k, '--folds', '10'], target: '≥ 0.61' },
  { name: 'GSM8K, length alone', args: [gsm8k, '--model', 'length'] },
  {
    name: 'Haiku 3 → Sonnet 3.5',
    args: [claude, '--folds', '10', '--weak', HAIKU, '--strong', SONNET],
    target: '≥ 0.655',
  },
  {
    name: 'Haiku 3 → earlier Sonnet 3.5',
    args: [claude, '--folds', '10', '--weak', HAIKU, '--strong', EARLIER],
    target: '≥ 0.655',
  },
  {
    name: 'Haiku 3 → Sonnet 3.5, length alone',
    args: [claude, '--model', 'length', '--weak', HAIKU, '--strong', SONNET],
  },
]

export async function run({ data, quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const skip = (skipped: string): readonly BenchRow[] => [{ name: 'quality', ours: 0, unit: '', skipped }]
  if (data === undefined) return skip('needs --data DIR')
  if (!existsSync(join(data, mmlu))) return skip(`${join(data, mmlu)} is not there`)
  const rows: BenchRow[] = []
  for (const mark of routingMarks) if (!(quick && mark.slow)) rows.push(await routingRow(data, mark))
  rows.push(await tiersRow(data), ...(await languageRows(data)))
  if (!quick) rows.push(...(await intentRows(data)))
  return rows
}

async function routingRow(data: string, { name, args, target }: RoutingMark): Promise<BenchRow> {
  const report = await evaluate(data, 'routing', args)
  const { apgrInterval, cpt50, cpt80, ece, groupOracle } = report
  const [low, high] = apgrInterval
  const also = [
    `${report.apgr.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}], CPT50 ${cpt50.toFixed(1)} %, CPT80 ${cpt80.toFixed(1)} %`,
    ...(ece === null ? [] : [`ECE ${ece.toFixed(3)}`]),
    ...(groupOracle === null ? [] : [`the task alone, if its gain were known: ${groupOracle.toFixed(3)}`]),
    commandOf('evaluate', 'routing', args),
  ].join('; ')
  return { name, ours: report.apgr, unit: 'APGR', also, ...(target && { target }) }
}

async function tiersRow(data: string): Promise<BenchRow> {
  const args = [
    claude,
    '--folds',
    '10',
    '--tier',
    `${HAIKU}=1.25`,
    '--tier',
    `${MIDDLE}=4`,
    '--tier',
    `${SONNET}=15`,
  ]
  const { tiers } = await evaluate(data, 'routing', args)
  return {
    name: 'three tiers, above the hull',
    ours: tiers.aboveHullMean,
    unit: 'points',
    target: '> 0',
    also: `${tiers.aboveHullMax.toFixed(2)} at most; ${commandOf('evaluate', 'routing', args)}`,
  }
}

async function languageRows(data: string): Promise<readonly BenchRow[]> {
  const args = ['intent/tiers.jsonl.gz', '--folds', 'all', '--group', 'lang']
  const { byGroup } = await evaluate(data, 'classes', args)
  const european = ['es', 'pt', 'de', 'fr', 'ru'].flatMap((lang) => byGroup[lang] ?? [])
  const rows = european.reduce((sum, each) => sum + each.rows, 0)
  const right = european.reduce((sum, each) => sum + each.rows * each.accuracy, 0)
  const also = commandOf('evaluate', 'classes', args)
  return [
    { name: 'tiers, a European language apart', ours: right / rows, unit: 'right', target: '≥ 0.97', also },
    { name: 'tiers, zh apart', ours: byGroup['zh']?.accuracy ?? 0, unit: 'right', target: '≥ 0.60', also },
  ]
}

/** CLINC150: trained on its training rows, measured on those for validation. */
async function intentRows(data: string): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-quality-'))
  const file = 'intent/clinc150.jsonl.gz'
  const measure = ['--where', 'split=val,oos_val']
  try {
    const whole = [file, '--where', 'split=train,oos_train']
    const few = [file, '--where', 'split=train', '--rows', '1500']
    const model = join(folder, 'whole.model')
    const fewModel = join(folder, 'few.model')
    await signalbox(data, 'train', 'classes', [...whole, '--out', model])
    await signalbox(data, 'train', 'classes', [...few, '--out', fewModel])
    const report = await evaluate(data, 'classes', [file, ...measure, '--model', model])
    const fewReport = await evaluate(data, 'classes', [file, ...measure, '--model', fewModel])
    const also = commandOf('train', 'classes', whole)
    return [
      { name: 'CLINC150, in scope', ours: report.accuracy, unit: 'right', target: '≥ 0.92', also },
      {
        name: 'CLINC150, at the threshold',
        ours: report.accuracyAtThreshold,
        unit: 'right',
        target: '≥ 0.90',
        also,
      },
      {
        name: 'CLINC150, out of scope',
        ours: report.outOfScopeRecall,
        unit: 'turned away',
        target: '≥ 0.64',
        also,
      },
      {
        name: 'CLINC150, 10 examples a class',
        ours: fewReport.accuracy,
        unit: 'right',
        target: '≥ 0.72',
        also: commandOf('train', 'classes', few),
      },
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function evaluate(data: string, what: string, args: readonly string[]): Promise<Report> {
  return JSON.parse(await signalbox(data, 'evaluate', what, args))
}

async function signalbox(data: string, verb: string, what: string, args: readonly string[]): Promise<string> {
  const [file = '', ...rest] = args
  const { stdout } = await runFile('bin/signalbox', [verb, what, join(data, file), ...rest, '--json'])
  return stdout
}

function commandOf(verb: string, what: string, args: readonly string[]): string {
  return `signalbox ${verb} ${what} ${args.join(' ')}`
}
