import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { stratifiedSample } from '../classify/train/folds.ts'
import { seededRandom } from '../core/random.ts'
import { Failure, wrongUsage } from './failure.ts'
import { linesOf } from './lines.ts'
import { wholeNumber } from './options.ts'

/** One line of a .jsonl file, with its place for whoever has to mend it. */
export interface Row {
  /** `file:line` */
  readonly place: string
  readonly value: Readonly<Record<string, unknown>>
}

const LINE_BYTES_MAX = 8 * 1024 * 1024
const ROWS_MAX = 1_000_000
const BYTES_MAX = 1024 * 1024 * 1024
const FAULTS_SHOWN = 5

/**
 * What `parse` makes of the rows of .jsonl and .jsonl.gz files. Empty lines are passed over,
 * and so are rows that do not match every `where` (FIELD=V1,V2).
 * @throws Failure that names up to five bad lines.
 */
export async function readRows<Parsed>(
  files: readonly string[],
  where: readonly string[],
  parse: (row: Row) => Parsed | Fault,
): Promise<readonly Parsed[]> {
  const filters = where.map(filterOf)
  const rows: Parsed[] = []
  const faults: string[] = []
  let bytes = 0
  for (const file of files)
    for await (const { place, line } of placedLines(file)) {
      bytes += line === 'too-long' ? 0 : line.length
      if (bytes > BYTES_MAX) throw badData(`${place}: the files hold more than 1 GiB; take fewer`)
      const value = valueOf(line)
      if (value === undefined) continue
      if (!(value instanceof Fault) && !filters.every((matches) => matches(value))) continue
      const parsed = value instanceof Fault ? value : parse({ place, value })
      if (parsed instanceof Fault) faults.push(`${place}: ${parsed.words}`)
      else rows.push(parsed)
      if (faults.length >= FAULTS_SHOWN) throw badData(faults.join('\n'))
      if (rows.length > ROWS_MAX)
        throw badData(`${place}: more than ${ROWS_MAX} rows; choose some with --where`)
    }
  if (faults.length > 0) throw badData(faults.join('\n'))
  if (rows.length > 0) return rows
  throw badData(
    where.length > 0 ? `no row matches ${where.join(' and ')}` : `${files.join(', ')}: there are no rows`,
  )
}

/** What is wrong with a line, in words. */
export class Fault {
  readonly words: string

  constructor(words: string) {
    this.words = words
  }
}

export function badData(message: string): Failure {
  return new Failure(1, 'invalid-data', message)
}

/** So many of the rows, chosen by the seed; the same share of every label. */
export function sampleRows<R>(
  rows: readonly R[],
  options: { readonly rows?: string; readonly seed?: string },
  labelOf: (row: R) => string,
): readonly R[] {
  if (options.rows === undefined) return rows
  const count = wholeNumber('--rows', options.rows, 1, ROWS_MAX)
  const chosen = stratifiedSample(rows.map(labelOf), count, seededRandom(seedOf(options.seed)))
  return chosen.map((row) => rows[row] as R)
}

export function seedOf(option: string | undefined): number {
  return option === undefined ? 1 : wholeNumber('--seed', option, 0, Number.MAX_SAFE_INTEGER)
}

interface PlacedLine {
  readonly place: string
  readonly line: Buffer | 'too-long'
}

async function* placedLines(file: string): AsyncGenerator<PlacedLine> {
  let number = 0
  try {
    for await (const line of linesOf(bytesOf(file), LINE_BYTES_MAX))
      yield { place: `${file}:${++number}`, line }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code === undefined) throw error
    if (code.startsWith('Z_')) throw badData(`${file}: damaged gzip after line ${number}`)
    throw new Failure(1, 'not-found', `${file} cannot be read (${code})`)
  }
}

function bytesOf(file: string): AsyncIterable<Buffer> {
  const source = createReadStream(file)
  if (!file.endsWith('.gz')) return source
  const unpacked = createGunzip()
  source.on('error', (error) => unpacked.destroy(error))
  return source.pipe(unpacked)
}

function valueOf(line: Buffer | 'too-long'): Row['value'] | Fault | undefined {
  if (line === 'too-long') return new Fault('longer than 8 MiB')
  let json: string
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(line).trim()
  } catch {
    return new Fault('not valid UTF-8')
  }
  if (json === '') return undefined
  try {
    const value: unknown = JSON.parse(json)
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isGroup ? (value as Row['value']) : new Fault('not a JSON object')
  } catch {
    return new Fault('not valid JSON')
  }
}

function filterOf(where: string): (value: Row['value']) => boolean {
  const at = where.indexOf('=')
  if (at < 1) throw wrongUsage(`--where needs FIELD=VALUE, and has ${JSON.stringify(where)}`)
  const field = where.slice(0, at)
  const wanted = new Set(where.slice(at + 1).split(','))
  return (value) => Object.hasOwn(value, field) && wanted.has(String(value[field]))
}
