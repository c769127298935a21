import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * The house's rules, read off the sources: which folder may import which, where time and chance come in, how long a
 * file is, how it is named. docs/architecture.md has the map.
 */
const rooms = ['classify', 'queue', 'balance', 'resilience', 'workers', 'store', 'observe']
const ground = ['core', 'wire', 'models']
const house = [...ground, ...rooms, 'config', 'engine', 'compose']

/** Folder (or file of the top) → what it may import besides itself. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  core: [],
  wire: ['core'],
  models: ['core', 'wire'],
  ...Object.fromEntries(rooms.map((room) => [room, ground])),
  config: [...ground, ...rooms],
  engine: [...ground, ...rooms],
  compose: house,
  server: house,
  index: house,
  cli: [...house, 'server'],
  testing: ['core'],
}

const timeAndChance = /\b(?:Date\.now|Math\.random|performance\.now|set(?:Timeout|Interval)|new Date\(\s*\))/
const timeAllowed = new Set(['core/clock.ts', 'core/virtual-clock.ts', 'core/random.ts'])
const emptyNames = /^(?:utils?|helpers?|common|types|services?|handlers?|misc)$/
const LINES_MAX = 400

type Sources = ReadonlyMap<string, string>

function violations(sources: Sources): readonly string[] {
  return [...sources].flatMap(([path, text]) => {
    const found = [...importViolations(path, text), ...nameViolations(path)]
    const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
    if (!isTest(path) && !timeAllowed.has(path) && timeAndChance.test(code))
      found.push(`${path}: time or chance`)
    if (!isTest(path) && text.split('\n').length - 1 > LINES_MAX)
      found.push(`${path}: over ${LINES_MAX} lines`)
    if (/^export default\b/m.test(code)) found.push(`${path}: default export`)
    return found
  })
}

function importViolations(path: string, text: string): string[] {
  const from = folderOf(path)
  if (arrows[from] === undefined) return [`${path}: unknown folder ${from}`]
  const targets = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g)].map(
    (match) => match[1] ?? '',
  )
  return targets.flatMap((target) => {
    const to = folderOf(normalize(join(dirname(path), target)))
    // What a test brings along may come from anywhere below the command line.
    const allowed = to === from || arrows[from]?.includes(to) === true || (isTest(path) && to !== 'cli')
    return allowed ? [] : [`${path}: ${from} imports ${to}`]
  })
}

/** Tests, the suites that they share, and what drives them. */
function isTest(path: string): boolean {
  return /(?:\.test|\.suite|\bharness)\.ts$/.test(path)
}

function folderOf(path: string): string {
  const [first = ''] = path.split('/')
  return first.replace(/\.ts$/, '')
}

function nameViolations(path: string): string[] {
  const names = [...dirname(path).split('/'), basename(path).replace(/(?:\.(?:test|suite))?\.ts$/, '')]
  return names
    .filter((name) => name !== '.' && (emptyNames.test(name) || !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)))
    .map((name) => `${path}: the name ${name}`)
}

function readSources(): Sources {
  const paths = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  )
  return new Map(paths.map((path) => [path, readFileSync(join('src', path), 'utf8')]))
}

describe('the architecture', () => {
  it('holds in every source file', () => {
    const sources = readSources()
    expect(sources.size).toBeGreaterThan(40)
    expect(new Set([...sources.keys()].map(folderOf)).size).toBeGreaterThan(10)
    expect(violations(sources)).toEqual([])
  })

  it.each([
    ['queue/x.ts', "import { a } from '../balance/y.ts'", 'queue imports balance'],
    ['core/x.ts', "import type { A } from '../wire/y.ts'", 'core imports wire'],
    ['engine/x.ts', "export { a } from '../config/y.ts'", 'engine imports config'],
    ['server/deep/x.ts', "await import('../../cli/y.ts')", 'server imports cli'],
    ['wire/x.ts', "import '../models/y.ts'", 'wire imports models'],
    ['attic/x.ts', '', 'unknown folder attic'],
    ['queue/x.ts', 'const t = Date.now()', 'time or chance'],
    ['queue/x.ts', 'const t = new Date( )', 'time or chance'],
    ['cli/x.ts', 'setTimeout(f, 1)', 'time or chance'],
    ['queue/x.ts', '\n'.repeat(LINES_MAX + 1), 'over 400 lines'],
    ['queue/x.ts', 'export default 1', 'default export'],
    ['queue/helpers.ts', '', 'the name helpers'],
    ['queue/fooBar.ts', '', 'the name fooBar'],
  ])('would not hold with a fault in it (%#)', (path, text, fault) => {
    expect(violations(new Map([[path, text]])).join()).toContain(fault)
  })

  it('lets comments speak of time, and the clock tell it', () => {
    const sources = new Map([
      ['queue/x.ts', '// not Date.now\n/* nor setTimeout */\nexport const url = "http://x"'],
      ['core/clock.ts', 'performance.now()'],
    ])
    expect(violations(sources)).toEqual([])
  })
})
