import { readFileSync } from 'node:fs'

/** The version of this package, from its package.json: two folders up, from the sources as from the built files. */
export function packageVersion(): string {
  const file = new URL('../../package.json', import.meta.url)
  // Our own file: its shape is known.
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
