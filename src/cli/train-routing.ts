import { apgrOf } from '../classify/evaluate/routing-metrics.ts'
import { learnedModel, type RoutingModel } from '../classify/learned/learned-model.ts'
import { trainRouting } from '../classify/train/train-routing.ts'
import { systemClock } from '../core/clock.ts'
import { writeModel } from './model-files.ts'
import { readRoutingRows, type TierOptions, tiersOf } from './rows-of-routing.ts'
import { sampleRows, seedOf } from './rows.ts'
import { facts, printJson, progress } from './terminal.ts'
import type { TrainFileOptions } from './train.ts'

/** `signalbox train routing`. */
export async function trainRoutingFiles(
  files: readonly string[],
  options: TrainFileOptions & TierOptions,
): Promise<void> {
  const startMs = systemClock.now()
  const read = await readRoutingRows(files, options, tiersOf(options))
  const rows = sampleRows(read.rows, options, () => '')
  let bar: ReturnType<typeof progress> | undefined
  const model = trainRouting(rows, read.names, {
    seed: seedOf(options.seed),
    onStep(done, total) {
      bar ??= progress('training', total)
      bar.step(done)
    },
  })
  bar?.end()
  const bytes = writeModel(options.out, model)
  const learned = learnedModel(model) as RoutingModel
  const report = {
    rows: rows.length,
    ...(read.incomplete > 0 ? { incompleteRows: read.incomplete } : {}),
    seconds: Math.round(systemClock.now() - startMs) / 1_000,
    bytes,
    trainApgr: apgrOf(
      rows.map((row) => ({ outcomes: row.outcomes, score: learned.route(row.prompt).score })),
    ),
    tiers: read.names,
    ...model.card.metrics,
  }
  if (options.json) printJson(report)
  else
    process.stdout.write(
      `${facts([
        ['model', `${options.out}, ${Math.ceil(bytes / 1_000)} kB`],
        ['tiers', read.names.join(', ')],
        [
          'rows',
          read.incomplete > 0
            ? `${report.rows}; ${read.incomplete} lack an outcome and were passed over`
            : String(report.rows),
        ],
        [
          'training',
          report.trainApgr === null
            ? 'the strongest is no better than the weakest'
            : `APGR ${report.trainApgr.toFixed(3)} on its own rows`,
        ],
        ['took', `${report.seconds.toFixed(1)} s`],
      ])}\n`,
    )
}
