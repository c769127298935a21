import { readFileSync } from 'node:fs'
import { SignalboxError } from '../core/errors.ts'
import { bundledPack } from './bundled-packs.ts'
import { type Pack, type PackReading, readPack } from './pack.ts'

/**
 * The packs by name, or by file where the name ends in .yaml or .yml.
 * @throws SignalboxError invalid-config listing every problem: a pattern that would silently be left out is a bug.
 */
export function loadPacks(names: readonly string[]): readonly Pack[] {
  const readings = names.map((name) => (/\.ya?ml$/.test(name) ? packFile(name) : bundledPack(name)))
  const problems = readings.flatMap((reading) => reading.problems)
  if (problems.length > 0) {
    const lines = problems.map(({ path, line, pattern, reason }) => {
      const place = line === undefined ? path : `${path} (line ${line})`
      return pattern === undefined ? `${place} ${reason}` : `${place} "${pattern}" ${reason}`
    })
    throw new SignalboxError('invalid-config', lines.join('\n'), { path: 'classify.packs' })
  }
  return readings.flatMap(({ pack }) => (pack ? [pack] : []))
}

function packFile(path: string): PackReading {
  try {
    return readPack(readFileSync(path, 'utf8'), path)
  } catch {
    return { pack: undefined, problems: [{ path, reason: 'cannot be read' }] }
  }
}
