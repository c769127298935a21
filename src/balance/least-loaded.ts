import type { RoutableMessage } from '../core/message.ts'
import type { Random } from '../core/random.ts'
import type { WorkerView } from '../core/worker.ts'
import type { Strategy, StrategyDeps } from './strategy.ts'

/** Up to so many candidates the least loaded one is found exactly; above, the better of two draws. */
export const EXACT_MAX = 64

/**
 * What a request costs beside its tokens, in tokens: it holds a slot. Where nobody estimates tokens, this makes the
 * number of requests decide.
 */
const REQUEST_TOKENS = 256

/**
 * How busy a worker would be with this message: tokens outstanding (prompt and expected answer), relative to what it
 * can do at once. Tokens, not requests: answers differ by a factor of a hundred. With the message itself, so that of
 * two idle workers the larger one is less loaded. Health makes a degraded worker look busier, so that it is used when
 * better ones are busy. A worker of weight 0 is infinitely loaded: it stands by for the others.
 */
export function loadOf(view: WorkerView, workTokens: number): number {
  const work = view.outstandingTokens + workTokens + (view.inFlight + 1) * REQUEST_TOKENS
  return work / (view.slots * view.weight * view.health)
}

/**
 * Picks the candidate with the least outstanding work. Above 64 candidates: two distinct random ones, and the better
 * of them (Mitzenmacher, "The Power of Two Choices", 1996), which is O(1) and does not herd where figures are stale.
 * Equals are decided by chance, not by latency: the quickest would get all of a quiet fleet's traffic, and a worker
 * that fails quickly looks quick.
 */
export function leastLoaded({ random }: StrategyDeps): Strategy {
  return Object.freeze({
    name: 'least-loaded',
    pick(candidates: readonly [WorkerView, ...WorkerView[]], message: RoutableMessage): WorkerView {
      if (candidates.length > EXACT_MAX) return betterOfTwo(candidates, message.workTokens, random)
      return leastOf(candidates, message.workTokens, random)
    },
  })
}

function leastOf(
  candidates: readonly [WorkerView, ...WorkerView[]],
  workTokens: number,
  random: Random,
): WorkerView {
  let picked: WorkerView = candidates[0]
  let least = Number.POSITIVE_INFINITY
  let equals = 0
  for (const candidate of candidates) {
    const load = loadOf(candidate, workTokens)
    if (load > least) continue
    equals = load < least ? 1 : equals + 1
    least = load
    // The n-th equal replaces the others with a chance of 1/n: in the end all had the same.
    if (equals === 1 || random.next() * equals < 1) picked = candidate
  }
  return picked
}

function betterOfTwo(
  candidates: readonly [WorkerView, ...WorkerView[]],
  workTokens: number,
  random: Random,
): WorkerView {
  const first = Math.floor(random.next() * candidates.length)
  const step = 1 + Math.floor(random.next() * (candidates.length - 1))
  const one = candidates[first] ?? candidates[0]
  const other = candidates[(first + step) % candidates.length] ?? candidates[0]
  return loadOf(other, workTokens) < loadOf(one, workTokens) ? other : one
}
