import type { Clock } from '../../core/clock.ts'
import { type ClassesModel, learnedModel } from '../learned/learned-model.ts'
import { type ClassRow, trainClasses } from '../train/train-classes.ts'
import { type ClassAnswer, type ClassMetrics, classMetrics } from './class-metrics.ts'
import type { Split } from './splits.ts'

export interface ClassTestRow extends ClassRow {
  readonly group: string | undefined
}

export interface ClassEvaluation extends ClassMetrics {
  /** Of the model; the mean where several were trained. */
  readonly threshold: number
  readonly microsPerMessage: number
}

export interface EvaluateOptions {
  readonly seed: number
  readonly clock: Clock
  readonly onStep?: (done: number, total: number) => void
}

/** Asks a trained model about every row. */
export function evaluateClassesModel(
  rows: readonly ClassTestRow[],
  model: ClassesModel,
  { clock }: { clock: Clock },
): ClassEvaluation {
  const { answers, micros } = ask(model, rows, clock)
  return { ...classMetrics(answers), threshold: model.threshold, microsPerMessage: micros / rows.length }
}

/** Trains once a split and asks about its test rows; all answers are pooled. */
export function evaluateClassesSplits(
  rows: readonly ClassTestRow[],
  splits: readonly Split[],
  { seed, clock, onStep }: EvaluateOptions,
): ClassEvaluation {
  const pooled: ClassAnswer[] = []
  const thresholds: number[] = []
  let micros = 0
  for (const [index, { train, test }] of splits.entries()) {
    const chosen = train.map((row) => rows[row] as ClassTestRow)
    const model = learnedModel(trainClasses(chosen, { seed }))
    if (model.kind !== 'classes') continue
    const asked = ask(
      model,
      test.map((row) => rows[row] as ClassTestRow),
      clock,
    )
    pooled.push(...asked.answers)
    thresholds.push(model.threshold)
    micros += asked.micros
    onStep?.(index + 1, splits.length)
  }
  const threshold = thresholds.reduce((sum, each) => sum + each, 0) / Math.max(1, thresholds.length)
  return { ...classMetrics(pooled), threshold, microsPerMessage: micros / Math.max(1, pooled.length) }
}

function ask(
  model: ClassesModel,
  rows: readonly ClassTestRow[],
  clock: Clock,
): { answers: readonly ClassAnswer[]; micros: number } {
  const startMs = clock.now()
  const said = rows.map(({ text }) => model.classify(text))
  const micros = (clock.now() - startMs) * 1_000
  return {
    answers: rows.map(({ label, group }, row) => ({
      label,
      group,
      said: said[row] as (typeof said)[number],
    })),
    micros,
  }
}
