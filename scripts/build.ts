/**
 * npm run build: the sources as JavaScript with declarations in dist/, beside them what they read at run time (pattern
 * packs, the page); then publint looks at what would be published.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'

const SOURCES = 'src'
const BUILT = 'dist'

rmSync(BUILT, { recursive: true, force: true })
execFileSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })

const assets = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
  (path) =>
    extname(path) !== '.ts' && statSync(join(SOURCES, path)).isFile() && !path.includes('__fixtures__'),
)
for (const path of assets) cpSync(join(SOURCES, path), join(BUILT, path))
console.log(`${BUILT}/ is built, with ${assets.length} assets`)

execFileSync('publint', ['--strict'], { stdio: 'inherit' })
