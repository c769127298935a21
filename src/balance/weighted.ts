import type { WorkerView } from '../core/worker.ts'
import { Ledger } from './ledger.ts'
import type { Strategy } from './strategy.ts'

/** The share of the traffic that a worker should get now, relative to its fellows': its free slots, if it is well. */
export function shareOf(view: WorkerView): number {
  return view.weight * view.health * Math.max(0, view.slots - view.inFlight)
}

/**
 * Smooth weighted round robin (nginx, 2012): each candidate is credited its share, the one with the most credit is
 * picked and pays what all were credited. Over time each gets its share, and its turns are spread evenly between the
 * others'. The share is read anew at each pick, so it follows health and free slots as they change. O(n).
 */
export function weighted(): Strategy {
  const ledger = new Ledger()
  return Object.freeze({
    name: 'weighted',
    pick(candidates: readonly [WorkerView, ...WorkerView[]]): WorkerView {
      ledger.open(candidates)
      // By row: the credit of the worker.
      const { values } = ledger
      let picked: WorkerView = candidates[0]
      let pickedRow = 0
      let most = Number.NEGATIVE_INFINITY
      let total = 0
      let row = -1
      for (const candidate of candidates) {
        row = ledger.row(candidate, row + 1)
        const share = shareOf(candidate)
        const credit = (values[row] ?? 0) + share
        values[row] = credit
        total += share
        if (credit <= most) continue
        most = credit
        picked = candidate
        pickedRow = row
      }
      values[pickedRow] = most - total
      return picked
    },
  })
}
