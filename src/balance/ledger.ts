import type { WorkerId, WorkerView } from '../core/worker.ts'

/**
 * One number a worker, for strategies that remember; what the number means is theirs, and it is 0 at first.
 * Candidates mostly come in the same order, so a worker's row is looked for where it should be, right after the row
 * before, and only then by its id: a map alone would be ten times slower. Bounded: who is no candidate at two
 * tidyings in a row is forgotten. Tidying also brings the rows into the order of the candidates; it comes seldom
 * enough to cost O(1) a pick.
 */
export class Ledger {
  /** By row, as are the views. */
  values: number[] = []
  #views: WorkerView[] = []
  #rowById = new Map<WorkerId, number>()
  #pick = 0
  #tidyAt = 0
  /** The rows of those that were no candidates at the last tidying. */
  #absentFrom = 0
  #absentEnd = 0

  /** How many workers it remembers. */
  get size(): number {
    return this.#views.length
  }

  /** Call it before the rows of a pick are asked for. @returns the number of the pick, from 1. */
  open(candidates: readonly WorkerView[]): number {
    this.#pick++
    if (this.#pick >= this.#tidyAt) this.#tidy(candidates)
    return this.#pick
  }

  /** @param guess one more than the row before; 0 for the first. */
  row(view: WorkerView, guess: number): number {
    return this.#views[guess] === view ? guess : this.#find(view)
  }

  #find(view: WorkerView): number {
    const row = this.#rowById.get(view.id)
    if (row === undefined) return this.#add(view, 0)
    // A worker may come back as another object with the same id.
    this.#views[row] = view
    return row
  }

  #add(view: WorkerView, value: number): number {
    const row = this.#views.length
    this.#views.push(view)
    this.values.push(value)
    this.#rowById.set(view.id, row)
    return row
  }

  #tidy(candidates: readonly WorkerView[]): void {
    const { values } = this
    const views = this.#views
    const rowById = this.#rowById
    this.values = []
    this.#views = []
    this.#rowById = new Map()
    const move = (view: WorkerView, row: number | undefined): void => {
      if (!this.#rowById.has(view.id)) this.#add(view, row === undefined ? 0 : (values[row] ?? 0))
    }
    for (const view of candidates) move(view, rowById.get(view.id))
    const absentFrom = this.size
    for (const [row, view] of views.entries()) {
      if (row < this.#absentFrom || row >= this.#absentEnd) move(view, row)
    }
    this.#absentFrom = absentFrom
    this.#absentEnd = this.size
    this.#tidyAt = this.#pick + 64 + 4 * this.size
  }
}
