import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * The name plate beside a state file: PATH.lock says which process has it. The plate decides nothing. What keeps a
 * second process out is the operating system's lock, which SQLite holds on the state file itself (sqlite-file.ts):
 * it ends with its process however that dies, so a plate left behind by a killed process stands in nobody's way,
 * and no two starters can both believe that they took it over. The plate is there to name the owner in words.
 */
export interface Owner {
  readonly pid: number
  readonly host: string
}

interface Plate extends Owner {
  /** Tells the process from a later one with the same number; null where the system does not say. */
  readonly start: string | null
}

const plateOf = (path: string): string => `${path}.lock`

/** Called by the one process that holds the state file. */
export function writeOwner(path: string): void {
  const plate: Plate = { pid: process.pid, host: hostname(), start: processStart(process.pid) }
  rmSync(plateOf(path), { force: true })
  // Exclusive, so that a link planted in between is not followed.
  const file = openSync(plateOf(path), 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify(plate)}\n`)
  } finally {
    closeSync(file)
  }
}

export function removeOwner(path: string): void {
  rmSync(plateOf(path), { force: true })
}

/** Who has the state file: undefined when no plate is there (yet), or its process is gone. */
export function readOwner(path: string): Owner | undefined {
  const plate = readPlate(path)
  if (!plate) return undefined
  // Another machine or container: its processes cannot be seen from here.
  if (plate.host !== hostname()) return plate
  return isAlive(plate) ? plate : undefined
}

function readPlate(path: string): Plate | undefined {
  try {
    const plate: unknown = JSON.parse(readFileSync(plateOf(path), 'utf8'))
    if (typeof plate !== 'object' || plate === null) return undefined
    const { pid, host, start } = plate as Partial<Record<keyof Plate, unknown>>
    if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined
    return { pid, host: String(host), start: typeof start === 'string' ? start : null }
  } catch {
    return undefined
  }
}

function isAlive({ pid, start }: Plate): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Not permitted to signal it: it is there all the same.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const current = processStart(pid)
  return start === null || current === null || start === current
}

/** This boot of the machine and the moment in it when the process began, as Linux tells them. */
function processStart(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command in parentheses and may hold anything; the start is field 22.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return ticks === undefined ? null : `${boot} ${ticks}`
  } catch {
    return null
  }
}
