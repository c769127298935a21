import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** What the README and examples/ show is run as it stands: an example that does not run is worse than none. */
const root = new URL('../', import.meta.url)
const run = promisify(execFile)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-readme-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The first block of TypeScript below a heading. */
function exampleUnder(heading: string): string {
  const section = readFileSync(new URL('README.md', root), 'utf8').split(`## ${heading}\n`)[1] ?? ''
  return /^```ts\n([^]*?)^```$/m.exec(section.split('\n## ')[0] ?? '')?.[1] ?? ''
}

describe('the README', () => {
  it('has an example of the library that runs as pasted', async () => {
    const example = exampleUnder('In your own process')
    const library = new URL('src/index.ts', root).href
    const here = example.replace("from 'signalbox'", `from '${library}'`)
    expect(here).not.toBe(example)
    const file = join(folder, 'example.mts')
    writeFileSync(file, here)
    const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder, timeout: 15_000 })
    expect(stdout).toMatch(/^strategic opus-1 \S/m)
    expect(stderr).toBe('')
  })
})

describe('examples/embed.ts', () => {
  it('runs', async () => {
    const file = fileURLToPath(new URL('examples/embed.ts', root))
    const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder, timeout: 15_000 })
    expect(stdout).toMatch(/^strategic → opus-1: \S/m)
    expect(stderr).toBe('')
  })
})
