import { bundledPackNames } from '../classify/bundled-packs.ts'
import { SignalboxError } from '../core/errors.ts'
import { type CardCorrection, createCards } from '../models/catalog.ts'
import { isLoopback, SECRET_CHARS_MIN, shortSecrets } from './binding.ts'
import type { Path } from './later.ts'
import { nearest } from '../core/nearest.ts'
import type { Problem } from './problems.ts'
import { get, getPath, keysOf, listOf } from './untyped.ts'
import { eachWorker } from './worker-names.ts'

/**
 * What one key demands of another. Reads the values as they were written, so that a slip elsewhere does not hide
 * these problems; what has the wrong shape is passed over, the schema reports it.
 */
export function crossChecks(root: unknown): readonly Problem[] {
  const pools = get(root, 'pools')
  return [
    ...(isEmpty(pools) ? [{ path: ['pools'], message: 'must have at least one pool' }] : []),
    ...(isEmpty(get(root, 'routes'))
      ? [{ path: ['routes'], message: 'must have at least one route, or be left out' }]
      : []),
    ...routeProblems(root),
    ...fallbackProblems(root),
    ...packProblems(getPath(root, ['classify', 'packs'])),
    ...workerNameProblems(pools),
    ...cardProblems(get(root, 'models')),
    ...bindingProblems(root),
    ...keyProblems(root),
  ]
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && keysOf(value).length === 0
}

function routeProblems(root: unknown): Problem[] {
  const problems: Problem[] = []
  const pools = keysOf(get(root, 'pools'))
  const routes = get(root, 'routes')
  for (const route of keysOf(routes)) {
    const seen = new Set<string>()
    for (const [index, pool] of listOf(get(routes, route)).entries()) {
      if (typeof pool !== 'string') continue
      const path = ['routes', route, index]
      if (!pools.includes(pool)) problems.push(unknownName(path, 'there is no such pool', pool, pools))
      else if (seen.has(pool)) problems.push({ path, message: 'the same pool stands in this route twice' })
      seen.add(pool)
    }
  }
  return problems
}

/** Only a fallback that was written can be a slip; without a route for the default one, the first route stands in. */
function fallbackProblems(root: unknown): Problem[] {
  const routes = keysOf(get(root, 'routes'))
  const fallback = getPath(root, ['classify', 'fallback'])
  if (typeof fallback !== 'string' || routes.includes(fallback)) return []
  return [unknownName(['classify', 'fallback'], 'there is no route of this name', fallback, routes)]
}

function packProblems(packs: unknown): Problem[] {
  return listOf(packs).flatMap((pack, index) => {
    if (typeof pack !== 'string' || /\.ya?ml$/.test(pack)) return []
    if (bundledPackNames.some((name) => name === pack)) return []
    return [unknownName(['classify', 'packs', index], 'there is no such pack', pack, bundledPackNames)]
  })
}

const LISTED_MAX = 20

/** With the name that was probably meant, else with the names there are. */
function unknownName(path: Path, message: string, name: string, names: readonly string[]): Problem {
  const suggestion = nearest(name, names)
  if (suggestion !== undefined) return { path, message, suggestion }
  // Names that the schema refuses are told of where they stand; a terminal need not survive them here.
  const sound = names.filter((each) => /^[\w./:@+-]{1,200}$/.test(each))
  const more = sound.length > LISTED_MAX ? ', …' : ''
  const listed = sound.slice(0, LISTED_MAX).join(', ')
  return { path, message: listed === '' ? message : `${message}; there are: ${listed}${more}` }
}

/** Enough for any fleet of one process; beyond, a slip in `count` would only eat memory. */
const WORKERS_MAX = 10_000

function workerNameProblems(pools: unknown): Problem[] {
  const entries = keysOf(pools).map((pool) => ({
    pool,
    workers: listOf(getPath(pools, [pool, 'workers'])).map(asEntry),
  }))
  const total = entries.reduce(
    (sum, { workers }) => sum + workers.reduce((inner, { count }) => inner + count, 0),
    0,
  )
  if (total > WORKERS_MAX)
    return [{ path: ['pools'], message: `must have at most ${WORKERS_MAX} workers in all` }]
  const problems = new Map<string, Problem>()
  const taken = new Map<string, string>()
  for (const { pool, workers } of entries) {
    for (const { id, worker, entry } of eachWorker(pool, workers)) {
      const other = taken.get(id)
      taken.set(id, pool)
      if (other === undefined) continue
      const path = ['pools', pool, 'workers', entry, ...(worker.name === undefined ? [] : ['name'])]
      problems.set(path.join('.'), { path, message: `another worker, of pool ${other}, has the same name` })
    }
  }
  return [...problems.values()]
}

function asEntry(worker: unknown): { count: number; name: string | undefined } {
  const count = get(worker, 'count')
  const name = get(worker, 'name')
  return {
    count: Number.isSafeInteger(count) && Number(count) >= 1 && Number(count) <= 1000 ? Number(count) : 1,
    name: typeof name === 'string' ? name : undefined,
  }
}

/** The rules for cards are the cards' own; entries are added one by one, so that each says what is wrong with it. */
function cardProblems(models: unknown): Problem[] {
  const problems: Problem[] = []
  const sound: Record<string, CardCorrection> = {}
  for (const name of keysOf(models).slice(0, 200)) {
    const correction = get(models, name)
    if (typeof correction !== 'object' || correction === null) continue
    try {
      // Parts of the wrong type are reported by the schema; the catalog refuses or ignores them.
      createCards({ ...sound, [name]: correction })
      sound[name] = correction
    } catch (error) {
      if (!SignalboxError.is(error)) continue
      const part = error.path?.endsWith('.like') === true ? ['like'] : []
      const like = get(correction, 'like')
      const ids = createCards(sound)
        .all()
        .map((card) => card.id)
      const message = error.message.slice((error.path?.length ?? -1) + 1)
      problems.push(unknownName(['models', name, ...part], message, part.length > 0 ? String(like) : '', ids))
    }
  }
  return problems
}

const SHORT_SECRET = `must have at least ${SECRET_CHARS_MIN} characters, because other machines can reach server.host; openssl rand -hex 24 makes one`

function bindingProblems(root: unknown): Problem[] {
  const host = getPath(root, ['server', 'host'])
  if (typeof host !== 'string' || isLoopback(host)) return []
  const short = shortSecrets({
    keys: listOf(getPath(root, ['auth', 'keys'])).map((entry) => get(entry, 'key')),
    adminToken: getPath(root, ['auth', 'adminToken']),
  }).map((path) => ({ path, message: SHORT_SECRET }))
  const needed = [
    ...(listOf(getPath(root, ['auth', 'keys'])).length === 0 ? ['auth.keys'] : []),
    ...(getPath(root, ['auth', 'adminToken']) === undefined ? ['auth.adminToken'] : []),
  ]
  if (needed.length === 0) return short
  const message = `can be reached from other machines, which needs ${needed.join(' and ')}`
  return [{ path: ['server', 'host'], message }, ...short]
}

function keyProblems(root: unknown): Problem[] {
  const problems: Problem[] = []
  const names = new Set<unknown>()
  const keys = new Set<unknown>([getPath(root, ['auth', 'adminToken'])])
  for (const [index, entry] of listOf(getPath(root, ['auth', 'keys'])).entries()) {
    const name = get(entry, 'name')
    const key = get(entry, 'key')
    if (typeof name === 'string' && names.has(name))
      problems.push({ path: ['auth', 'keys', index, 'name'], message: 'another key has the same name' })
    if (typeof key === 'string' && keys.has(key))
      problems.push({ path: ['auth', 'keys', index, 'key'], message: 'the same key stands here twice' })
    names.add(name)
    keys.add(key)
  }
  return problems
}
