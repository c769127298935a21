import type { RoutableMessage } from '../core/message.ts'
import type { Random } from '../core/random.ts'
import type { WorkerView } from '../core/worker.ts'

/** Picks which worker of a pool answers. The engine filters before: a strategy has no unhappy path. */
export interface Strategy {
  readonly name: string
  /**
   * @param candidates never empty; each may take the message now. The live list: not to be kept or changed.
   * @returns one of `candidates`. Synchronous, does not throw.
   */
  pick(candidates: readonly [WorkerView, ...WorkerView[]], message: RoutableMessage): WorkerView
}

export interface StrategyDeps {
  readonly random: Random
  /** Told when a user's own strategy throws or picks a stranger; the first candidate answers then. Must not throw. */
  readonly onFault?: (strategy: string, error: unknown) => void
}
