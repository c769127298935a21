import { isAbsolute, join, dirname } from 'node:path'
import { checkConfig } from './check.ts'
import type { Sources } from './interpolate.ts'
import type { Path } from './later.ts'
import { type Problem, problemsError } from './problems.ts'
import type { Config } from './schema.ts'
import { parseYaml } from './yaml-source.ts'

export interface Loaded {
  readonly kind: 'loaded'
  readonly config: Config
  /** The file it is from; undefined for the preset. */
  readonly file: string | undefined
  /** Where a value stands, for problems that show only when it is used; nothing for the preset. */
  place(path: Path): Pick<Problem, 'file' | 'line' | 'column'>
}

/** A configuration, or everything that is wrong with it. */
export type LoadedConfig = Loaded | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/**
 * Reads at most `bytesMax` bytes of a file; `too-large` when there are more.
 * @throws Node's error, with its code.
 */
export type ReadFile = (path: string, bytesMax: number) => Buffer | 'too-large'

type Environment = Readonly<Record<string, string | undefined>>

const CONFIG_BYTES_MAX = 1024 * 1024
const SECRET_BYTES_MAX = 64 * 1024

/** Reads signalbox.yaml (or JSON, which is YAML); without a file, the preset for the environment. */
export function loadConfig(file: string | undefined, env: Environment, readFile: ReadFile): LoadedConfig {
  if (file === undefined) {
    const checked = checkConfig({}, { env })
    return checked.kind === 'valid'
      ? { kind: 'loaded', config: checked.config, file, place: () => ({}) }
      : checked
  }
  const read = readText(file, CONFIG_BYTES_MAX, readFile)
  if ('refusal' in read) return { kind: 'invalid', problems: [{ path: [], message: read.refusal, file }] }
  const source = parseYaml(read.text)
  if (source.problems.length > 0)
    return { kind: 'invalid', problems: source.problems.map((problem) => ({ ...problem, file })) }

  const checked = checkConfig(source.value, { env, sources: sourcesOf(file, env, readFile) })
  if (checked.kind === 'valid') {
    const place: Loaded['place'] = (path) => ({ file, ...source.locate(path, false) })
    return { kind: 'loaded', config: besideFile(checked.config, file), file, place }
  }
  const placed = checked.problems.map((problem) => ({
    ...problem,
    file,
    ...source.locate(problem.path, problem.atKey === true),
  }))
  return { kind: 'invalid', problems: placed.toSorted((a, b) => a.line - b.line || a.column - b.column) }
}

/**
 * For the library: the same object that signalbox.yaml holds, as a value.
 * @throws SignalboxError invalid-config, listing every problem.
 */
export function parseConfig(value: unknown): Config {
  const checked = checkConfig(value, { env: {} })
  if (checked.kind === 'valid') return checked.config
  throw problemsError(checked.problems)
}

function sourcesOf(file: string, env: Environment, readFile: ReadFile): Sources {
  return {
    env,
    file(path) {
      const place = isAbsolute(path) ? path : join(dirname(file), path)
      const read = readText(place, SECRET_BYTES_MAX, readFile)
      if ('text' in read) return { text: read.text.replace(/\r?\n$/, '') }
      return { refusal: `needs the file ${path}, which ${read.refusal}` }
    },
  }
}

function readText(
  path: string,
  bytesMax: number,
  readFile: ReadFile,
): { readonly text: string } | { readonly refusal: string } {
  try {
    const bytes = readFile(path, bytesMax)
    if (bytes === 'too-large') return { refusal: `is longer than ${bytesMax / 1024} KiB` }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    return { refusal: cannotRead(error) }
  }
}

function cannotRead(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ENOENT':
      return 'does not exist'
    case 'EACCES':
    case 'EPERM':
      return 'may not be read'
    case 'EISDIR':
      return 'is a folder'
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'is not UTF-8'
    default:
      return `cannot be read (${typeof code === 'string' ? code : 'unknown'})`
  }
}

/** Pack files are named from where the configuration stands, not from where the process was started. */
function besideFile(config: Config, file: string): Config {
  const packs = config.classify.packs.map((pack) =>
    /\.ya?ml$/.test(pack) && !isAbsolute(pack) ? join(dirname(file), pack) : pack,
  )
  return Object.freeze({
    ...config,
    classify: Object.freeze({ ...config.classify, packs: Object.freeze(packs) }),
  })
}
