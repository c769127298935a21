import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../config/load.ts'
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
    expect((await learnedCheck(config, realSystem())).detail).toContain('cannot be read')
  })
})
