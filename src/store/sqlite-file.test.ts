import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import { realSystem } from '../core/system.ts'
import { openStore } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-file-'))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})
let files = 0
const freshPath = (): string => join(folder, `${++files}`, 'state.db')

async function open(path: string) {
  return openStore({ path }, realSystem())
}

async function refusal(path: string): Promise<SignalboxError> {
  try {
    await (await open(path)).close()
  } catch (error) {
    if (SignalboxError.is(error)) return error
    throw error
  }
  throw new Error('it was opened')
}

async function filled(path: string, entries = 1_000): Promise<void> {
  const store = await open(path)
  await store
    .log('decisions', entries)
    .append(Array.from({ length: entries }, (_, at) => ({ id: `${at}`, value: 'x'.repeat(200) })))
  await store.close()
}

/** A process that opens the state file, says what came of it, and holds it until it is killed or told to close. */
function opener(path: string, options: { uid?: number } = {}) {
  const program = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, 'open.ts'))}
    import { realSystem } from ${JSON.stringify(join(import.meta.dirname, '../core/system.ts'))}
    try {
      const store = await openStore({ path: ${JSON.stringify(path)} }, realSystem())
      await store.log('decisions', 10).append([{ id: String(process.pid), value: process.pid }])
      console.log(JSON.stringify({ won: true, pid: process.pid }))
      process.stdin.once('data', async () => { await store.close(); process.exit(0) })
    } catch (error) {
      console.log(JSON.stringify({ won: false, pid: process.pid, code: error.code, message: error.message }))
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'ignore'],
    ...options,
  })
  children.push(child)
  const said = once(createInterface(child.stdout), 'line').then(
    ([line]) => JSON.parse(String(line)) as { won: boolean; pid: number; code?: string; message?: string },
  )
  return { child, said }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('who may have the state file', () => {
  it('refuses a second opening and names the process that has it', async () => {
    const path = freshPath()
    const store = await open(path)
    const error = await refusal(path)
    expect(error.code).toBe('store-failed')
    expect(error.message).toContain(`is in use by process ${process.pid}; stop it or set store.path`)
    // Being asked must not have loosened the first one's hold.
    const { said } = opener(path)
    expect(await said).toMatchObject({ won: false })
    await store.close()
  })

  it('lets the next one in after it was closed, and leaves no plate behind', async () => {
    const path = freshPath()
    await (await open(path)).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
    await (await open(path)).close()
  })

  it('lets exactly one of several starters win, on a new file and on one left by kill -9', async () => {
    const path = freshPath()
    for (let round = 0; round < 2; round++) {
      const starters = Array.from({ length: 3 }, () => opener(path))
      const said = await Promise.all(starters.map((starter) => starter.said))
      const winners = said.filter(({ won }) => won)
      expect(winners).toHaveLength(1)
      for (const { won, message } of said)
        if (!won) expect(message).toContain(`in use by process ${winners[0]?.pid};`)
      expect(JSON.parse(readFileSync(`${path}.lock`, 'utf8'))).toMatchObject({ pid: winners[0]?.pid })
      await Promise.all(starters.map(async ({ child }, at) => said[at]?.won && kill(child)))
      expect(existsSync(`${path}.lock`)).toBe(true)
    }
    const store = await open(path)
    expect(await store.log('decisions', 10).newest(10)).toHaveLength(2)
    await store.close()
  })

  it('is not kept out by a plate that is no plate', async () => {
    const path = freshPath()
    mkdirSync(join(path, '..'))
    for (const text of ['', '{', 'null', '{"pid":-1}', '\u0000']) {
      writeFileSync(`${path}.lock`, text)
      await (await open(path)).close()
    }
  })
})

describe('a state file that cannot be used', () => {
  it('is made for its owner alone, in a folder for its owner alone', async () => {
    const path = freshPath()
    const store = await open(path)
    await store.log('decisions', 10).append([{ id: 'a', value: 1 }])
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    for (const file of [path, `${path}-wal`, `${path}.lock`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    await store.close()
    chmodSync(path, 0o644)
    await (await open(path)).close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is refused when it is a folder, a link, or below a file', async () => {
    const path = freshPath()
    mkdirSync(path, { recursive: true })
    expect((await refusal(path)).message).toMatch(/is a folder$/)

    const real = freshPath()
    await filled(real, 1)
    symlinkSync(real, `${real}.symbolic`)
    expect((await refusal(`${real}.symbolic`)).message).toMatch(/is a link$/)
    linkSync(real, `${real}.hard`)
    expect((await refusal(`${real}.hard`)).message).toMatch(/is a link$/)
    expect((await refusal(join(real, 'state.db'))).message).toContain('a part of its path is a file')
  })

  it('is refused where this user may not write', async () => {
    const path = freshPath()
    mkdirSync(join(path, '..'))
    chmodSync(join(path, '..'), 0o555)
    // To root nothing is read-only: it looks through the eyes of nobody.
    const { said } = opener(path, process.getuid?.() === 0 ? { uid: 65_534 } : {})
    chmodSync(folder, 0o755)
    expect(await said).toMatchObject({ won: false, code: 'store-failed' })
    expect((await said).message).toContain('may not be read and written by this user')
  })

  it('is refused when it is no database, with what to do, and is left as it was', async () => {
    const path = freshPath()
    mkdirSync(join(path, '..'))
    writeFileSync(path, 'hello '.repeat(1_000))
    const error = await refusal(path)
    expect(error.message).toMatch(/is damaged, or no state file of Signalbox$/)
    expect(error.hint).toMatch(/^Move it away/)
    expect(readFileSync(path, 'utf8')).toBe('hello '.repeat(1_000))
  })

  it('is refused when it was cut off or overwritten in the middle', async () => {
    const cut = freshPath()
    await filled(cut)
    truncateSync(cut, 40_960)
    expect((await refusal(cut)).message).toContain('is damaged')

    const overwritten = freshPath()
    await filled(overwritten)
    const bytes = readFileSync(overwritten)
    bytes.fill(0xff, 8_192, 12_288)
    writeFileSync(overwritten, bytes)
    expect((await refusal(overwritten)).message).toContain('is damaged')
  })

  it('either opens or is refused with store-failed, wherever a byte was turned', async () => {
    const path = freshPath()
    await filled(path, 200)
    const sound = readFileSync(path)
    for (let at = 0; at < sound.length; at += 512) {
      const turned = Buffer.from(sound)
      turned.writeUInt8(turned.readUInt8(at) ^ 0xff, at)
      writeFileSync(path, turned)
      try {
        const store = await open(path)
        await store.log('decisions', 200).newest(200).catch(expectStoreFailed)
        await store.close()
      } catch (error) {
        expectStoreFailed(error)
      }
    }
  })

  it('is refused when another program or a newer version wrote it', async () => {
    const foreign = freshPath()
    mkdirSync(join(foreign, '..'))
    let database = new DatabaseSync(foreign)
    database.exec('CREATE TABLE notes (text)')
    database.close()
    expect((await refusal(foreign)).message).toContain('is a database of another program')

    const newer = freshPath()
    await filled(newer, 1)
    database = new DatabaseSync(newer)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect((await refusal(newer)).message).toContain(
      'was written by a newer Signalbox (its schema is 99, this one knows 1)',
    )
  })
})

function expectStoreFailed(error: unknown): void {
  expect(SignalboxError.is(error) && error.code).toBe('store-failed')
}
