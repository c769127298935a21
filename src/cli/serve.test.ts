import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, newFolder } from './command-line-harness.ts'

let folder: Folder
beforeAll(() => {
  folder = newFolder()
  folder.write(
    'slow.yaml',
    'store: { memory: true }\npools: { a: { workers: [{ kind: simulated, latencyMs: 800 }] } }\n',
  )
})
afterAll(() => folder.remove())

async function serving(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = folder.start(['serve', ...args], { env })
  let stdout = ''
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  while (!stdout.includes('\n')) await once(child.stdout ?? child, 'data')
  const url = /^signalbox ready (\S+)\n$/.exec(stdout)?.[1] ?? ''
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  return { child, url, exit, output: () => ({ stdout, stderr }) }
}

const ask = (url: string): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', max_tokens: 10, messages: [{ role: 'user', content: 'hello' }] }),
  })

describe('signalbox serve', () => {
  it('prints one line when it can serve, answers, and lets what runs end when it is told to stop', async () => {
    const { child, url, exit, output } = await serving(['--config', 'slow.yaml', '--port', '0'])
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    const answer = ask(url)
    // The message is under way once the queue has seen it.
    await expect
      .poll(async () => (await (await fetch(`${url}/api/workers`)).text()).includes('"inFlight":1'))
      .toBe(true)
    child.kill('SIGTERM')
    expect((await answer).status).toBe(200)
    expect(await exit).toBe(0)
    const { stdout, stderr } = output()
    expect(stdout.split('\n')).toHaveLength(2)
    const logged = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(logged.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['ready', 'draining', 'stopped']))
  })

  it('ends at once at the second signal', async () => {
    const { child, url, exit } = await serving(['--config', 'slow.yaml', '--port', '0'])
    const answer = ask(url).catch(() => undefined)
    await expect
      .poll(async () => (await (await fetch(`${url}/api/workers`)).text()).includes('"inFlight":1'))
      .toBe(true)
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect(await exit).not.toBe(0)
    await answer
  })

  it('says in a sentence that the port is taken, wherever the port is from', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    // A listening server has an AddressInfo.
    const { port } = other.address() as AddressInfo
    folder.write('port.yaml', `server: { port: ${port} }\nstore: { memory: true }\n`)
    const runs = await Promise.all([
      folder.run(['serve', '--config', 'port.yaml']),
      folder.run(['serve', '--config', 'slow.yaml'], { env: { PORT: String(port) } }),
      folder.run(['doctor', '--config', 'port.yaml', '--json']),
    ])
    other.close()
    for (const { code } of runs) expect(code).toBe(1)
    for (const { stdout, stderr } of runs.slice(0, 2)) {
      expect(stdout).toBe('')
      expect(stderr).toContain(`signalbox: port ${port} of 127.0.0.1 is in use; `)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
    const { ok, checks } = JSON.parse(runs[2]?.stdout ?? '')
    expect(ok).toBe(false)
    expect(checks.find((check: { name: string }) => check.name === 'port')).toMatchObject({ ok: false })
  })

  it('leaves nothing behind where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    // A listening server has an AddressInfo.
    const { port } = other.address() as AddressInfo
    const empty = newFolder()
    const { code } = await empty.run(['serve', '--port', String(port)])
    const left = readdirSync(empty.path)
    other.close()
    empty.remove()
    expect({ code, left }).toEqual({ code: 1, left: [] })
  })

  it('names the line that names a pack that cannot be used', async () => {
    folder.write('packs.yaml', 'store: { memory: true }\nclassify:\n  packs: [general, broken.yaml]\n')
    folder.write('broken.yaml', 'name: broken\nclasses:\n  a:\n    none: [x]\n')
    const { code, stderr } = await folder.run(['serve', '--config', 'packs.yaml', '--port', '0'])
    expect(code).toBe(1)
    expect(stderr).toContain('packs.yaml:3:20 classify.packs.1: broken.yaml: classes.a.none (line 4)')
  })

  it('refuses short secrets for an address that --host opens', async () => {
    folder.write(
      'short.yaml',
      'store: { memory: true }\nauth: { keys: [{ name: ci, key: k }], adminToken: twelve-chars }\n',
    )
    const args = ['serve', '--config', 'short.yaml', '--host', '0.0.0.0', '--port', '0']
    const { code, stdout, stderr } = await folder.run(args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('auth.keys.0.key, auth.adminToken must have at least 16 characters')
  })

  it('refuses addresses of other machines without keys, and a PORT that is none', async () => {
    const [open, port] = await Promise.all([
      folder.run(['serve', '--config', 'slow.yaml', '--host', '0.0.0.0', '--port', '0']),
      folder.run(['serve'], { env: { PORT: 'http' } }),
    ])
    expect(open.code).toBe(1)
    expect(open.stderr).toContain('auth.keys and auth.adminToken')
    expect(port.code).toBe(2)
    expect(port.stderr).toContain('PORT must be a whole number')
  })
})
