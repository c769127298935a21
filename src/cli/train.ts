import { Command } from 'commander'
import type { TierOptions } from './rows-of-routing.ts'

/** `signalbox train`: a model from one's own examples. */
export function trainCommand(): Command {
  const train = new Command('train').description('Trains a model on your own examples.')
  const classes = withRows(new Command('classes'))
    .summary('what a message is: lines {"text", "label"}')
    .description('Learns classes from lines {"text", "label"}; "oos" labels what belongs to none.')
    .action(async (files: readonly string[], options: TrainFileOptions) =>
      (await import('./train-classes.ts')).trainClassesFiles(files, options),
    )
  const routing = withTiers(withRows(new Command('routing')))
    .summary('which tier is worth its price: lines {"prompt", "weak", "strong"}')
    .description(
      'Learns how well each tier answers, from lines {"prompt", "weak": 0–1, "strong": 0–1} or {"prompt", "outcomes": {"model": 0–1}}.',
    )
    .action(async (files: readonly string[], options: TrainFileOptions & TierOptions) =>
      (await import('./train-routing.ts')).trainRoutingFiles(files, options),
    )
  return train.addCommand(classes).addCommand(routing)
}

export interface TrainFileOptions {
  readonly out: string
  readonly where?: readonly string[]
  readonly rows?: string
  readonly seed?: string
  readonly json?: true
}

/** Shared with `evaluate`. */
export function withTiers(command: Command): Command {
  return command
    .option('--weak <model>', 'the weaker model, as the outcomes name it')
    .option('--strong <model>', 'the stronger one')
    .option(
      '--tier <name=price>',
      'instead: a tier, the weakest first, its price beside it (repeatable)',
      collect,
    )
}

function withRows(command: Command): Command {
  return command
    .argument('<files...>', '.jsonl or .jsonl.gz files')
    .requiredOption('--out <model>', 'where the model goes')
    .option(
      '--where <field=values>',
      'only rows whose field has one of the values, comma apart (repeatable)',
      collect,
    )
    .option('--rows <n>', 'only so many rows, the same share of every label')
    .option('--seed <s>', 'for all that is drawn by chance', '1')
    .option('--json', 'print JSON')
}

export function collect(each: string, before: readonly string[] = []): readonly string[] {
  return [...before, each]
}
