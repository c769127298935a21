import { Command } from 'commander'
import { describeProblems } from '../config/problems.ts'
import type { Config } from '../config/schema.ts'
import { realSystem } from '../core/system.ts'
import { type Check, failing, well } from './checks/check.ts'
import { modelsCheck, packsCheck, routeChecks, workerChecks } from './checks/fleet.ts'
import { learnedCheck } from './checks/learned.ts'
import { bindingCheck, nodeCheck, portCheck, storeCheck } from './checks/machine.ts'
import { packProblems, readConfig } from './configuration.ts'
import { portOption } from './options.ts'
import { oneLine, paint, printJson } from './terminal.ts'

/** `signalbox doctor`: looks at everything that `serve` will need, and says how to mend what fails. */
interface DoctorOptions {
  readonly config?: string
  readonly claudeCode?: true
  readonly json?: true
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Checks the configuration and everything that it needs: Node, port, state file, workers, routes.',
    )
    .option('--config <file>', 'the configuration')
    .option('--json', 'print JSON')
    .option('--claude-code', 'also what Claude Code will find here')
    .action(doctor)
}

/** The server is loaded only where it is asked for: it takes a while. */
async function claudeCodeChecks(config: Config): Promise<readonly Check[]> {
  const checks = await import('./checks/claude-code.ts')
  return checks.claudeCodeChecks(config, realSystem())
}

async function doctor(options: DoctorOptions): Promise<void> {
  const checks = await allChecks(options)
  const ok = checks.every((check) => check.ok)
  if (options.json)
    printJson({ ok, checks: checks.map(({ name, ok, detail, mend }) => ({ name, ok, detail, mend })) })
  else process.stdout.write(`${checks.map(describe).join('\n')}\n`)
  if (!ok) process.exitCode = 1
}

async function allChecks(options: DoctorOptions): Promise<readonly Check[]> {
  const node = nodeCheck(process.versions.node)
  const loaded = readConfig(options.config)
  if (loaded.kind === 'invalid') {
    const lines = describeProblems(loaded.problems)
    return [node, failing('configuration', lines.join('\n'), 'correct what is named, then run doctor again')]
  }
  const { config, file } = loaded
  const { host } = config.server
  const place = { host, port: portOption(undefined, process.env) ?? config.server.port }
  const port = await portCheck(place)
  const workers = await workerChecks(config, realSystem())
  return [
    node,
    well('configuration', file ?? 'no signalbox.yaml: the preset'),
    bindingCheck(config, host),
    port,
    storeCheck(config.store, port.running),
    packsCheck(config, packProblems(loaded)),
    modelsCheck(config),
    await learnedCheck(config, realSystem(), port.running && place),
    ...workers,
    ...routeChecks(config, workers),
    ...(options.claudeCode ? await claudeCodeChecks(config) : []),
  ]
}

function describe({ name, ok, detail, mend }: Check): string {
  const mark = ok ? paint('green', '✓') : paint('red', '✗')
  const lines = detail.split('\n').map((line) => oneLine(line, 300))
  const mending = mend === null ? [] : [`  ${paint('yellow', '→')} ${mend}`]
  return [`${mark} ${name}: ${lines.join('\n    ')}`, ...mending].join('\n')
}
