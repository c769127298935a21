import { crossChecks } from './cross-checks.ts'
import { deepFreeze } from './deep-freeze.ts'
import { interpolate, type Sources } from './interpolate.ts'
import { type IssueContext, problemsOf } from './issues.ts'
import { presetFleet } from './preset-fleet.ts'
import type { Problem } from './problems.ts'
import { type Config, configSchema } from './schema.ts'
import { get, keysOf } from './untyped.ts'

export type Checked =
  | { readonly kind: 'valid'; readonly config: Config }
  /** At least one problem. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

export interface CheckOptions {
  /** Where placeholders are filled in from; without, placeholders are problems. */
  readonly sources?: Sources
  /** Decides on the pools where none are given. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * From any value to a configuration or all of its problems: placeholders, then the fleet where none is given, then
 * the schema and what one key demands of another.
 */
export function checkConfig(value: unknown, { sources, env }: CheckOptions): Checked {
  const filled = interpolate(value ?? {}, sources)
  const root = withFleet(filled.value, env)
  const knownNames: IssueContext['knownNames'] = new WeakMap()
  const parsed = configSchema.safeParse(root, {
    error(issue) {
      if (issue.code === 'unrecognized_keys') {
        // Only strict objects report unknown keys, and each of them has a shape.
        const definition = issue.inst?._zod.def as { shape?: object } | undefined
        knownNames.set(issue.keys, Object.keys(definition?.shape ?? {}))
      }
      return undefined
    },
  })
  const issues = parsed.success
    ? []
    : problemsOf(parsed.error.issues, { root, isSecret: filled.isSecret, knownNames })
  const all = onePerPlace(filled.problems, [...issues, ...crossChecks(root)])
  const problems = get(filled.value, 'routes') === undefined ? withoutDerived(all) : all
  if (parsed.success && problems.length === 0) return { kind: 'valid', config: deepFreeze(parsed.data) }
  return { kind: 'invalid', problems }
}

/** Without pools, the preset's; pools without routes answer every class, in the order they are written in. */
function withFleet(root: unknown, env: CheckOptions['env']): unknown {
  if (typeof root !== 'object' || root === null || Array.isArray(root)) return root
  const pools = get(root, 'pools')
  const routes = get(root, 'routes')
  const preset = presetFleet(env)
  if (pools === undefined) return { ...root, pools: preset.pools, routes: routes ?? preset.routes }
  if (routes !== undefined || keysOf(pools).length === 0) return { ...root, routes: routes ?? preset.routes }
  const classes = new Set([...Object.keys(preset.routes), ...fallbackOf(root)])
  return { ...root, routes: Object.fromEntries([...classes].map((name) => [name, keysOf(pools)])) }
}

/** Routes that were made from the pools repeat the pools' own problems, in places that nobody wrote. */
function withoutDerived(problems: readonly Problem[]): readonly Problem[] {
  const written = problems.filter(({ path }) => path[0] !== 'routes')
  return written.length === 0 ? problems : written
}

function fallbackOf(root: unknown): readonly string[] {
  const fallback = get(get(root, 'classify'), 'fallback')
  return typeof fallback === 'string' ? [fallback] : []
}

/**
 * A placeholder that could not be filled in says more than what the schema makes of the gap; of the schema's own, the
 * last is the most exact.
 */
function onePerPlace(placeholders: readonly Problem[], others: readonly Problem[]): readonly Problem[] {
  const byPlace = new Map<string, Problem>()
  for (const problem of [...others, ...placeholders]) byPlace.set(JSON.stringify(problem.path), problem)
  return [...byPlace.values()]
}
