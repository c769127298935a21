import { learnedModel } from '../classify/learned/learned-model.ts'
import { OUT_OF_SCOPE } from '../classify/learned/model.ts'
import { trainClasses } from '../classify/train/train-classes.ts'
import { systemClock } from '../core/clock.ts'
import { writeModel } from './model-files.ts'
import { readClassRows, requireTwoLabels } from './rows-of-classes.ts'
import { sampleRows, seedOf } from './rows.ts'
import { facts, percent, printJson, progress } from './terminal.ts'
import type { TrainFileOptions } from './train.ts'

/** `signalbox train classes`. */
export async function trainClassesFiles(files: readonly string[], options: TrainFileOptions): Promise<void> {
  const startMs = systemClock.now()
  const rows = sampleRows(await readClassRows(files, options), options, ({ label }) => label)
  requireTwoLabels(rows)
  let bar: ReturnType<typeof progress> | undefined
  const model = trainClasses(rows, {
    seed: seedOf(options.seed),
    onStep(done, total) {
      bar ??= progress('training', total)
      bar.step(done)
    },
  })
  bar?.end()
  const bytes = writeModel(options.out, model)
  const learned = learnedModel(model)
  const inScope = rows.filter(({ label }) => label !== OUT_OF_SCOPE)
  const right = inScope.filter(
    ({ text, label }) => learned.kind === 'classes' && learned.classify(text).class === label,
  )
  const report = {
    rows: rows.length,
    seconds: Math.round(systemClock.now() - startMs) / 1_000,
    bytes,
    trainAccuracy: right.length / inScope.length,
    classes: model.names.length,
    threshold: model.calibration.threshold,
    ...model.card.metrics,
  }
  if (options.json) printJson(report)
  else process.stdout.write(`${describe(options.out, report)}\n`)
}

function describe(
  out: string,
  report: {
    rows: number
    seconds: number
    bytes: number
    trainAccuracy: number
    classes: number
    threshold: number
    heldOutAccuracy?: number
  },
): string {
  const { heldOutAccuracy } = report
  return facts([
    ['model', `${out}, ${Math.ceil(report.bytes / 1_000)} kB`],
    ['classes', String(report.classes)],
    ['rows', String(report.rows)],
    ...(heldOutAccuracy === undefined ? [] : [['held-out', `${percent(heldOutAccuracy)} right`] as const]),
    ['training', `${percent(report.trainAccuracy)} right on its own rows`],
    ['threshold', report.threshold === 0 ? 'none: no rows are labelled oos' : report.threshold.toFixed(3)],
    ['took', `${report.seconds.toFixed(1)} s`],
  ])
}
