import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOwner, removeOwner, writeOwner } from './lock.ts'

describe('the name plate beside a state file', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-lock-'))
    path = join(folder, 'state.db')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const plate = () => JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as Record<string, unknown>
  const write = (text: string) => writeFileSync(`${path}.lock`, text)

  it('names this process until it is taken away', () => {
    expect(readOwner(path)).toBeUndefined()
    writeOwner(path)
    expect(readOwner(path)).toMatchObject({ pid: process.pid, host: hostname() })
    removeOwner(path)
    removeOwner(path)
    expect(readOwner(path)).toBeUndefined()
  })

  it('names nobody when its process is gone', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    await once(child, 'exit')
    write(JSON.stringify({ pid: child.pid, host: hostname(), start: null }))
    expect(readOwner(path)).toBeUndefined()
  })

  it('names nobody when the number belongs to a later process', () => {
    writeOwner(path)
    // Where the system does not say when a process began, the number alone has to do.
    const told = plate()['start'] !== null
    write(JSON.stringify({ ...plate(), start: 'an earlier boot 1' }))
    expect(readOwner(path)).toEqual(told ? undefined : expect.objectContaining({ pid: process.pid }))
  })

  it('believes the plate of another host, whose processes cannot be seen', () => {
    write(JSON.stringify({ pid: 7, host: 'another-host', start: null }))
    expect(readOwner(path)).toMatchObject({ pid: 7, host: 'another-host' })
  })

  it('names nobody when it cannot be read', () => {
    for (const text of ['', '{', 'null', '[]', '{"pid":-1}', '{"pid":"7"}', '\u0000']) {
      write(text)
      expect(readOwner(path)).toBeUndefined()
    }
  })

  it('is put in the place of a link, not through it', () => {
    writeFileSync(join(folder, 'victim'), 'untouched')
    symlinkSync(join(folder, 'victim'), `${path}.lock`)
    writeOwner(path)
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('untouched')
    expect(readOwner(path)).toMatchObject({ pid: process.pid })
  })
})
