/**
 * Where a message may go: groups of workers, tried in order. Plans are made once, when the engine is composed:
 * one a route, pool, model and vendor, so their number is bounded by the configuration, and a plan's key names
 * the queue's lane.
 */
import { LRUCache } from 'lru-cache'
import { SignalboxError } from '../core/errors.ts'
import type { Wire } from '../core/wire.ts'
import { vendorOf } from '../models/vendor.ts'
import type { Fleet, Group } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'

export interface Plan {
  /** Unique among all plans: the name of the queue's lane. */
  readonly key: string
  /** What was asked for: the name of the route, pool, model or vendor. */
  readonly name: string
  readonly kind: 'route' | 'pool' | 'model' | 'vendor'
  /** The route's name, for plans of kind `route`. */
  readonly route: string | null
  readonly groups: readonly Group[]
  /** The asked name goes to the worker as it is, instead of the worker's own model. */
  readonly forwardsName: boolean
  /** The conversation is tied to its home: it waits for a slot there rather than spill elsewhere. */
  readonly waits: boolean
}

/** What was asked for, resolved. `classified`: the class decides the route. */
export type Resolution = { readonly kind: 'classified' } | { readonly kind: 'direct'; readonly plan: Plan }

export interface PlanOptions {
  readonly fleet: Fleet
  readonly routes: Readonly<Record<string, readonly string[]>>
  readonly pools: readonly string[]
  readonly fallbackClass: string
  /** Globs of names that are classified all the same. */
  readonly intercept: readonly string[]
}

/** The name that the worker is asked for. */
export function modelAt({ forwardsName }: Plan, asked: string, { model }: Member): string {
  return forwardsName ? asked : model
}

/** How a conversation is kept at its home. */
export interface Keeping {
  /** Tells apart all that the answers below depend on, besides the home's model. */
  readonly key: string
  isHome(member: Member): boolean
  /** May it answer, when the home does not? */
  admits(member: Member): boolean
  /** For a slot at home it waits as long as messages wait; else until the time when messages spill. */
  readonly waits: boolean
}

/** More than a fleet has homes; what is beyond is made again. */
const HOMES_MAX = 10_000

export interface Plans {
  /** The plan of a class; a class without a route takes the fallback's. */
  forClass(name: string): Plan
  /** Every worker: the last resort of emergency mode. */
  readonly everyone: Group
  /**
   * The plan of a conversation that stays: its home, then other workers of the home's model, then the plan's own groups;
   * of these only such where each worker may answer.
   */
  atHome(model: string, plan: Plan, keeping: Keeping): Plan
  /** The plan without the workers of other accounts; as it is, where none of its workers is of this one. */
  atAccount(account: string, plan: Plan): Plan
  /** @throws SignalboxError unknown-model, listing what is offered. */
  resolve(asked: string, wire: Wire): Resolution
  readonly routes: readonly Plan[]
  readonly pools: readonly Plan[]
  readonly models: readonly Plan[]
}

export function createPlans(options: PlanOptions): Plans {
  const { fleet } = options
  const poolGroup = (pool: string): Group => fleet.group('pool', pool, (member) => member.pool === pool)
  const plan = (kind: Plan['kind'], name: string, groups: readonly Group[]): Plan =>
    Object.freeze({
      key: `${kind}:${name}`,
      name,
      kind,
      route: kind === 'route' ? name : null,
      groups,
      forwardsName: kind === 'vendor',
      waits: false,
    })
  const byName = (plans: readonly Plan[]): ReadonlyMap<string, Plan> =>
    new Map(plans.map((each) => [each.name, each]))

  const routes = byName(
    Object.entries(options.routes).map(([name, pools]) => plan('route', name, pools.map(poolGroup))),
  )
  const pools = byName(options.pools.map((name) => plan('pool', name, [poolGroup(name)])))
  const grouped = (kind: 'model' | 'vendor'): ReadonlyMap<string, Plan> =>
    byName(
      [...new Set(fleet.members.map((member) => member[kind]))].map((name) =>
        plan(kind, name, [fleet.group(kind, name, (member) => member[kind] === name)]),
      ),
    )
  const models = grouped('model')
  const vendors = grouped('vendor')
  const everyone = fleet.group('everyone', 'everyone', () => true)
  const everywhere = plan('route', options.fallbackClass, [everyone])
  const fallback = routes.get(options.fallbackClass) ?? [...routes.values()][0] ?? everywhere
  const simulatedOnly = fleet.members.every((member) => member.vendor === 'simulated')
  const homes = new LRUCache<string, Plan>({ max: HOMES_MAX })
  const intercepts = options.intercept.map(globMatcher)

  function keptAtHome(model: string, away: Plan, { isHome, admits, waits }: Keeping, key: string): Plan {
    const alike = models.get(model)?.groups[0]
    const members = alike?.members.filter(isHome) ?? []
    if (!alike || members.length === 0) return away
    const all = members.length === alike.members.length
    const home = all ? alike : fleet.group('model', members.map(({ id }) => id).join(' '), isHome)
    const others = (all ? away.groups : [alike, ...away.groups]).filter((group) =>
      group.members.every(admits),
    )
    return Object.freeze({ ...away, key, groups: [home, ...others], waits })
  }

  function keptAtAccount(account: string, away: Plan, key: string): Plan {
    const groups = away.groups
      .map(({ kind, name, members }) =>
        fleet.group(
          kind,
          `${name} of ${account}`,
          (member) => member.account === account && members.includes(member),
        ),
      )
      .filter(({ members }) => members.length > 0)
    return groups.length === 0 ? away : Object.freeze({ ...away, key, groups, waits: true })
  }

  function madeOnce(key: string, make: () => Plan): Plan {
    const known = homes.get(key)
    if (known) return known
    const made = make()
    homes.set(key, made)
    return made
  }

  return {
    everyone,
    routes: [...routes.values()],
    pools: [...pools.values()],
    models: [...models.values()],
    forClass: (name) => routes.get(name) ?? fallback,
    atHome(model, away, keeping) {
      const key = `${away.key}@${model}#${keeping.key}`
      return madeOnce(key, () => keptAtHome(model, away, keeping, key))
    },
    atAccount(account, away) {
      const key = `${away.key}@@${account}`
      return madeOnce(key, () => keptAtAccount(account, away, key))
    },
    resolve(asked, wire) {
      if (asked === 'auto' || intercepts.some((matches) => matches(asked))) return { kind: 'classified' }
      const named =
        routes.get(asked) ?? pools.get(asked) ?? models.get(asked) ?? vendors.get(vendorOf(asked, wire))
      if (named) return { kind: 'direct', plan: named }
      if (simulatedOnly) return { kind: 'classified' }
      const offered = ['auto', ...routes.keys(), ...pools.keys(), ...models.keys()].slice(0, 50).join(', ')
      throw new SignalboxError(
        'unknown-model',
        `no worker offers the model "${asked.slice(0, 100)}"; offered: ${offered}.`,
        {
          path: 'model',
        },
      )
    },
  }
}

/** `*` stands for any run of characters. Compares piece by piece, without backtracking. */
export function globMatcher(glob: string): (text: string) => boolean {
  const pieces = glob.split('*')
  const [first = '', ...rest] = pieces
  const last = rest.pop()
  if (last === undefined) return (text) => text === glob
  return (text) => {
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
      return false
    let at = first.length
    const end = text.length - last.length
    for (const piece of rest) {
      const found = text.indexOf(piece, at)
      if (found < 0 || found + piece.length > end) return false
      at = found + piece.length
    }
    return true
  }
}
