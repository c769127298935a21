import { resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { SignalboxError } from '../core/errors.ts'
import type { LogStore, Store } from '../core/store.ts'
import type { System } from '../core/system.ts'
import { storeFailure } from './failure.ts'
import { GroupCommit } from './group-commit.ts'
import { removeOwner } from './lock.ts'
import { checkKeep, checkName, wholeLimit } from './log-arguments.ts'
import { openStateFile } from './sqlite-file.ts'

/**
 * The state file: one SQLite database, one table a log, held by one process (sqlite-file.ts).
 *
 * Rows are numbered without gaps (only the oldest are ever deleted), so trimming to `keep` is a range at the left edge
 * of the tree. There is no index on the ids: it would double the cost of each append (10 µs became 18 µs) to serve a
 * look-up that happens once a page and stops at the first match from the newest end; the table is bounded by `keep`.
 * @throws SignalboxError store-failed.
 */
export async function sqliteStore(file: string, system: System): Promise<Store> {
  // Absolute: the working directory may change, and SQLite must not read the name as a URI or as ':memory:'.
  const path = resolve(file)
  const database = await openStateFile(path, system)
  const group = new GroupCommit(database)

  /** Runs `work` while the store is open; whatever SQLite says comes out as store-failed. */
  function guard<Result>(work: () => Result): Result {
    if (!database.isOpen) throw new SignalboxError('store-failed', 'the store is closed')
    try {
      return work()
    } catch (error) {
      throw storeFailure(path, error)
    }
  }

  function logOf(name: string, keep: number): LogStore {
    checkName(name)
    checkKeep(keep)
    const statements = guard(() => prepareLog(database, `"log_${name}"`))
    return Object.freeze<LogStore>({
      async append(entries) {
        // A value that is no JSON fails alone, here, and not the whole group.
        const rows = entries.map(({ id, value }) => ({ id, json: JSON.stringify(value) ?? 'null' }))
        if (rows.length === 0) return
        const written = guard(() => group.add({ ...statements, keep, rows }))
        await written.catch((error: unknown) => {
          throw storeFailure(path, error)
        })
      },
      async newest(limit, before) {
        return guard(() => readNewest(statements, keep, wholeLimit(limit), before))
      },
    })
  }

  return Object.freeze<Store>({
    kind: 'sqlite',
    log: logOf,
    async close() {
      if (!database.isOpen) return
      group.commit()
      // While the file is still ours: afterwards the plate may be another's.
      removeOwner(path)
      guard(() => database.close())
    },
  })
}

type LogStatements = ReturnType<typeof prepareLog>

/** The statements of one log; its table is made when it is first asked for. */
function prepareLog(database: DatabaseSync, table: string) {
  database.exec(
    `CREATE TABLE IF NOT EXISTS ${table} (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, value TEXT NOT NULL) STRICT`,
  )
  const kept = `seq > (SELECT max(seq) FROM ${table}) - ?`
  return {
    insert: database.prepare(`INSERT INTO ${table} (id, value) VALUES (?, ?)`),
    trim: database.prepare(`DELETE FROM ${table} WHERE seq <= (SELECT max(seq) FROM ${table}) - ?`),
    find: database.prepare(`SELECT seq FROM ${table} WHERE id = ? ORDER BY seq DESC LIMIT 1`),
    page: database.prepare(`SELECT value FROM ${table} WHERE ${kept} AND seq < ? ORDER BY seq DESC LIMIT ?`),
  }
}

function readNewest(
  { find, page }: LogStatements,
  keep: number,
  limit: number,
  before: string | undefined,
): readonly unknown[] {
  const end = before === undefined ? Number.MAX_SAFE_INTEGER : find.get(before)?.['seq']
  if (typeof end !== 'number') return []
  return page.all(keep, end, limit).map((row): unknown => JSON.parse(String(row['value'])))
}
