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

  it('stops at a configuration that is invalid, and shows every problem', async () => {
    folder.write('bad.yaml', 'server: { prot: 1 }\nqueue: { capacity: 0 }\n')
    const { code, stdout } = await folder.run(['doctor', '--config', 'bad.yaml'])
    expect(code).toBe(1)
    expect(stdout).toContain('✗ configuration: bad.yaml:1:11 server.prot: unknown key; did you mean "port"?')
    expect(stdout).toContain('bad.yaml:2:20 queue.capacity: must be at least 1')
  })
})
