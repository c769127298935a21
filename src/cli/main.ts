import { Command, CommanderError } from 'commander'
import { nearest } from '../core/nearest.ts'
import { SignalboxError } from '../core/errors.ts'
import { packageVersion } from '../core/version.ts'
import { Failure } from './failure.ts'

/**
 * The command line. Only the command that is asked for is loaded, so that each starts as fast as it can.
 * Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<Command>
}

const commands: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: 'run the gateway and its page',
    load: async () => (await import('./serve.ts')).serveCommand(),
  },
  demo: {
    summary: 'send sample conversations through a simulated fleet',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  classify: {
    summary: 'tell the class of a text, and why',
    load: async () => (await import('./classify.ts')).classifyCommand(),
  },
  route: {
    summary: 'tell where a text would go, and why',
    load: async () => (await import('./route.ts')).routeCommand(),
  },
  train: {
    summary: 'train a model on your own examples',
    load: async () => (await import('./train.ts')).trainCommand(),
  },
  evaluate: {
    summary: 'measure how good a model is',
    load: async () => (await import('./evaluate.ts')).evaluateCommand(),
  },
  doctor: {
    summary: 'check the configuration and everything that it needs',
    load: async () => (await import('./doctor.ts')).doctorCommand(),
  },
  config: {
    summary: 'print the JSON Schema of signalbox.yaml',
    load: async () => (await import('./config.ts')).configCommand(),
  },
}

/** Designed, but not built: named, so that nobody looks for a slip of the pen. */
const laterCommands: readonly string[] = [
  'simulate',
  'decisions',
  'replay',
  'rollout',
  'jobs',
  'bench',
  'deploy',
]

async function run(args: readonly string[]): Promise<number> {
  const named = args[0] === 'help' ? args[1] : args[0]
  if (named === undefined && args.length === 0) {
    process.stderr.write((await program(undefined)).helpInformation())
    return 2
  }
  if (named !== undefined && !named.startsWith('-') && named !== 'help' && !Object.hasOwn(commands, named)) {
    process.stderr.write(`signalbox: ${unknownCommand(named)}\n`)
    return 2
  }
  let root: Command | undefined
  try {
    root = await program(named)
    await root.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, args.includes('--json'))
    // Commander has said what it had to say.
    const hint = usageHint(
      error,
      root?.commands.find((command) => command.name() === named),
    )
    if (hint !== undefined) process.stderr.write(`signalbox: ${hint}\n`)
    return error.exitCode === 0 ? 0 : 2
  }
}

async function program(named: string | undefined): Promise<Command> {
  const root = new Command('signalbox')
    .description('Message routing engine and gateway for fleets of LLM workers.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'signalbox: ')),
    })
  for (const [name, { summary, load }] of Object.entries(commands)) {
    const command = name === named ? await load() : new Command(name)
    root.addCommand(command.summary(summary).copyInheritedSettings(root))
    for (const inner of command.commands) inner.copyInheritedSettings(root)
  }
  return root
}

function unknownCommand(name: string): string {
  if (laterCommands.includes(name)) return `'${name}' is not in this version`
  const meant = nearest(name, Object.keys(commands))
  const shown = JSON.stringify(name.slice(0, 60)).slice(1, -1)
  return `unknown command '${shown}'${meant === undefined ? '; see signalbox --help' : `; did you mean '${meant}'?`}`
}

/** What the command would have taken instead. */
function usageHint({ code }: CommanderError, command: Command | undefined): string | undefined {
  if (command === undefined) return undefined
  if (code === 'commander.unknownOption' && command.registeredArguments.length > 0)
    return `a text that begins with "-" stands after --: signalbox ${command.name()} -- "-x"`
  if (code === 'commander.unknownCommand')
    return `there is: ${command.commands.map((inner) => `signalbox ${command.name()} ${inner.name()}`).join(', ')}`
  return undefined
}

/** Says on standard error what went wrong, with --json also as the one document; gives the exit code. */
function report(error: unknown, json: boolean): number {
  const { exitCode, code, message, details } = failureOf(error)
  process.stderr.write(`signalbox: ${message}\n`)
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, ...details } })}\n`)
  return exitCode
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (SignalboxError.is(error)) {
    const exitCode = error.code === 'not-in-this-version' ? 2 : 1
    return new Failure(exitCode, error.code, error.message, { hint: error.hint })
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new Failure(1, 'invariant-violated', `this is a bug in Signalbox; please report it.\n${text}`)
}

/** A reader that has seen enough (`| head`) is no failure; a full disk is one, and a sentence. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode)
  process.stderr.write(`signalbox: standard output cannot be written (${error.code ?? 'unknown'})\n`)
  process.exit(1)
})
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? process.exitCode : 1)
})
process.exitCode = await run(process.argv.slice(2))
