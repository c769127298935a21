import { Command } from 'commander'
import { isLoopback, SECRET_CHARS_MIN, shortSecrets } from '../config/binding.ts'
import type { Config } from '../config/schema.ts'
import { systemClock } from '../core/clock.ts'
import { realSystem } from '../core/system.ts'
import { type RunningServer, startServer } from '../server/server.ts'
import { clearLitter } from './litter.ts'
import { requireConfig } from './configuration.ts'
import { Failure } from './failure.ts'
import { createLog } from './log.ts'
import { portOption } from './options.ts'
import { placeInUse, tryPort } from './port.ts'

/** `signalbox serve`: runs until it is told to stop, then lets what runs end. */
interface ServeOptions {
  readonly config?: string
  readonly port?: string
  readonly host?: string
}

export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'Runs the gateway and its page. Without a configuration: ./signalbox.yaml, else a simulated fleet, or the ' +
        'vendors whose keys stand in ANTHROPIC_API_KEY and OPENAI_API_KEY.',
    )
    .option('--config <file>', 'the configuration')
    .option('--port <number>', 'the port to listen on; 0 takes a free one')
    .option('--host <address>', 'the address to listen on')
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  const port = portOption(options.port, process.env)
  const { config, file } = requireConfig(options.config)
  const log = await createLog(systemClock.wallNow)
  const stopping = untilSignal()
  const place = { port: port ?? config.server.port, host: options.host ?? config.server.host }
  refuseShortSecrets(config, place.host)
  // Before anything is opened: a start that cannot listen leaves no state file behind.
  const refusal = place.port === 0 ? undefined : await tryPort(place)
  if (refusal !== undefined) throw new Failure(1, 'port-unavailable', refusal)
  const server = await start(() => startServer(config, realSystem(log), place), place)
  clearLitter()
  process.stdout.write(`signalbox ready ${server.url}\n`)
  log.info('ready', { url: server.url, config: file ?? 'preset', workers: server.engine.workers().length })
  const signal = await stopping
  log.info('draining', { signal })
  await server.close()
  log.info('stopped')
  // All that matters is done; a connection that somebody forgot to close must not keep the process.
  process.exit(0)
}

/** --host may open what the configuration keeps on loopback, where short secrets are allowed. */
function refuseShortSecrets({ auth }: Config, host: string): void {
  if (isLoopback(host)) return
  const short = shortSecrets({ ...auth, keys: auth.keys.map(({ key }) => key) })
  if (short.length === 0) return
  const places = short.map((path) => path.join('.')).join(', ')
  throw new Failure(
    1,
    'invalid-config',
    `${host} can be reached from other machines: ${places} must have at least ${SECRET_CHARS_MIN} characters; ` +
      'openssl rand -hex 24 makes one',
  )
}

async function start(
  starting: () => Promise<RunningServer>,
  place: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  try {
    return await starting()
  } catch (error) {
    const sentence = placeInUse(error, place)
    if (sentence === undefined) throw error
    throw new Failure(1, 'port-unavailable', sentence)
  }
}

/** Resolves at the first signal to stop; the second one ends the process at once. */
function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1)
      asked = true
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
