import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Rows for one log, and how to put them there. */
export interface Append {
  readonly insert: StatementSync
  readonly trim: StatementSync
  readonly keep: number
  readonly rows: readonly { readonly id: string; readonly json: string }[]
}

interface Waiting extends Append {
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Appends of the same turn share one transaction, because a transaction costs more than a row. */
export class GroupCommit {
  readonly #database: DatabaseSync
  #waiting: Waiting[] = []

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Resolves when the rows are written; rejects with SQLite's error when the group was rolled back. */
  add(append: Append): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ ...append, done, failed })
      if (this.#waiting.length === 1) queueMicrotask(() => this.commit())
    })
  }

  /** Writes what waits, now. */
  commit(): void {
    if (this.#waiting.length === 0) return
    const group = this.#waiting
    this.#waiting = []
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const { insert, trim, keep, rows } of group) {
        for (const { id, json } of rows) insert.run(id, json)
        trim.run(keep)
      }
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      for (const { failed } of group) failed(error)
      return
    }
    for (const { done } of group) done()
  }

  #rollBack(): void {
    try {
      // SQLite has rolled back by itself where the disk was full or failed.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {
      // The failure that led here is the one to report.
    }
  }
}
