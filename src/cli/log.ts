import { inspect } from 'node:util'
import type { Log } from '../core/system.ts'
import { paint } from './terminal.ts'

type Level = keyof Log
type Fields = Readonly<Record<string, unknown>>

const colours = { info: 'cyan', warn: 'yellow', error: 'red' } as const

/** The log on standard error: sentences on a terminal, JSON lines everywhere else. */
export async function createLog(wallNow: () => number): Promise<Log> {
  return process.stderr.isTTY ? sentences(wallNow) : jsonLines()
}

function sentences(wallNow: () => number): Log {
  const say =
    (level: Level) =>
    (text: string, fields: Fields = {}): void => {
      const time = new Date(wallNow()).toISOString().slice(11, 19)
      const facts = Object.entries(fields).map(([name, value]) => ` ${name}=${word(value)}`)
      const mark = paint(colours[level], level.padEnd(5), process.stderr)
      process.stderr.write(`${time} ${mark} ${text}${paint('dim', facts.join(''), process.stderr)}\n`)
    }
  return { info: say('info'), warn: say('warn'), error: say('error') }
}

function word(value: unknown): string {
  return typeof value === 'string' && /^[\w.:/-]+$/.test(value)
    ? value
    : inspect(value, { breakLength: Number.POSITIVE_INFINITY, depth: 4 })
}

/** Written at once, not later: the last sentence before an exit is the one that is needed. */
async function jsonLines(): Promise<Log> {
  const { pino, destination, stdTimeFunctions } = await import('pino')
  const logger = pino(
    {
      level: 'info',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: 2, sync: true }),
  )
  return {
    info: (text, fields = {}) => logger.info(fields, text),
    warn: (text, fields = {}) => logger.warn(fields, text),
    error: (text, fields = {}) => logger.error(fields, text),
  }
}
