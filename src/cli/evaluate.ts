import { Command } from 'commander'
import type { EvaluateRoutingOptions } from './evaluate-routing.ts'
import { collect, withTiers } from './train.ts'

/** `signalbox evaluate`: how good a model is, on rows that it has not seen. */
export interface EvaluateFileOptions {
  readonly model?: string
  readonly folds?: string
  readonly group?: string
  readonly draw?: string
  readonly draws?: string
  readonly where?: readonly string[]
  readonly rows?: string
  readonly seed?: string
  readonly json?: true
}

export function evaluateCommand(): Command {
  const classes = withSplits(new Command('classes'))
    .summary('of classes: lines {"text", "label"}')
    .description('Measures a classes model, or trains and measures on parts of the rows in turn.')
    .action(async (files: readonly string[], options: EvaluateFileOptions) =>
      (await import('./evaluate-classes.ts')).evaluateClassesFiles(files, options),
    )
  const routing = withTiers(withSplits(new Command('routing')))
    .summary('of routing: lines {"prompt", "weak", "strong"}')
    .description(
      'Measures a routing model (or the baselines "length" and "none"), or trains and measures on parts of the rows in turn.',
    )
    .option('--target-strong <share>', 'the threshold that sends this share to the strongest, 0 to 1')
    .option(
      '--target-quality <share>',
      'the threshold that keeps this part of the quality of the strongest, 0 to 1',
    )
    .action(async (files: readonly string[], options: EvaluateRoutingOptions) =>
      (await import('./evaluate-routing.ts')).evaluateRoutingFiles(files, options),
    )
  return new Command('evaluate')
    .description('Measures how good a model is, on rows that it has not seen.')
    .addCommand(classes)
    .addCommand(routing)
}

function withSplits(command: Command): Command {
  return command
    .argument('<files...>', '.jsonl or .jsonl.gz files')
    .option('--model <file>', 'the model to measure')
    .option('--folds <k>', 'train K times, each time without one part; all: a part for each group')
    .option('--group <field>', 'keep rows together that share this field, or "template": the first six words')
    .option('--draw <n>', 'train on N rows drawn by chance, measure on the others')
    .option('--draws <d>', 'draw so many times', '1')
    .option(
      '--where <field=values>',
      'only rows whose field has one of the values, comma apart (repeatable)',
      collect,
    )
    .option('--rows <n>', 'only so many rows, the same share of every label')
    .option('--seed <s>', 'for all that is drawn by chance', '1')
    .option('--json', 'print JSON')
}
