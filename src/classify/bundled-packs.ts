import { readFileSync } from 'node:fs'
import { suggestion } from '../core/nearest.ts'
import { type PackReading, readPack } from './pack.ts'

/** The packs that come with Signalbox: one YAML file each in packs/. */
export const bundledPackNames = ['general', 'coding', 'speedrun'] as const

/** What `classify.packs` is where the configuration does not say. */
export const defaultPacks: readonly string[] = ['general', 'coding']

/** Reads the file anew each time: keep the pack. */
export function bundledPack(name: string): PackReading {
  const known = bundledPackNames.find((each) => each === name)
  if (!known) {
    const reason = `is no bundled pack; ${suggestion(name, bundledPackNames)}`
    return { pack: undefined, problems: [{ path: name, reason }] }
  }
  const file = new URL(`./packs/${known}.yaml`, import.meta.url)
  return readPack(readFileSync(file, 'utf8'), `${known}.yaml`)
}
