import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseConfig } from '../../config/load.ts'
import { bindingCheck, nodeCheck, portCheck, storeCheck } from './machine.ts'

/** No process has so great a number. */
const NOBODY = 2 ** 31 - 1

describe('the doctor’s look at the machine', () => {
  it.each([
    ['20.20.2', false],
    ['22.18.9', false],
    ['22.19.0', true],
    ['24.0.0', true],
  ])('Node %s: %s', (version, ok) => {
    expect(nodeCheck(version).ok).toBe(ok)
  })

  it('wants keys where other machines can reach the port', () => {
    const keys = { keys: [{ name: 'ci', key: 'k'.repeat(16) }], adminToken: 't'.repeat(16) }
    expect(bindingCheck(parseConfig({}), '127.0.0.1').ok).toBe(true)
    expect(bindingCheck(parseConfig({}), '0.0.0.0').ok).toBe(false)
    expect(bindingCheck(parseConfig({ auth: keys }), '0.0.0.0').ok).toBe(true)
    expect(bindingCheck(parseConfig({ auth: { adminToken: 't' } }), '0.0.0.0').ok).toBe(false)
    expect(
      bindingCheck(parseConfig({ auth: { ...keys, adminToken: 't'.repeat(15) } }), '0.0.0.0'),
    ).toMatchObject({ ok: false, detail: expect.stringContaining('auth.adminToken') })
  })

  it('says of an address that is not this machine’s that it is not', async () => {
    const check = await portCheck({ host: '192.0.2.1', port: 80 })
    expect(check).toMatchObject({ ok: false, detail: '192.0.2.1 is no address of this machine' })
  })

  it('wants a file for the state, in a folder', () => {
    expect(storeCheck({ memory: true }).ok).toBe(true)
    expect(storeCheck({ path: '/tmp/signalbox-none/deep/state.db' }).ok).toBe(true)
    expect(storeCheck({ path: '/tmp' })).toMatchObject({ ok: false, detail: '/tmp is a folder' })
    expect(storeCheck({ path: '/dev/null/state.db' })).toMatchObject({
      ok: false,
      detail: '/dev/null is no folder',
    })
  })

  it('knows a state file that a process of another machine has, which cannot be seen from here', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-machine-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const path = join(folder, 'state.db')
    const owned = async (host: string, pid: number) => {
      await writeFile(`${path}.lock`, JSON.stringify({ pid, host, start: null }))
      return storeCheck({ path })
    }
    for (const pid of [process.pid, NOBODY])
      expect(await owned('elsewhere.test', pid)).toMatchObject({
        ok: false,
        detail: `${path} is in use by process ${pid} of elsewhere.test`,
      })
    expect((await owned(hostname(), process.pid)).detail).toContain('is in use by a running Signalbox')
    expect((await owned(hostname(), NOBODY)).detail).toBe(`${path} can be made`)
  })
})
