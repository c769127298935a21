import { namedWorkerId, type WorkerId, workerId } from '../core/worker.ts'

interface Entry {
  readonly count: number
  readonly name?: string | undefined
}

/**
 * The workers of a pool one by one, as `count` asks, each with its id: POOL-N by its number in the pool, from 1, or
 * the name it was given (NAME-1, NAME-2 … where one name stands for several).
 */
export function eachWorker<Worker extends Entry>(
  pool: string,
  workers: readonly Worker[],
): readonly { readonly id: WorkerId; readonly worker: Worker; readonly entry: number }[] {
  const each: { id: WorkerId; worker: Worker; entry: number }[] = []
  for (const [entry, worker] of workers.entries()) {
    for (let copy = 1; copy <= worker.count; copy++) {
      const number = each.length + 1
      const id =
        worker.name === undefined
          ? workerId(pool, number)
          : namedWorkerId(worker.count === 1 ? worker.name : `${worker.name}-${copy}`)
      each.push({ id, worker, entry })
    }
  }
  return each
}
