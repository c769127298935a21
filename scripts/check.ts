/**
 * npm run check: everything that can be said of the sources without running them. Each check is proven by a fault:
 * break a rule on purpose, and its line turns red.
 */
import { spawn } from 'node:child_process'

/** Prose is left as its author broke it. */
const formatted = [
  'src',
  'test',
  'bench',
  'scripts',
  'examples',
  'package.json',
  'tsconfig.json',
  'biome.json',
  'knip.json',
]

const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['lint', 'oxlint', '--type-aware', '--quiet'],
  ['format', 'biome', 'format', '--reporter=summary', ...formatted],
  ['architecture', 'vitest', 'run', 'test/architecture.test.ts', '--reporter=dot'],
  ['dead code', 'knip', '--no-progress'],
]

/** The type checker and the linter each use all cores they get; more at once would only take turns. */
const AT_ONCE = 2

interface Result {
  readonly name: string
  readonly ok: boolean
  readonly output: string
}

function run(name: string, command: string, args: readonly string[]): Promise<Result> {
  const startMs = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    const end = (ok: boolean, text: string): void => {
      const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(12)} ${seconds.padStart(5)} s`)
      resolve({ name, ok, output: text })
    }
    child.on('error', (error) => end(false, `${command}: ${error.message}`))
    child.on('close', (code) => end(code === 0, Buffer.concat(output).toString()))
  })
}

const results: Result[] = []
const waiting = [...checks]
async function runInTurn(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, command, ...args] = next
    results.push(await run(name, command, args))
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, runInTurn))

const failed = results.filter((result) => !result.ok)
for (const { name, output } of failed) console.log(`\n── ${name} ──\n${output.trimEnd()}`)
if (failed.length > 0) process.exitCode = 1
