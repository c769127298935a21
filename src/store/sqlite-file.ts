import { chmodSync, closeSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sleep } from '../core/clock.ts'
import type { System } from '../core/system.ts'
import { isBusy, stateFileError, storeFailure } from './failure.ts'
import { type Owner, readOwner, writeOwner } from './lock.ts'

/** 'SGBX': marks the file as ours, so that a database of another program is never touched. */
const applicationId = 0x53474258
/** Goes up with each change of the tables; an older program refuses a newer file. */
const schemaVersion = 1
/** Two starters at the same moment can each keep the other from the lock: both step back and try again. */
const patienceMs = 2_000

/**
 * Opens the state file for this process alone. SQLite's exclusive mode holds the operating system's lock on the file
 * until the connection closes or the process dies, so a killed process leaves nothing to clear up.
 *
 * `synchronous=NORMAL`: what is appended survives the death of the process at once, a power cut only after the next
 * checkpoint. That is right for a log of what happened; it is not enough for messages that were acknowledged.
 * @throws SignalboxError store-failed.
 */
export async function openStateFile(path: string, { clock, random }: System): Promise<DatabaseSync> {
  const giveUpAt = clock.now() + patienceMs
  for (;;) {
    try {
      prepareFile(path)
      return openAlone(path)
    } catch (error) {
      if (!isBusy(error)) throw storeFailure(path, error)
      const owner = readOwner(path)
      if (owner || clock.now() >= giveUpAt) throw inUse(path, owner)
    }
    await sleep(clock, 5 + 45 * random.next())
  }
}

function inUse(path: string, owner: Owner | undefined): Error {
  const where = owner && owner.host !== hostname() ? ` on ${owner.host}` : ''
  const who = owner ? `process ${owner.pid}${where}` : 'another process'
  return stateFileError(path, `is in use by ${who}; stop it or set store.path`, 'One process a state file.')
}

/** The file is made before SQLite sees it, because SQLite would make it readable by everybody. */
function prepareFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const file = lstatSync(path, { throwIfNoEntry: false })
  if (!file) {
    makeFile(path)
    return
  }
  if (file.isDirectory()) throw stateFileError(path, 'is a folder', 'Set store.path to a file in it.')
  // Through a second name the file would have a second write-ahead log, and the two would destroy it.
  if (file.isSymbolicLink() || file.nlink > 1)
    throw stateFileError(path, 'is a link', 'Set store.path to the file itself.')
  if (!file.isFile()) throw stateFileError(path, 'is no file', 'Set store.path to a file.')
  if ((file.mode & 0o077) !== 0) chmodSync(path, 0o600)
}

function makeFile(path: string): void {
  try {
    // Never open the file where it exists: closing it again would end the lock that this process may hold on it.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

function openAlone(path: string): DatabaseSync {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    claim(database, path)
    database.exec('COMMIT; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    // A checkpoint runs inside an append: a short log keeps each one short (1 MB: about 4 ms here, not 10).
    database.exec('PRAGMA wal_autocheckpoint = 250')
    writeOwner(path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Makes an empty file ours, and refuses what is foreign, newer or damaged before anything is changed in it. */
function claim(database: DatabaseSync, path: string): void {
  const id = pragma(database, 'application_id')
  const version = pragma(database, 'user_version')
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']
  if (id === 0 && version === 0 && tables === 0) {
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`)
    return
  }
  if (id !== applicationId)
    throw stateFileError(path, 'is a database of another program', 'Set store.path to another file.')
  if (Number(version) > schemaVersion)
    throw stateFileError(
      path,
      `was written by a newer Signalbox (its schema is ${version}, this one knows ${schemaVersion})`,
      'Install the newer version again, or set store.path to another file.',
    )
  const verdict = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (verdict !== 'ok') throw Object.assign(new Error(String(verdict)), { errcode: 11 })
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name]
}
