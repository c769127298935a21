import type { WorkerId, WorkerView } from '../core/worker.ts'

/** Not a multiple of the rows: where new workers come for ever, rows and pauses would make each other grow. */
const TIDY_PICKS = 1_000

/**
 * One number a worker, for strategies that remember; what the number means is theirs, and it is 0 at first.
 * Candidates mostly come in the same order, so a worker's row is looked for where it should be, right after the row
 * before, and only then by its id: a map alone would be five times slower. Bounded: who is no candidate at two
 * tidyings in a row is forgotten. Tidying also brings the rows into the order of the candidates; it comes seldom
 * enough to cost O(1) a pick.
 */
export class Ledger {
  #views: WorkerView[] = []
  #values = new Float64Array(0)
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

  /** The number of the pick that it was opened for last, from 1. */
  get pick(): number {
    return this.#pick
  }

  /**
   * Begins a pick. @returns the numbers by row, which stay in this array until the next pick begins. (Floats even for
   * whole numbers: an array of small integers makes weighted picks among 1,000 a third slower.)
   */
  open(candidates: readonly WorkerView[]): Float64Array {
    this.#pick++
    if (this.#pick >= this.#tidyAt) this.#tidy(candidates)
    // Room for candidates that nobody knows yet, so that the array need not be replaced in the middle of a pick.
    const rowsMax = this.size + candidates.length
    if (this.#values.length < rowsMax) {
      const larger = new Float64Array(2 * rowsMax)
      larger.set(this.#values)
      this.#values = larger
    }
    return this.#values
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
    this.#values[row] = value
    this.#rowById.set(view.id, row)
    return row
  }

  #tidy(candidates: readonly WorkerView[]): void {
    const views = this.#views
    const values = this.#values
    const rowById = this.#rowById
    this.#views = []
    this.#values = new Float64Array(2 * (views.length + candidates.length))
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
    this.#tidyAt = this.#pick + TIDY_PICKS + 4 * candidates.length
  }
}
