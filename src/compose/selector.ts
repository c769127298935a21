import { createStrategy } from '../balance/catalog.ts'
import type { Strategy } from '../balance/strategy.ts'
import type { Config } from '../config/schema.ts'
import type { System } from '../core/system.ts'
import { createSelector, type Selector } from '../engine/select.ts'
import type { Group } from '../workers/fleet.ts'
import { describe, once } from './once.ts'

/** One strategy a group, made when first needed: strategies remember whom they picked. */
export function composeSelector(config: Config, { random, log }: System): Selector {
  const strategies = new Map<Group, Strategy>()
  return createSelector((group) => {
    const known = strategies.get(group)
    if (known) return known
    const strategy =
      (group.kind === 'pool' ? config.pools[group.name]?.strategy : undefined) ?? 'least-loaded'
    const onFault = once((error) =>
      log.error(`the strategy of ${group.name} failed; the first candidate is taken`, {
        error: describe(error),
      }),
    )
    const made = createStrategy(strategy, { random, onFault: (_name, error) => onFault(error) })
    strategies.set(group, made)
    return made
  })
}
