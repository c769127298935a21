import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { realSystem } from '../core/system.ts'
import { sqliteStore } from './sqlite.ts'
import { describeStore } from './store.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshPath = (): string => join(folder, `${++files}`, 'state.db')
const entry = (id: string) => ({ id, value: { id } })

describeStore('sqlite', () => sqliteStore(freshPath(), realSystem()))

describe('the state file', () => {
  it('has everything again after it was closed and opened', async () => {
    const path = freshPath()
    const first = await sqliteStore(path, realSystem())
    await first.log('decisions', 10).append(['a', 'b', 'c'].map(entry))
    await first.close()
    const second = await sqliteStore(path, realSystem())
    await second.log('decisions', 10).append([entry('d')])
    expect(await second.log('decisions', 10).newest(10)).toEqual(['d', 'c', 'b', 'a'].map((id) => ({ id })))
    await second.close()
  })

  it('writes what was appended just before it is closed', async () => {
    const path = freshPath()
    const first = await sqliteStore(path, realSystem())
    const appended = first.log('decisions', 10).append([entry('a')])
    await first.close()
    await appended
    const second = await sqliteStore(path, realSystem())
    expect(await second.log('decisions', 10).newest(10)).toEqual([{ id: 'a' }])
    await second.close()
  })

  it('follows a keep that was lowered', async () => {
    const path = freshPath()
    const store = await sqliteStore(path, realSystem())
    await store.log('decisions', 10).append(['a', 'b', 'c', 'd'].map(entry))
    const fewer = store.log('decisions', 2)
    expect(await fewer.newest(10)).toEqual([{ id: 'd' }, { id: 'c' }])
    await fewer.append([entry('e')])
    await store.close()
    const database = new DatabaseSync(path)
    expect(database.prepare('SELECT count(*) AS n FROM log_decisions').get()?.['n']).toBe(2)
    database.close()
  })

  it('stays as large as what it keeps, however much is appended', async () => {
    const path = freshPath()
    const store = await sqliteStore(path, realSystem())
    const log = store.log('decisions', 100)
    const batch = Array.from({ length: 100 }, (_, at) => ({ id: `${at}`, value: 'x'.repeat(1_000) }))
    for (let round = 0; round < 40; round++) await log.append(batch)
    await store.close()
    expect(statSync(path).size).toBeLessThan(3 * 100 * 1_000)
  })

  it('lets one bad value fail alone', async () => {
    const store = await sqliteStore(freshPath(), realSystem())
    const log = store.log('decisions', 10)
    const good = log.append([entry('a')])
    await expect(log.append([{ id: 'b', value: 1n }])).rejects.toThrow(TypeError)
    await good
    expect(await log.newest(10)).toEqual([{ id: 'a' }])
    await store.close()
  })

  it('takes nothing of a group that failed, and goes on after it', async () => {
    const store = await sqliteStore(freshPath(), realSystem())
    const log = store.log('decisions', 10)
    // An id that is none: what a caller without types may hand over.
    const bad = { id: undefined as unknown as string, value: 1 }
    await expect(log.append([entry('a'), bad])).rejects.toMatchObject({ code: 'store-failed' })
    await log.append([entry('b')])
    expect(await log.newest(10)).toEqual([{ id: 'b' }])
    await store.close()
  })

  it('says store-failed when the disk takes no more, keeps what it has, and goes on when there is room', async () => {
    // The limit on the size of files stands in for the disk: reaching it is a true error of the write.
    const program = `
      import { sqliteStore } from ${JSON.stringify(join(import.meta.dirname, 'sqlite.ts'))}
      import { realSystem } from ${JSON.stringify(join(import.meta.dirname, '../core/system.ts'))}
      const store = await sqliteStore(${JSON.stringify(freshPath())}, realSystem())
      const log = store.log('decisions', 1000)
      await log.append([{ id: 'first', value: 'small' }])
      const codes = []
      for (let round = 0; round < 3; round++)
        await log.append([{ id: 'big', value: 'x'.repeat(3_000_000) }]).then(() => codes.push('ok'), (e) => codes.push(e.code))
      await log.append([{ id: 'last', value: 'small' }])
      console.log(JSON.stringify({ codes, kept: await log.newest(10) }))
      await store.close()`
    const child = spawn(
      'sh',
      // 512-byte blocks: 1 MB.
      [
        '-c',
        `trap '' XFSZ; ulimit -f 2048; exec "$0" --input-type=module -e "$1"`,
        process.execPath,
        program,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_COMPILE_CACHE: '' } },
    )
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await once(child, 'close')
    expect(JSON.parse(output)).toEqual({
      codes: ['store-failed', 'store-failed', 'store-failed'],
      kept: ['small', 'small'],
    })
  })
})
