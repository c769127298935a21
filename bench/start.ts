/** How long a person waits: `classify` from a cold process, and `serve` until it is ready; and what an idle server holds. */
import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemClock } from '../src/core/clock.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const run_ = promisify(execFile)

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const rounds = quick ? 2 : 7
  const node: number[] = []
  const classify: number[] = []
  const ready: number[] = []
  const idleMb: number[] = []
  for (let round = 0; round < rounds; round++) {
    node.push(await timed(() => run_(process.execPath, ['-e', '1'])))
    classify.push(await timed(() => run_('bin/signalbox', ['classify', 'Plan the route'])))
    const served = await serve()
    ready.push(served.readyMs)
    idleMb.push(served.idleMb)
  }
  const reference = { name: 'node -e 1', value: median(node) }
  return [
    { name: 'classify, cold process', ours: median(classify), unit: 'ms', reference, target: '≤ 400 ms' },
    { name: 'serve until ready', ours: median(ready), unit: 'ms', reference, target: '≤ 2,000 ms' },
    { name: 'RSS of serve, idle for a second', ours: median(idleMb), unit: 'MB', target: '≤ 120 MB' },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = systemClock.now()
  await work()
  return systemClock.now() - startMs
}

async function serve(): Promise<{ readyMs: number; idleMb: number }> {
  const startMs = systemClock.now()
  const child = spawn('bin/signalbox', ['serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: Buffer) => text.includes('ready') && resolve())
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
  const readyMs = systemClock.now() - startMs
  await new Promise((resolve) => systemClock.after(1_000, () => resolve(undefined)))
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
  const idleMb = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  return { readyMs, idleMb }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
