/**
 * Requests per second through the gateway, beside a bare relay (node:http + undici, body untouched) in the same run:
 * what our understanding, queueing and recording cost on top of moving the bytes. Needs wrk. With --peers FILE, that
 * side-by-side is run as well, and its ratios are reported.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { BenchOptions, BenchRow } from './row.ts'

const run_ = promisify(execFile)
const RELAY_PORT = 7021
const UPSTREAM_PORT = 7001
const GATEWAY_PORT = 7031

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  if (!(await found('wrk'))) return [skipped('no wrk')]
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'))
  const children: { kill(): void }[] = []
  try {
    const config = join(folder, 'signalbox.yaml')
    await writeFile(config, gatewayConfig)
    const gateway = start('bin/signalbox', ['serve', '--config', config, '--port', String(GATEWAY_PORT)])
    children.push(gateway)
    await gateway.saying('ready')
    if (options.peers !== undefined) return await besidePeers(options.peers, options.quick ?? false)
    for (const [script, port] of [
      ['upstream', UPSTREAM_PORT],
      ['relay', RELAY_PORT],
    ] as const) {
      const child = start(process.execPath, [
        join(import.meta.dirname, 'gateway', `${script}.ts`),
        String(port),
        String(UPSTREAM_PORT),
      ])
      children.push(child)
      await child.saying('listening')
    }
    return await besideRelay(folder, options.quick ? 1 : 3)
  } finally {
    for (const child of children) child.kill()
    await rm(folder, { recursive: true })
  }
}

const gatewayConfig = `
pools: { one: { workers: [{ kind: anthropic, baseUrl: "http://127.0.0.1:${UPSTREAM_PORT}", model: claude-sonnet-5-5, apiKey: bench, capacity: 256 }] } }
routes: { strategic: [one], tactical: [one], simple: [one] }
store: { memory: true }
`

async function besideRelay(folder: string, rounds: number): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = []
  for (const [name, bytes] of [
    ['1 KB', 1_000],
    ['60 KB', 60_000],
  ] as const) {
    const script = join(folder, `post-${bytes}.lua`)
    await writeFile(script, postScript(bytes))
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 0; round < rounds; round++) {
      bare.push(await requestsPerSecond(RELAY_PORT, script))
      ours.push(await requestsPerSecond(GATEWAY_PORT, script))
    }
    rows.push({
      name: `gateway, ${name} body`,
      ours: median(ours),
      unit: 'req/s',
      reference: { name: 'bare node:http + undici relay', value: median(bare) },
    })
  }
  return rows
}

async function besidePeers(file: string, quick: boolean): Promise<readonly BenchRow[]> {
  const args = [
    '--target',
    `http://127.0.0.1:${GATEWAY_PORT}`,
    '--name',
    'signalbox',
    '--rounds',
    quick ? '1' : '3',
  ]
  const { stdout } = await run_(file, args, { maxBuffer: 2 ** 24, timeout: 300_000 })
  // The command ends with one JSON object: ratios by body.
  const ratios = JSON.parse(stdout.slice(stdout.indexOf('\n{'))) as Record<
    string,
    { rps: Record<string, number>; failures: Record<string, number> }
  >
  return Object.entries(ratios).map(([body, { rps, failures }]) => ({
    name: `gateway, ${body} body, ${failures['signalbox'] ?? 0} failures`,
    ours: rps['signalbox'] ?? 0,
    unit: 'req/s',
    reference: { name: `Portkey (nginx ${Math.round(rps['nginx'] ?? 0)})`, value: rps['portkey'] ?? 0 },
    target: '≥ 4 × Portkey',
  }))
}

async function requestsPerSecond(port: number, script: string): Promise<number> {
  const { stdout } = await run_('wrk', [
    '-t1',
    '-c32',
    '-d3s',
    '-s',
    script,
    `http://127.0.0.1:${port}/v1/messages`,
  ])
  if (/Non-2xx/.test(stdout)) throw new Error(`answers that are no answers: ${stdout}`)
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1] ?? 0)
}

function postScript(bytes: number): string {
  const filler = 'The quick brown fox jumps over the lazy dog. '
  const messages: { role: string; content: string }[] = []
  for (let size = 0, i = 0; size < bytes - 300; i++, size += 430)
    messages.push({
      role: i % 2 ? 'assistant' : 'user',
      content: `Please fix the bug in parser ${i}. ${filler.repeat(8)}`.slice(0, 400),
    })
  if (messages.length % 2 === 0) messages.push({ role: 'user', content: 'go on' })
  const body = JSON.stringify({ model: 'auto', max_tokens: 1024, messages })
  return `wrk.method = "POST"\nwrk.body = [==[${body}]==]\nwrk.headers["content-type"] = "application/json"\n`
}

function start(
  command: string,
  args: readonly string[],
): { kill(): void; saying(word: string): Promise<void> } {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  return {
    kill: () => void child.kill(),
    saying: (word) =>
      new Promise((resolve, reject) => {
        child.stdout.on('data', (text: Buffer) => text.includes(word) && resolve())
        child.once('exit', (code) => reject(new Error(`${command} ended with ${code}`)))
      }),
  }
}

async function found(command: string): Promise<boolean> {
  return run_('which', [command]).then(
    () => true,
    () => false,
  )
}

function skipped(why: string): BenchRow {
  return { name: 'gateway', ours: 0, unit: 'req/s', skipped: why }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
