import { accessSync, constants, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, resolve } from 'node:path'
import { isLoopback, SECRET_CHARS_MIN, shortSecrets } from '../../config/binding.ts'
import type { Config } from '../../config/schema.ts'
import { readOwner } from '../../store/lock.ts'
import { type Place, tryPort } from '../port.ts'
import { type RunningSignalbox, runningAt } from '../running.ts'
import { type Check, failing, well } from './check.ts'

/** What the machine and the process must offer: Node, the port, the state file's folder. */
const NODE_MIN = [22, 19] as const

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const ok = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
  if (ok) return well('node', `Node ${version}`)
  return failing('node', `Node ${version} is too old`, `install Node ${NODE_MIN.join('.')} or newer`)
}

export function bindingCheck(config: Config, host: string): Check {
  const name = 'binding'
  if (isLoopback(host)) return well(name, `${host} is reachable from this machine only; no key is needed`)
  const keys = config.auth.keys.length
  const short = shortSecrets({ ...config.auth, keys: config.auth.keys.map(({ key }) => key) }).map((path) =>
    path.join('.'),
  )
  if (short.length > 0)
    return failing(
      name,
      `${host} is open to other machines, with less than ${SECRET_CHARS_MIN} characters in ${short.join(', ')}`,
      'take longer ones; openssl rand -hex 24 makes one',
    )
  if (keys > 0 && config.auth.adminToken !== undefined)
    return well(
      name,
      `${host} is open to other machines, with ${keys} key${keys === 1 ? '' : 's'} and an admin token`,
    )
  return failing(
    name,
    `${host} is open to other machines, without keys`,
    'set auth.keys and auth.adminToken, or server.host to 127.0.0.1',
  )
}

export interface PortCheck extends Check {
  /** The Signalbox that has the port. */
  readonly running?: RunningSignalbox
}

/** A port that a Signalbox has is well: the doctor is asked beside a running server more often than before its start. */
export async function portCheck(place: Place): Promise<PortCheck> {
  if (place.port === 0) return well('port', `any free port of ${place.host}`)
  const refusal = await tryPort(place)
  const where = `port ${place.port} of ${place.host}`
  if (refusal === undefined) return well('port', `${where} is free`)
  const running = await runningAt(place)
  if (running !== undefined) {
    const state = running.ready ? 'ready' : 'not ready'
    return { ...well('port', `${where} is in use by a running Signalbox, which is ${state}`), running }
  }
  const [detail = refusal, mend = 'choose another with --port'] = refusal.split('; ')
  return failing('port', detail, mend)
}

/** @param running the Signalbox that has the port, if one has. */
export function storeCheck(store: Config['store'], running?: RunningSignalbox): Check {
  if (!('path' in store)) return well('store', 'in memory: nothing survives a restart')
  const path = resolve(store.path)
  const owner = readOwner(path)
  if (owner !== undefined && owner.host === hostname()) {
    const answers = running === undefined ? '' : ', which answers /readyz on the port above'
    return well('store', `${path} is in use by a running Signalbox, process ${owner.pid}${answers}`)
  }
  if (owner !== undefined)
    return failing(
      'store',
      `${path} is in use by process ${owner.pid} of ${owner.host}`,
      'stop that process, or change store.path',
    )
  const place = nearestThere(path)
  try {
    accessSync(place, constants.W_OK)
    const mustBeFolder = place !== path
    if (statSync(place).isDirectory() !== mustBeFolder)
      return failing(
        'store',
        `${place} is ${mustBeFolder ? 'no folder' : 'a folder'}`,
        'let store.path name a file in a folder',
      )
    return well('store', mustBeFolder ? `${path} can be made` : `${path} can be written`)
  } catch {
    return failing(
      'store',
      `${place} cannot be written`,
      'give this user the right to write there, or change store.path',
    )
  }
}

/** The path, or the first folder above it that exists: there, the rest would be made. */
function nearestThere(path: string): string {
  try {
    statSync(path)
    return path
  } catch {
    const above = dirname(path)
    return above === path ? path : nearestThere(above)
  }
}
