import { Command } from 'commander'
import { createClassifier } from '../classify/cascade.ts'
import type { Classifiable, Classifier } from '../classify/classifier.ts'
import type { ClassesModel, RoutingModel } from '../classify/learned/learned-model.ts'
import { loadPacks } from '../classify/load-packs.ts'
import { defaults } from '../config/defaults.ts'
import { systemClock } from '../core/clock.ts'
import type { Classification } from '../core/decision.ts'
import type { Context } from '../core/message.ts'
import { configFile } from './config-file.ts'
import { wrongUsage } from './failure.ts'
import { facts, oneLine, paint, printJson, table } from './terminal.ts'
import { textArgument } from './text-argument.ts'

/**
 * `signalbox classify`: the class of a text, of piped text, or of each line of a file. Loads the classifier alone;
 * the configuration, which takes longer to load, only where there is one.
 */
export interface ClassifyOptions {
  readonly pack?: readonly string[]
  readonly model?: readonly string[]
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
    .option('--model <file>', 'a model that `train` wrote: of classes, or for routing (repeatable)', collect)
    .option('--context <json>', 'what the caller knows, as a JSON object')
    .option('--batch <file>', 'classify each line {"text", "context"?} of a .jsonl file; - is piped text')
    .option('--config <file>', 'take packs and fallback from this configuration')
    .option('--json', 'print JSON')
    .action(classify)
}

function collect(pack: string, packs: readonly string[] = []): readonly string[] {
  return [...packs, pack]
}

async function classify(text: string | undefined, options: ClassifyOptions): Promise<void> {
  if (options.batch !== undefined) {
    if (text !== undefined) throw wrongUsage('classify takes either a text or --batch, not both')
    if (options.context !== undefined) throw wrongUsage('with --batch, each line has a context of its own')
    const { classifyLines } = await import('./batch.ts')
    const allGood = await classifyLines(options.batch, (await understandingFor(options)).classify)
    if (!allGood) process.exitCode = 1
    return
  }
  const context = contextOf(options.context)
  const given = await textArgument('classify', text)
  const { classify: understand } = await understandingFor(options)
  const understood = understand({ text: given, ...(context === undefined ? {} : { context }) })
  if (options.json) printJson(understood)
  else process.stdout.write(`${describe(understood)}\n`)
}

/** With what a routing model says of the text, where one was given. */
export interface Understood extends Classification {
  /** 0–1: the higher, the more the stronger model is worth. */
  readonly score?: number
  /** P(the answer is good) by name, as they were given to `train`. */
  readonly outcomes?: Readonly<Record<string, number>>
}

interface Understanding {
  classify(message: Classifiable): Understood
}

async function understandingFor(options: ClassifyOptions): Promise<Understanding> {
  const models = await modelsOf(options.model ?? [])
  const classifier = await classifierFor(options, models.classes)
  const { routing } = models
  if (!routing) return classifier
  return {
    classify(message) {
      const { score, outcomes } = routing.route(message.text)
      const byName = Object.fromEntries(
        routing.names.map((name, index) => [name, rounded(outcomes[index] ?? 0)]),
      )
      return { ...classifier.classify(message), score: rounded(score), outcomes: byName }
    },
  }
}

interface Models {
  readonly classes?: ClassesModel
  readonly routing?: RoutingModel
}

/** At most one of each kind. Loaded only where one was asked for. */
async function modelsOf(files: readonly string[]): Promise<Models> {
  if (files.length === 0) return {}
  const { readModel } = await import('./model-files.ts')
  const models: { classes?: ClassesModel; routing?: RoutingModel } = {}
  for (const file of files) {
    const model = readModel(file)
    if (models[model.kind]) throw wrongUsage(`--model: ${file} is a second model ${kinds[model.kind]}`)
    if (model.kind === 'classes') models.classes = model
    else models.routing = model
  }
  return models
}

const kinds = { classes: 'of classes', routing: 'for routing' } as const

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000
}

/** Packs of the command line, else of the configuration where there is one, else the default ones. */
async function classifierFor(options: ClassifyOptions, model: ClassesModel | undefined): Promise<Classifier> {
  const { packs, fallback } = await settings(options)
  return createClassifier({
    packs: loadPacks(packs),
    fallback,
    cache: { entries: 0, ttlMs: 0 },
    clock: systemClock,
    model,
    explains: options.batch === undefined,
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

export function describe(understood: Understood): string {
  const { class: name, confidence, source, reasons, micros, score, outcomes } = understood
  const summary = facts([
    ['class', paint('bold', name)],
    ['confidence', confidence.toFixed(2)],
    ['source', source],
    ['took', `${micros} µs`],
    ...(score === undefined ? [] : [['score', score.toFixed(3)] as const]),
    ...Object.entries(outcomes ?? {}).map(
      ([model, good]) => [model, `${Math.round(good * 100)} % good`] as const,
    ),
  ])
  const rows = reasons.map(({ signal, detail, weight }) => [
    oneLine(signal, 40),
    oneLine(detail, 80),
    String(weight),
  ])
  const columns = [{ title: 'signal' }, { title: 'detail' }, { title: 'weight', align: 'right' }] as const
  return rows.length === 0 ? summary : `${summary}\n\n${table(columns, rows)}`
}
