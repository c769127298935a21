/**
 * Where a message may go: groups of workers, tried in order. Plans are made once, when the engine is composed:
 * one a route, pool, model and vendor, so their number is bounded by the configuration, and a plan's key names
 * the queue's lane.
 */
import { SignalboxError } from '../core/errors.ts'
import type { Wire } from '../core/wire.ts'
import { vendorOf } from '../models/vendor.ts'
import type { Fleet, Group } from '../workers/fleet.ts'

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
  /** The conversation stays at its home: it waits for a slot there rather than spill elsewhere. */
  readonly home: boolean
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
  /** May a conversation in an open tool loop move? `thinking`: its history holds reasoning. */
  readonly mayMove: (from: string, to: string, thinking: boolean) => boolean
}

export interface Plans {
  /** The plan of a class; a class without a route takes the fallback's. */
  forClass(name: string): Plan
  /** Every worker: the last resort of emergency mode. */
  readonly everyone: Group
  /**
   * The plan of a conversation inside an open tool loop: the model that served last, and other pools only where
   * the reasoning in its history can be read.
   */
  atHome(model: string, plan: Plan, thinking: boolean): Plan
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
      home: false,
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
  const homes = new Map<string, Plan>()
  const intercepts = options.intercept.map(globMatcher)

  return {
    everyone,
    routes: [...routes.values()],
    pools: [...pools.values()],
    models: [...models.values()],
    forClass: (name) => routes.get(name) ?? fallback,
    atHome(model, away, thinking) {
      const home = models.get(model)
      if (!home) return away
      const key = `${away.key}@${model}${thinking ? '!' : ''}`
      const known = homes.get(key)
      if (known) return known
      const others = away.groups.filter((group) =>
        group.members.every((to) => options.mayMove(model, to.model, thinking)),
      )
      const made = Object.freeze({ ...away, key, groups: [...home.groups, ...others], home: true })
      homes.set(key, made)
      return made
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
