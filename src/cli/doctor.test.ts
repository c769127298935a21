import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Folder, newFolder } from './command-line-harness.ts'

let folder: Folder
beforeAll(() => {
  folder = newFolder()
})
afterAll(() => folder.remove())

describe('signalbox doctor', () => {
  it('finds the preset well', async () => {
    const { code, stdout } = await folder.run(['doctor', '--json'], { env: { PORT: '0' } })
    const { ok, checks } = JSON.parse(stdout)
    expect({ code, ok }).toEqual({ code: 0, ok: true })
    const names: string[] = checks.map(({ name }: { name: string }) => name)
    for (const name of [
      'node',
      'configuration',
      'binding',
      'port',
      'store',
      'packs',
      'models',
      'worker opus-1',
      'route simple',
    ])
      expect(names).toContain(name)
    for (const check of checks)
      expect(check).toMatchObject({ ok: true, mend: null, detail: expect.any(String) })
  })

  it('names each thing that is ill, and how to mend it', async () => {
    folder.write(
      'ill.yaml',
      [
        'server: { port: 0 }',
        'store: { path: ill.yaml/state.db }',
        'pools:',
        '  dead: { workers: [{ kind: openai, model: my-model, baseUrl: "http://127.0.0.1:9/v1" }] }',
        '  alive: { workers: [{ kind: simulated }] }',
        'routes: { tactical: [alive, dead], simple: [dead] }',
        'classify: { packs: [none.yaml] }',
      ].join('\n'),
    )
    const { code, stdout } = await folder.run(['doctor', '--config', 'ill.yaml', '--json'])
    const { ok, checks } = JSON.parse(stdout)
    expect({ code, ok }).toEqual({ code: 1, ok: false })
    const ill = checks.filter((check: { ok: boolean }) => !check.ok)
    expect(ill.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'models',
      'packs',
      'route simple',
      'store',
      'worker dead-1',
    ])
    for (const { mend } of ill) expect(mend).toEqual(expect.any(String))
  })

  it('asks each endpoint for an answer, and tells a wrong address and a wrong key from a right one', async () => {
    const upstream = await startUpstream()
    const { port } = upstream.address() as AddressInfo
    const url = `http://127.0.0.1:${port}`
    const pool = (name: string, keys: string): string =>
      `  ${name}: { workers: [{ model: claude-opus-5-5, ${keys} }] }`
    folder.write(
      'endpoints.yaml',
      [
        'server: { port: 0 }',
        'store: { memory: true }',
        'pools:',
        pool('right', `kind: openai, baseUrl: "${url}/v1", apiKey: good-key`),
        pool('callers', `kind: openai, baseUrl: "${url}/v1"`),
        pool('no-v1', `kind: openai, baseUrl: "${url}", apiKey: good-key`),
        pool('page', `kind: anthropic, baseUrl: "${url}/page", apiKey: good-key`),
        pool('moved', `kind: anthropic, baseUrl: "${url}/moved", apiKey: good-key`),
        pool('bad-key', `kind: openai, baseUrl: "${url}/v1", apiKey: bad-key, count: 3`),
      ].join('\n'),
    )
    const { code, stdout } = await folder.run(['doctor', '--config', 'endpoints.yaml', '--json'])
    upstream.close()
    const found = new Map<string, { ok: boolean; mend: string | null }>(
      JSON.parse(stdout).checks.map((check: { name: string }) => [check.name, check]),
    )
    expect(code).toBe(1)
    expect(found.get('worker right-1')).toMatchObject({ ok: true, mend: null })
    expect(found.get('worker callers-1')).toMatchObject({ ok: true, mend: null })
    const mend = 'check baseUrl: Anthropic without /v1, OpenAI with /v1'
    for (const name of ['no-v1', 'page', 'moved'])
      expect(found.get(`worker ${name}-1`)).toMatchObject({ ok: false, mend })
    for (const number of [1, 2, 3])
      expect(found.get(`worker bad-key-${number}`)).toMatchObject({ ok: false, mend: 'check apiKey' })
  })

  it('is content with a Signalbox that runs in the same folder', async () => {
    const own = newFolder()
    const child = own.start(['serve', '--port', '0'])
    try {
      const [line] = await once(child.stdout ?? child, 'data')
      const port = /:(\d+)\n$/.exec(String(line))?.[1] ?? ''
      const { code, stdout } = await own.run(['doctor', '--json'], { env: { PORT: port } })
      const { checks } = JSON.parse(stdout)
      const detailOf = (wanted: string): string =>
        checks.find(({ name }: { name: string }) => name === wanted).detail
      expect(code).toBe(0)
      expect(detailOf('port')).toBe(
        `port ${port} of 127.0.0.1 is in use by a running Signalbox, which is ready`,
      )
      expect(detailOf('store')).toContain(
        `in use by a running Signalbox, process ${child.pid}, which answers /readyz`,
      )
      const beside = await own.run(['doctor', '--json'], { env: { PORT: '0' } })
      expect(beside.code).toBe(0)
      expect(beside.stdout).not.toContain('/readyz')
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
      own.remove()
    }
  })

  it('tells what Claude Code will find', async () => {
    folder.write(
      'claude.yaml',
      [
        'server: { port: 0 }',
        'store: { memory: true }',
        'intercept: ["claude-opus-*"]',
        'pools:',
        '  own: { workers: [{ kind: simulated, model: claude-haiku-5-5 }] }',
        '  local: { workers: [{ kind: openai, model: claude-local, baseUrl: "http://127.0.0.1:9/v1" }] }',
        'routes: { tactical: [own, local] }',
      ].join('\n'),
    )
    const { stdout } = await folder.run(['doctor', '--config', 'claude.yaml', '--claude-code', '--json'], {
      env: { CLAUDE_CODE_GATEWAY_HINT_HEADERS: '' },
    })
    const { checks } = JSON.parse(stdout)
    const found = new Map<string, { ok: boolean; detail: string; mend: string | null }>(
      checks.map((check: { name: string }) => [check.name.replace('claude-code ', ''), check]),
    )
    expect(found.get('hello')?.ok).toBe(true)
    expect(found.get('models')?.detail).toMatch(/^6 names in \d+ ms; .* shows the 2 of them/)
    expect(found.get('claude-opus-5-5')?.detail).toBe('is classified and routed')
    expect(found.get('claude-haiku-5-5')?.detail).toMatch(/^goes to own by its name/)
    expect(found.get('claude-sonnet-5-5')).toMatchObject({
      ok: false,
      mend: expect.stringContaining('intercept'),
    })
    expect(found.get('safeguards tactical')?.detail).toMatch(
      /^no auto mode at own, local: .*--permission-mode$/,
    )
    expect(found.get('hints')?.detail).toMatch(/^start claude with CLAUDE_CODE_GATEWAY_HINT_HEADERS=1/)
  })

  it('stops at a configuration that is invalid, and shows every problem', async () => {
    folder.write('bad.yaml', 'server: { prot: 1 }\nqueue: { capacity: 0 }\n')
    const { code, stdout } = await folder.run(['doctor', '--config', 'bad.yaml'])
    expect(code).toBe(1)
    expect(stdout).toContain('✗ configuration: bad.yaml:1:11 server.prot: unknown key; did you mean "port"?')
    expect(stdout).toContain('bad.yaml:2:20 queue.capacity: must be at least 1')
  })
})

/** Alive at every path; an API below /v1, a web page below /page, an old address at /moved. */
async function startUpstream(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume()
    const answer = (status: number, type: string, text: string): void => {
      response.writeHead(status, { 'content-type': type, location: '/v1' }).end(text)
    }
    const { method, url = '' } = request
    if (url.startsWith('/page')) answer(200, 'text/html; charset=utf-8', '<!doctype html>')
    else if (method === 'POST' && url.startsWith('/moved')) answer(308, 'text/plain', '')
    else if (method === 'POST' && url === '/v1/chat/completions') {
      const right = request.headers.authorization === 'Bearer good-key'
      answer(right ? 400 : 401, 'application/json', '{"error":{"message":"no"}}')
    } else answer(404, 'application/json', '{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
