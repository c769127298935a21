/** The real process: what it prints, when it ends, and how much memory it takes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConfigInput } from '../../src/config/schema.ts'
import { sleep, systemClock } from '../../src/core/clock.ts'
import { eventually, fleetOf, upstreamOf, workerOf } from './harness.ts'
import { rawExchange } from './raw.ts'

const BIN = new URL('../../bin/signalbox', import.meta.url).pathname
const MIB = 1024 * 1024
const ask = { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] }

interface Served {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Resolves when it can serve. */
  readonly url: Promise<string>
  /** Resolves with the exit code, or the signal's name. */
  readonly exit: Promise<number | string>
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'signalbox-e2e-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A configuration as a file: JSON is YAML. */
function fileOf(config: ConfigInput): string {
  const path = join(folder(), 'signalbox.yaml')
  writeFileSync(path, JSON.stringify({ store: { memory: true }, ...config }))
  return path
}

function serve(parameters: readonly string[], env: Readonly<Record<string, string>> = {}): Served {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(BIN, ['serve', ...parameters], { cwd: folder(), env: { PATH, HOME, ...env } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const exit = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? signal ?? '')),
  )
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const url = new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /^signalbox ready (http:\S+)$/m.exec(stdout)?.[1]
      if (found) resolve(found)
    }
    child.stdout.on('data', look)
    void exit.then((code) => reject(new Error(`exit ${code}: ${stderr}`)))
  })
  url.catch(() => undefined)
  return { child, stdout: () => stdout, stderr: () => stderr, url, exit }
}

const simulated = fleetOf([{ kind: 'simulated', latencyMs: 0 }])

function post(url: string, body: object, more: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body), ...more })
}

const rssMib = ({ child }: Served): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024

describe('signalbox serve', () => {
  it('prints one line when it can serve, answers, and ends at once when nothing is in flight', async () => {
    const server = serve(['--config', fileOf(simulated), '--port', '0'])
    const url = await server.url
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    expect((await post(url, ask)).status).toBe(200)
    const beganMs = systemClock.now()
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)
    expect(systemClock.now() - beganMs).toBeLessThan(8_000)
    expect(server.stdout()).toBe(`signalbox ready ${url}\n`)
    expect(server.stderr()).toMatch(/"msg":"stopped"/)
  })

  it('ends at once though callers keep connections and a feed open', async () => {
    const server = serve(['--config', fileOf(simulated), '--port', '0'])
    const url = await server.url
    const { port } = new URL(url)
    const feed = await fetch(`${url}/api/events`)
    const silent = rawExchange(Number(port), () => undefined)
    const reading = feed.text()
    await post(url, ask)
    server.child.kill('SIGTERM')
    expect(await Promise.race([server.exit, sleep(systemClock, 5_000)])).toBe(0)
    await Promise.allSettled([silent, reading])
  })

  it('lets a stream end that is in flight, and takes nothing new meanwhile', async () => {
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [{ kind: 'drip', bytes: 100, everyMs: 60 }],
    })
    const server = serve(['--config', fileOf(fleetOf([workerOf(upstream)])), '--port', '0'])
    const url = await server.url
    const reply = await post(url, { ...ask, stream: true })
    server.child.kill('SIGTERM')
    await eventually(() => expect(server.stderr()).toContain('draining'))
    await expect(post(url, ask, { headers: { connection: 'close' } })).rejects.toThrow()
    const text = await reply.text()
    expect(text).toContain('Hello')
    expect(text).toMatch(/"message_stop"\}\n\n$/)
    expect(await server.exit).toBe(0)
    expect(upstream.requests).toHaveLength(1)
  })

  it('gives a stream that does not end no more time than configured', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'stall', afterEvents: 4 }] })
    const config = { ...fleetOf([workerOf(upstream)]), server: { drainMs: 300 } }
    const server = serve(['--config', fileOf(config), '--port', '0'])
    const reply = await post(await server.url, { ...ask, stream: true })
    server.child.kill('SIGTERM')
    expect(await reply.text()).toMatch(/event: error\ndata: \{.*shutting down.*\}\n\n$/)
    expect(await server.exit).toBe(0)
    await upstream.until(() => upstream.aborted === 1)
  })

  it('ends at the second signal', async () => {
    const upstream = await upstreamOf({ wire: 'anthropic', script: [{ kind: 'stall', afterEvents: 4 }] })
    const server = serve(['--config', fileOf(fleetOf([workerOf(upstream)])), '--port', '0'])
    const reply = await post(await server.url, { ...ask, stream: true })
    server.child.kill('SIGINT')
    await eventually(() => expect(server.stderr()).toContain('draining'))
    server.child.kill('SIGINT')
    expect(await server.exit).toBe(1)
    await Promise.allSettled([reply.text()])
  })

  it('says in one sentence that its port is taken', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const address = other.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    const server = serve(['--config', fileOf(simulated), '--port', port])
    expect(await server.exit).toBe(1)
    expect(server.stdout()).toBe('')
    expect(server.stderr().trim().split('\n')).toEqual([expect.stringContaining(`port ${port}`)])
  })

  it('takes its port from --port before PORT before the configuration', async () => {
    const config = fileOf({ ...simulated, server: { port: 1 } })
    const places = [
      serve(['--config', config], { PORT: '0' }),
      serve(['--config', config, '--port', '0'], { PORT: '1' }),
    ]
    for (const { url } of places) expect(await url).toMatch(/:[1-9]\d{3,}$/)
  })

  it('refuses a state file that another process uses, and names that process', async () => {
    const config = fileOf({ ...simulated, store: { path: join(folder(), 'state.db') } })
    const first = serve(['--config', config, '--port', '0'])
    const url = await first.url
    const second = serve(['--config', config, '--port', '0'])
    expect(await second.exit).toBe(1)
    expect(second.stdout()).toBe('')
    expect(second.stderr()).toMatch(new RegExp(`\\b${first.child.pid}\\b`))
    expect((await post(url, ask)).status).toBe(200)
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    const third = serve(['--config', config, '--port', '0'])
    const kept = await fetch(`${await third.url}/api/decisions`)
    expect(await kept.json()).toMatchObject({ decisions: [{ outcome: 'ok' }] })
  })

  it('refuses an address that others can reach, without keys', async () => {
    const server = serve(['--config', fileOf(simulated), '--port', '0', '--host', '0.0.0.0'])
    expect(await server.exit).toBe(1)
    expect(server.stdout()).toBe('')
    expect(server.stderr()).toContain('auth.keys')
  })

  it('refuses a wrong configuration with every mistake in it, and a wrong option with 2', async () => {
    const mistaken = { ...simulated, retry: { maxAttempts: 0 }, breaker: { failures: -1 } }
    const wrong = serve(['--config', fileOf(mistaken)])
    const missing = serve(['--config', '/nowhere/signalbox.yaml'])
    const options = [serve(['--prot', '1']), serve(['--port', '70000'])]
    expect(await wrong.exit).toBe(1)
    expect(wrong.stderr()).toMatch(/retry\.maxAttempts/)
    expect(wrong.stderr()).toMatch(/breaker\.failures/)
    expect(await missing.exit).toBe(1)
    expect(missing.stderr()).toContain('/nowhere/signalbox.yaml')
    for (const { exit } of options) expect(await exit).toBe(2)
  })
})

describe('the process’s memory', () => {
  it('does not grow with bodies that are too long, announced or not', async () => {
    const server = serve(['--config', fileOf(simulated), '--port', '0'])
    const url = await server.url
    await post(url, ask)
    const before = rssMib(server)
    const long = Buffer.alloc(33 * MIB, 0x20)
    for (let round = 0; round < 3; round++) {
      const announced = await fetch(`${url}/v1/messages`, { method: 'POST', body: long })
      expect(announced.status).toBe(413)
      expect(await announced.json()).toMatchObject({ type: 'error', error: { type: 'request_too_large' } })
      const body = new Blob([long]).stream()
      const chunked = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body, duplex: 'half' })
      expect(chunked.status).toBe(413)
      expect(await chunked.json()).toMatchObject({
        error: { message: expect.stringContaining('33554432 bytes') },
      })
    }
    expect(rssMib(server) - before).toBeLessThan(120)
    expect((await post(url, ask)).status).toBe(200)
  })

  it('does not grow with an answer that its caller does not read', async () => {
    const text = `${'x'.repeat(16 * 1024)} `.repeat(4 * 1024)
    const upstream = await upstreamOf({
      wire: 'anthropic',
      script: [{ kind: 'answer' }, { kind: 'answer', text }],
    })
    const server = serve(['--config', fileOf(fleetOf([workerOf(upstream)])), '--port', '0'])
    const url = await server.url
    await post(url, ask)
    const before = rssMib(server)
    const leave = new AbortController()
    const reply = await post(url, { ...ask, stream: true }, { signal: leave.signal })
    expect(reply.status).toBe(200)
    // 64 MiB are on offer; what is taken, is taken by now.
    await sleep(systemClock, 700)
    expect(rssMib(server) - before).toBeLessThan(40)
    leave.abort()
    await upstream.until(() => upstream.aborted === 1)
  })
})
