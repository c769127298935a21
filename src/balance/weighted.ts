import type { Random } from '../core/random.ts'
import type { WorkerView } from '../core/worker.ts'
import { Ledger } from './ledger.ts'
import type { Strategy, StrategyDeps } from './strategy.ts'

/** Up to so many candidates turns are exact; above, 6 ns a candidate become too long, and chance is smooth enough. */
export const SMOOTH_MAX = 512
const DRAWS = 64

/** The share of the traffic that a worker should get now, relative to its fellows': its free slots, if it is well. */
export function shareOf(view: WorkerView): number {
  return view.weight * view.health * Math.max(0, view.slots - view.inFlight)
}

/**
 * Gives each worker its share, read anew at each pick, so that it follows health and free slots as they change.
 *
 * Up to 512 candidates by smooth weighted round robin (nginx, 2012): each candidate is credited its share, the one
 * with the most credit is picked and pays what all were credited. Over time each gets its share, and its turns are
 * spread evenly between the others'. O(n). Above, by chance: one of 64 random candidates, each in proportion to its
 * share. A worker with 8 times the usual share gets a tenth less than it should. O(1).
 */
export function weighted({ random }: StrategyDeps): Strategy {
  const ledger = new Ledger()
  return Object.freeze({
    name: 'weighted',
    pick(candidates: readonly [WorkerView, ...WorkerView[]]): WorkerView {
      return candidates.length > SMOOTH_MAX ? byChance(candidates, random) : byCredit(candidates, ledger)
    },
  })
}

function byCredit(candidates: readonly [WorkerView, ...WorkerView[]], ledger: Ledger): WorkerView {
  const credits = ledger.open(candidates)
  let picked: WorkerView = candidates[0]
  let pickedRow = 0
  let most = Number.NEGATIVE_INFINITY
  let total = 0
  let row = -1
  for (const candidate of candidates) {
    row = ledger.row(candidate, row + 1)
    const share = shareOf(candidate)
    const credit = (credits[row] ?? 0) + share
    credits[row] = credit
    total += share
    if (credit <= most) continue
    most = credit
    picked = candidate
    pickedRow = row
  }
  credits[pickedRow] = most - total
  return picked
}

function byChance(candidates: readonly [WorkerView, ...WorkerView[]], random: Random): WorkerView {
  let picked: WorkerView = candidates[0]
  let total = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    const candidate = candidates[Math.floor(random.next() * candidates.length)] ?? candidates[0]
    const share = shareOf(candidate)
    total += share
    // Each replaces those before with its part of the total so far: in the end all had their parts.
    if (total === 0 || random.next() * total < share) picked = candidate
  }
  return picked
}
