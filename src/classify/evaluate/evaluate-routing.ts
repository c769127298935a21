import { learnedModel, type RoutingModel } from '../learned/learned-model.ts'
import { type RoutingRow, trainRouting } from '../train/train-routing.ts'
import type { EvaluateOptions } from './evaluate-classes.ts'
import { middle95 } from './gap.ts'
import { type RoutingAnswer, type RoutingMetrics, routingMetrics } from './routing-metrics.ts'
import type { Split } from './splits.ts'

export interface RoutingTestRow extends RoutingRow {
  /** Under which the row is reported; and with which others it stays together. */
  readonly group: string | undefined
  readonly fold: string | undefined
}

export interface RoutingEvaluation extends RoutingMetrics {
  readonly microsPerMessage: number
}

/** One row's answer, with P(good) of every tier. */
export interface Asked {
  readonly row: RoutingTestRow
  readonly score: number
  readonly outcomes: readonly number[] | undefined
}

export interface AskedRows {
  readonly asked: readonly Asked[]
  readonly micros: number
}

/** What says how much the strong is worth: a model, or a baseline that reads the prompt by itself. */
export type Router = RoutingModel | ((prompt: string) => number)

/** The length of the prompt alone, and nothing at all: what a model must beat. */
export const baselines: Readonly<Record<string, (prompt: string) => number>> = {
  length: (prompt) => 1 - 1 / (1 + prompt.length / 500),
  none: () => 0.5,
}

export function askRouter(
  rows: readonly RoutingTestRow[],
  router: Router,
  { clock }: Pick<EvaluateOptions, 'clock'>,
): AskedRows {
  const startMs = clock.now()
  const said = rows.map(({ prompt }) =>
    typeof router === 'function' ? { score: router(prompt), outcomes: undefined } : router.route(prompt),
  )
  const micros = (clock.now() - startMs) * 1_000
  return { asked: rows.map((row, index) => ({ row, ...(said[index] as (typeof said)[number]) })), micros }
}

/** Trains once a split and asks about its test rows; one list of answers a split. */
export function askSplits(
  rows: readonly RoutingTestRow[],
  names: readonly string[],
  splits: readonly Split[],
  options: EvaluateOptions,
): readonly AskedRows[] {
  return splits.map(({ train, test }, index) => {
    const model = learnedModel(
      trainRouting(
        train.map((row) => rows[row] as RoutingTestRow),
        names,
        { seed: options.seed },
      ),
    )
    const asked = askRouter(
      test.map((row) => rows[row] as RoutingTestRow),
      model as RoutingModel,
      options,
    )
    options.onStep?.(index + 1, splits.length)
    return asked
  })
}

/** All answers together. */
export function pooledEvaluation(parts: readonly AskedRows[], seed: number): RoutingEvaluation {
  const asked = parts.flatMap((part) => part.asked)
  const micros = parts.reduce((sum, part) => sum + part.micros, 0)
  return { ...routingMetrics(asked.map(answerOf), seed), microsPerMessage: micros / asked.length }
}

/** Each draw by itself: areas and calls are means over the draws, the interval is that of the draws. */
export function drawnEvaluation(
  parts: readonly AskedRows[],
  seed: number,
): RoutingEvaluation & { readonly draws: readonly number[] } {
  const each = parts.map((part) => routingMetrics(part.asked.map(answerOf), seed))
  const meanOf = (key: 'apgr' | 'apgrExact' | 'cpt20' | 'cpt50' | 'cpt80'): number | null => {
    const values = each.flatMap((metrics) => metrics[key] ?? [])
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
  }
  const areas = each.flatMap((metrics) => metrics.apgr ?? [])
  return {
    ...pooledEvaluation(parts, seed),
    rows: each[0]?.rows ?? 0,
    apgr: meanOf('apgr'),
    apgrExact: meanOf('apgrExact'),
    cpt20: meanOf('cpt20'),
    cpt50: meanOf('cpt50'),
    cpt80: meanOf('cpt80'),
    apgrInterval: areas.length === 0 ? null : middle95(areas),
    draws: areas,
  }
}

export function answerOf({ row, score, outcomes }: Asked): RoutingAnswer {
  const last = row.outcomes.length - 1
  return {
    weak: row.outcomes[0] as number,
    strong: row.outcomes[last] as number,
    group: row.group,
    score,
    said:
      outcomes === undefined ? undefined : { weak: outcomes[0] as number, strong: outcomes[last] as number },
  }
}
