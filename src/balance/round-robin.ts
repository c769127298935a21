import type { WorkerView } from '../core/worker.ts'
import { Ledger } from './ledger.ts'
import type { Strategy } from './strategy.ts'

/**
 * Takes turns: picks the candidate that has waited longest for its turn, one that never had any first. A counter
 * over the list would be quicker, but the list changes from pick to pick, and then a counter can pass the same
 * worker over for ever. O(n).
 */
export function roundRobin(): Strategy {
  const ledger = new Ledger()
  return Object.freeze({
    name: 'round-robin',
    pick(candidates: readonly [WorkerView, ...WorkerView[]]): WorkerView {
      const lastTurns = ledger.open(candidates)
      let picked: WorkerView = candidates[0]
      let pickedRow = 0
      let earliest = Number.POSITIVE_INFINITY
      let row = -1
      for (const candidate of candidates) {
        row = ledger.row(candidate, row + 1)
        const lastTurn = lastTurns[row] ?? 0
        if (lastTurn >= earliest) continue
        earliest = lastTurn
        picked = candidate
        pickedRow = row
      }
      lastTurns[pickedRow] = ledger.pick
      return picked
    },
  })
}
