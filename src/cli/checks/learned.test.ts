import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { realSystem } from '../../core/system.ts'
import { startServer } from '../../server/server.ts'
import { openStore } from '../../store/open.ts'
import { learnedCheck } from './learned.ts'

const value = {
  host: 'api.test',
  model: 'some-model',
  lesson: { path: ['output_config', 'effort'], mend: { kind: 'remove' } },
  at: new Date().toISOString(),
}

async function stateFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-learned-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'state.db')
}

describe('the doctor’s look at what was learned', () => {
  it('has nothing to say of a fleet that never learned', async () => {
    const config = parseConfig({ store: { path: await stateFile() } })
    expect(await learnedCheck(config, realSystem())).toMatchObject({
      ok: true,
      detail: 'no model has refused a field that its card does not tell',
    })
  })

  it('lists what the state file holds, and passes over what is no lesson', async () => {
    const path = await stateFile()
    const store = await openStore({ path }, realSystem())
    await store.log('lessons', 10).append([
      { id: '1', value: { nonsense: true } },
      { id: '2', value },
    ])
    await store.close()
    expect((await learnedCheck(parseConfig({ store: { path } }), realSystem())).detail).toBe(
      'some-model at api.test does not take output_config.effort: it is left out',
    )
  })

  it('asks the running Signalbox, whose state file nobody else may read', async () => {
    const path = await stateFile()
    const store = await openStore({ path }, realSystem())
    await store.log('lessons', 10).append([{ id: '1', value }])
    await store.close()
    const config = parseConfig({ store: { path } })
    const server = await startServer(config, realSystem(), { port: 0 })
    onTestFinished(() => server.close())
    const place = { host: '127.0.0.1', port: server.port }
    expect((await learnedCheck(config, realSystem(), place)).detail).toContain('some-model at api.test')
  })

  it.each<[ConfigInput['auth'], string | undefined]>([
    [{ keys: [{ name: 'ops', key: 'sb-ops', scopes: ['control'] }], adminToken: 'admin' }, 'Bearer admin'],
    [
      {
        keys: [
          { name: 'team', key: 'sb-team', scopes: ['data'] },
          { name: 'ops', key: 'sb-ops', scopes: ['control'] },
        ],
      },
      'Bearer sb-ops',
    ],
    [{ keys: [{ name: 'team', key: 'sb-team', scopes: ['data'] }] }, undefined],
    [{}, undefined],
  ])('shows the running one what opens its control plane: %j', async (auth, shown) => {
    const asked: unknown[] = []
    const server = createServer(({ url, headers }, res) => {
      asked.push([url, headers.authorization])
      if (shown === undefined) res.writeHead(401).end()
      else res.end(JSON.stringify({ learned: [value] }))
    })
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const config = parseConfig({ auth, store: { memory: true } })
    const { detail } = await learnedCheck(config, realSystem(), { host: '127.0.0.1', port })
    expect(asked).toEqual([['/api/config', shown]])
    expect(detail).toContain(shown === undefined ? 'takes no key of this configuration' : 'some-model')
  })

  it('says where to look when the Signalbox that has the state file listens on another port', async () => {
    const config = parseConfig({ store: { path: await stateFile() } })
    const server = await startServer(config, realSystem(), { port: 0 })
    onTestFinished(() => server.close())
    const { ok, detail } = await learnedCheck(config, realSystem())
    expect(ok).toBe(true)
    expect(detail).toContain(`process ${process.pid} has the state file`)
    expect(detail).toContain('run doctor with PORT set to')
    expect(detail).toContain('GET /api/config')
  })

  it('says where to look when the running one does not tell', async () => {
    const config = parseConfig({ store: { path: await stateFile() } })
    const nobody = { host: '127.0.0.1', port: 1 }
    const { ok, detail } = await learnedCheck(config, realSystem(), nobody)
    expect(ok).toBe(true)
    expect(detail).toContain('GET http://127.0.0.1:1/api/config')
  })

  it('says what is wrong with a state file that nobody has', async () => {
    const path = await stateFile()
    await writeFile(path, 'no database '.repeat(100))
    const { detail } = await learnedCheck(parseConfig({ store: { path } }), realSystem())
    expect(detail).toContain('is damaged')
  })

  it('tells of one value that it is one', async () => {
    const path = await stateFile()
    const store = await openStore({ path }, realSystem())
    const when = { output_config: { effort: 'xhigh' } }
    const lesson = { ...value.lesson, when }
    await store.log('lessons', 10).append([{ id: '1', value: { ...value, lesson } }])
    await store.close()
    expect((await learnedCheck(parseConfig({ store: { path } }), realSystem())).detail).toBe(
      'some-model at api.test does not take output_config.effort where it says {"output_config":{"effort":"xhigh"}}: it is left out',
    )
  })
})
