import { Command, Option } from 'commander'
import { createClassifier } from '../classify/cascade.ts'
import type { Classifier } from '../classify/classifier.ts'
import { loadPacks } from '../classify/load-packs.ts'
import { defaults } from '../config/defaults.ts'
import { systemClock } from '../core/clock.ts'
import type { Classification } from '../core/decision.ts'
import type { Context } from '../core/message.ts'
import { configFile } from './config-file.ts'
import { notInThisVersion, wrongUsage } from './failure.ts'
import { facts, oneLine, paint, printJson, table } from './terminal.ts'
import { textArgument } from './text-argument.ts'

/**
 * `signalbox classify`: the class of a text, of piped text, or of each line of a file. Loads the classifier alone;
 * the configuration, which takes longer to load, only where there is one.
 */
export interface ClassifyOptions {
  readonly pack?: readonly string[]
  readonly model?: string
  readonly context?: string
  readonly batch?: string
  readonly config?: string
  readonly json?: true
}

export function classifyCommand(): Command {
  return new Command('classify')
    .description('Tells the class of a text, and why. Without TEXT it reads what is piped in.')
    .argument('[text]', 'what a person wrote')
    .option('--pack <pack>', 'pattern pack: a bundled name or a .yaml file (repeatable)', collect)
    .option('--context <json>', 'what the caller knows, as a JSON object')
    .option('--batch <file>', 'classify each line {"text", "context"?} of a .jsonl file; - is piped text')
    .option('--config <file>', 'take packs and fallback from this configuration')
    .option('--json', 'print JSON')
    .addOption(new Option('--model <file>').hideHelp())
    .action(classify)
}

function collect(pack: string, packs: readonly string[] = []): readonly string[] {
  return [...packs, pack]
}

async function classify(text: string | undefined, options: ClassifyOptions): Promise<void> {
  if (options.model !== undefined) throw notInThisVersion("'--model'")
  if (options.batch !== undefined) {
    if (text !== undefined) throw wrongUsage('classify takes either a text or --batch, not both')
    if (options.context !== undefined) throw wrongUsage('with --batch, each line has a context of its own')
    const { classifyLines } = await import('./batch.ts')
    const allGood = await classifyLines(options.batch, await classifierFor(options))
    if (!allGood) process.exitCode = 1
    return
  }
  const context = contextOf(options.context)
  const given = await textArgument('classify', text)
  const classifier = await classifierFor(options)
  const classification = classifier.classify({ text: given, ...(context === undefined ? {} : { context }) })
  if (options.json) printJson(classification)
  else process.stdout.write(`${describe(classification)}\n`)
}

/** Packs of the command line, else of the configuration where there is one, else the default ones. */
async function classifierFor(options: ClassifyOptions): Promise<Classifier> {
  const { packs, fallback } = await settings(options)
  return createClassifier({
    packs: loadPacks(packs),
    fallback,
    cache: { entries: 0, ttlMs: 0 },
    clock: systemClock,
  })
}

async function settings({
  pack,
  config,
}: ClassifyOptions): Promise<{ packs: readonly string[]; fallback: string }> {
  const { packs, fallback } = defaults.classify
  const file = pack === undefined ? configFile(config) : config
  if (file === undefined) return { packs: pack ?? packs, fallback }
  const { requireConfig } = await import('./configuration.ts')
  const configured = requireConfig(file).config.classify
  return { packs: pack ?? configured.packs, fallback: configured.fallback }
}

function contextOf(json: string | undefined): Context | undefined {
  if (json === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw wrongUsage('--context is not valid JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongUsage('--context must be a JSON object')
  // Any JSON object is a context.
  return value as Context
}

export function describe({ class: name, confidence, source, reasons, micros }: Classification): string {
  const summary = facts([
    ['class', paint('bold', name)],
    ['confidence', confidence.toFixed(2)],
    ['source', source],
    ['took', `${micros} µs`],
  ])
  const rows = reasons.map(({ signal, detail, weight }) => [
    oneLine(signal, 40),
    oneLine(detail, 80),
    String(weight),
  ])
  const columns = [{ title: 'signal' }, { title: 'detail' }, { title: 'weight', align: 'right' }] as const
  return rows.length === 0 ? summary : `${summary}\n\n${table(columns, rows)}`
}
