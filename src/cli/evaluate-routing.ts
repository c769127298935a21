import {
  askRouter,
  askSplits,
  type AskedRows,
  answerOf,
  baselines,
  drawnEvaluation,
  pooledEvaluation,
  type Router,
  type RoutingEvaluation,
} from '../classify/evaluate/evaluate-routing.ts'
import {
  thresholdForQuality,
  thresholdForStrong,
  thresholdTable,
  type ThresholdRow,
} from '../classify/evaluate/threshold-table.ts'
import { type TierCurve, tierCurve } from '../classify/evaluate/tiers.ts'
import { systemClock } from '../core/clock.ts'
import type { EvaluateFileOptions } from './evaluate.ts'
import { planOf, splitsOf } from './evaluate-plan.ts'
import { Failure, wrongUsage } from './failure.ts'
import { readModel } from './model-files.ts'
import { describeRouting } from './routing-report.ts'
import {
  readRoutingRows,
  type RoutingRows,
  type TierOptions,
  type Tiers,
  tiersOf,
} from './rows-of-routing.ts'
import { sampleRows, seedOf } from './rows.ts'
import { printJson, progress } from './terminal.ts'

export interface EvaluateRoutingOptions extends EvaluateFileOptions, TierOptions {
  readonly targetStrong?: string
  readonly targetQuality?: string
}

export interface RoutingReport extends RoutingEvaluation {
  readonly thresholds: readonly ThresholdRow[]
  /** What --target-strong or --target-quality asked for. */
  readonly target?: ThresholdRow
  /** Where every tier has a price. */
  readonly tiers?: TierCurve
  readonly incompleteRows?: number
}

/** `signalbox evaluate routing`. */
export async function evaluateRoutingFiles(
  files: readonly string[],
  options: EvaluateRoutingOptions,
): Promise<void> {
  const plan = planOf(options)
  const tiers = tiersOf(options)
  const pick = targetOf(options)
  const read = await readRoutingRows(files, options, tiers)
  const rows = sampleRows(read.rows, options, () => '')
  const seed = seedOf(options.seed)
  const parts =
    plan.kind === 'model'
      ? [askRouter(rows, routerOf(plan.file, read, tiers), { clock: systemClock })]
      : askTrained({ ...read, rows }, plan, options)
  const scored = parts.flatMap(({ asked }) => asked.map(answerOf))
  const report: RoutingReport = {
    ...(plan.kind === 'draws' ? drawnEvaluation(parts, seed) : pooledEvaluation(parts, seed)),
    thresholds: thresholdTable(scored),
    ...(pick === undefined ? {} : { target: pick(scored) }),
    ...curveOf(parts, tiers),
    ...(read.incomplete > 0 ? { incompleteRows: read.incomplete } : {}),
  }
  const { bins: _, ...printed } = report
  if (options.json) printJson(printed)
  else process.stdout.write(`${describeRouting(report, read.names, tiers?.prices)}\n`)
}

function targetOf({
  targetStrong,
  targetQuality,
}: EvaluateRoutingOptions): ((rows: Parameters<typeof thresholdTable>[0]) => ThresholdRow) | undefined {
  if (targetStrong !== undefined && targetQuality !== undefined)
    throw wrongUsage('either --target-strong or --target-quality')
  if (targetStrong !== undefined) {
    const share = shareOf('--target-strong', targetStrong)
    return (rows) => thresholdForStrong(rows, share)
  }
  if (targetQuality === undefined) return undefined
  const kept = shareOf('--target-quality', targetQuality)
  return (rows) => thresholdForQuality(rows, kept)
}

function shareOf(name: string, text: string): number {
  const share = text.trim() === '' ? Number.NaN : Number(text)
  if (share >= 0 && share <= 1) return share
  throw wrongUsage(`${name} must be a number from 0 to 1`)
}

function routerOf(file: string, read: RoutingRows, tiers: Tiers | undefined): Router {
  if (Object.hasOwn(baselines, file)) return baselines[file] as Router
  const model = readModel(file)
  if (model.kind !== 'routing')
    throw new Failure(1, 'invalid-config', `${file} is a classes model; see signalbox evaluate classes`)
  if (
    model.names.length !== read.names.length ||
    (tiers !== undefined && model.names.join('\n') !== read.names.join('\n'))
  )
    throw wrongUsage(`${file} knows the tiers ${model.names.join(', ')}; name the same ones`)
  return model
}

function askTrained(
  read: RoutingRows,
  plan: Parameters<typeof splitsOf>[0],
  options: EvaluateRoutingOptions,
): readonly AskedRows[] {
  const { rows, names } = read
  const groups = options.group === undefined ? undefined : rows.map(({ fold }) => fold ?? '')
  const splits = splitsOf(plan, { labels: rows.map(() => ''), groups }, options.seed)
  const bar = progress('training', splits.length)
  const parts = askSplits(rows, names, splits, {
    seed: seedOf(options.seed),
    clock: systemClock,
    onStep: (done) => bar.step(done),
  })
  bar.end()
  return parts
}

function curveOf(parts: readonly AskedRows[], tiers: Tiers | undefined): { readonly tiers?: TierCurve } {
  if (tiers?.prices === undefined) return {}
  const answers = parts.flatMap(({ asked }) =>
    asked.flatMap(({ row, outcomes }) =>
      outcomes === undefined ? [] : [{ outcomes: row.outcomes, said: outcomes }],
    ),
  )
  return answers.length === 0 ? {} : { tiers: tierCurve(answers, tiers.prices) }
}
