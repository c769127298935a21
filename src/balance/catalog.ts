import type { RoutableMessage } from '../core/message.ts'
import type { WorkerView } from '../core/worker.ts'
import { leastLoaded } from './least-loaded.ts'
import { roundRobin } from './round-robin.ts'
import type { Strategy, StrategyDeps } from './strategy.ts'
import { weighted } from './weighted.ts'

/** Every strategy that a configuration may name: one file and one line here to add one. */
export const strategies = Object.freeze({
  'round-robin': roundRobin,
  weighted,
  'least-loaded': leastLoaded,
}) satisfies Readonly<Record<string, (deps: StrategyDeps) => Strategy>>

export type StrategyName = keyof typeof strategies

export const defaultStrategy: StrategyName = 'least-loaded'

/** A user's own strategy. */
export type CustomStrategy = (
  candidates: readonly [WorkerView, ...WorkerView[]],
  message: RoutableMessage,
) => WorkerView

/** One strategy for one pool: it may remember what it picked. */
export function createStrategy(strategy: StrategyName | CustomStrategy, deps: StrategyDeps): Strategy {
  return typeof strategy === 'function' ? custom(strategy, deps) : strategies[strategy](deps)
}

/** Keeps the promises of a strategy for a function that makes none: what it cannot use, the first candidate replaces. */
function custom(choose: CustomStrategy, { onFault }: StrategyDeps): Strategy {
  const name = choose.name || 'custom'
  return Object.freeze({
    name,
    pick(candidates: readonly [WorkerView, ...WorkerView[]], message: RoutableMessage): WorkerView {
      const first = candidates[0]
      try {
        const picked: unknown = choose(candidates, message)
        const member = candidates.find((candidate) => candidate === picked)
        if (member) return member
        // An async function gives a promise; its rejection must not end the process.
        if (picked instanceof Promise) picked.catch(() => undefined)
        onFault?.(name, new TypeError(`strategy ${name} picked something that is not one of the candidates`))
      } catch (error) {
        onFault?.(name, error)
      }
      return first
    },
  })
}
