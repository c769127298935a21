import { Command } from 'commander'
import { composeEngine } from '../compose.ts'
import type { Choice } from '../core/decision.ts'
import { realSystem } from '../core/system.ts'
import { requireConfig } from './configuration.ts'
import { facts, oneLine, paint, printJson, table } from './terminal.ts'
import { textArgument } from './text-argument.ts'

/** `signalbox route`: a dry run of one message. Nothing is sent, listened on or written. */
interface RouteOptions {
  readonly config?: string
  readonly json?: true
}

export function routeCommand(): Command {
  return new Command('route')
    .description(
      'Tells where a text would go, and why. Nothing is sent. Without TEXT it reads what is piped in.',
    )
    .argument('[text]', 'what a person wrote')
    .option('--config <file>', 'the configuration')
    .option('--json', 'print JSON')
    .action(route)
}

async function route(text: string | undefined, options: RouteOptions): Promise<void> {
  const content = await textArgument('route', text)
  const { config } = requireConfig(options.config)
  const engine = composeEngine(config, realSystem())
  try {
    const choice = engine.decide({ content })
    if (options.json) printJson(choice)
    else process.stdout.write(`${describe(choice)}\n`)
  } finally {
    await engine.close(0)
  }
}

function describe({ decision, alternatives }: Choice): string {
  const summary = facts([
    ['class', `${paint('bold', decision.class)} (${decision.source}, ${decision.confidence.toFixed(2)})`],
    ['route', decision.route ?? '–'],
    ['pool', decision.pool ?? 'none can answer now'],
    ['worker', decision.worker === null ? '–' : paint('bold', decision.worker)],
    ['model', decision.model ?? '–'],
  ])
  const reasons = table(
    [{ title: 'signal' }, { title: 'detail' }, { title: 'weight', align: 'right' }],
    decision.reasons.map(({ signal, detail, weight }) => [
      oneLine(signal, 40),
      oneLine(detail, 80),
      String(weight),
    ]),
  )
  const others = table(
    [{ title: 'worker' }, { title: 'score', align: 'right' }, { title: 'why' }],
    alternatives.map(({ worker, score, why }) => [worker, score.toFixed(3), oneLine(why, 80)]),
  )
  return [summary, reasons, ...(alternatives.length > 0 ? [others] : [])].join('\n\n')
}
