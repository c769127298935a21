import {
  type ClassEvaluation,
  type ClassTestRow,
  evaluateClassesModel,
  evaluateClassesSplits,
} from '../classify/evaluate/evaluate-classes.ts'
import { systemClock } from '../core/clock.ts'
import type { EvaluateFileOptions } from './evaluate.ts'
import { planOf, splitsOf } from './evaluate-plan.ts'
import { Failure } from './failure.ts'
import { readModel } from './model-files.ts'
import { calibrationPicture } from './pictures.ts'
import { readClassRows, requireTwoLabels } from './rows-of-classes.ts'
import { sampleRows, seedOf } from './rows.ts'
import { facts, oneLine, percent, printJson, progress, table } from './terminal.ts'

/** `signalbox evaluate classes`. */
export async function evaluateClassesFiles(
  files: readonly string[],
  options: EvaluateFileOptions,
): Promise<void> {
  const plan = planOf(options)
  const rows = sampleRows(await readClassRows(files, options), options, ({ label }) => label)
  const found = plan.kind === 'model' ? ofModel(rows, plan.file) : ofSplits(rows, plan, options)
  // A template is a way to keep rows together; hardly anyone wants to read thousands of them.
  const evaluation = options.group === 'template' ? { ...found, byGroup: {} } : found
  const { bins: _, ...report } = evaluation
  if (options.json) printJson(report)
  else process.stdout.write(`${describe(evaluation)}\n`)
}

function ofModel(rows: readonly ClassTestRow[], file: string): ClassEvaluation {
  const model = readModel(file)
  if (model.kind !== 'classes')
    throw new Failure(1, 'invalid-config', `${file} is a routing model; see signalbox evaluate routing`)
  return evaluateClassesModel(rows, model, { clock: systemClock })
}

function ofSplits(
  rows: readonly ClassTestRow[],
  plan: Parameters<typeof splitsOf>[0],
  options: EvaluateFileOptions,
): ClassEvaluation {
  requireTwoLabels(rows)
  const keys = {
    labels: rows.map(({ label }) => label),
    groups: options.group === undefined ? undefined : rows.map(({ group }) => group ?? ''),
  }
  const splits = splitsOf(plan, keys, options.seed)
  for (const { train } of splits) requireTwoLabels(train.map((row) => rows[row] as ClassTestRow))
  const bar = progress('training', splits.length)
  const evaluation = evaluateClassesSplits(rows, splits, {
    seed: seedOf(options.seed),
    clock: systemClock,
    onStep: (done) => bar.step(done),
  })
  bar.end()
  return evaluation
}

const GROUPS_SHOWN = 40

function describe(evaluation: ClassEvaluation): string {
  const { outOfScopeRecall, threshold, byGroup, confusions } = evaluation
  const summary = facts([
    ['rows', `${evaluation.rows}, ${evaluation.inScopeRows} in scope`],
    ['accuracy', percent(evaluation.accuracy)],
    ['macro F1', evaluation.macroF1.toFixed(3)],
    ...(threshold > 0
      ? [['at threshold', `${percent(evaluation.accuracyAtThreshold)} (${threshold.toFixed(3)})`] as const]
      : []),
    ...(outOfScopeRecall === null
      ? []
      : [['out of scope', `${percent(outOfScopeRecall)} turned away`] as const]),
    ['calibration', `${evaluation.ece.toFixed(3)} apart on average`],
    ['took', `${evaluation.microsPerMessage.toFixed(1)} µs a message`],
  ])
  const groups = Object.entries(byGroup).slice(0, GROUPS_SHOWN)
  const groupTable = table(
    [{ title: 'group' }, { title: 'rows', align: 'right' }, { title: 'accuracy', align: 'right' }],
    groups.map(([name, { rows, accuracy }]) => [oneLine(name, 40), String(rows), percent(accuracy)]),
  )
  const confusionTable = table(
    [{ title: 'is' }, { title: 'was taken for' }, { title: 'rows', align: 'right' }],
    confusions.map(({ label, said, rows }) => [oneLine(label, 40), oneLine(said, 40), String(rows)]),
  )
  return [
    summary,
    calibrationPicture(evaluation.bins),
    ...(groups.length > 0 ? [groupTable] : []),
    ...(confusions.length > 0 ? [confusionTable] : []),
  ].join('\n\n')
}
