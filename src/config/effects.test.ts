import { describe, expect, it } from 'vitest'
import { parseConfig } from './load.ts'
import type { Config } from './schema.ts'
import { configJsonSchema } from './schema-json.ts'
import { getPath } from './untyped.ts'

/**
 * A key accepted without effect is a bug. Here: each key of the schema stands in this table, and its value arrives in
 * the configuration at the same path. What it then does is shown by the tests of the room that reads it.
 */
interface Effect {
  /** The key: `*` is any name or entry, `kind=…` the entry of that kind. */
  readonly key: string
  readonly set: unknown
}

const workerEffects = (kind: string, extra: readonly Effect[]): readonly Effect[] => [
  { key: `pools.*.workers.kind=${kind}.kind`, set: kind },
  { key: `pools.*.workers.kind=${kind}.count`, set: 3 },
  { key: `pools.*.workers.kind=${kind}.name`, set: 'my-worker' },
  { key: `pools.*.workers.kind=${kind}.weight`, set: 2.5 },
  { key: `pools.*.workers.kind=${kind}.model`, set: 'my-model' },
  { key: `pools.*.workers.kind=${kind}.capacity`, set: 17 },
  ...extra.map(({ key, set }) => ({ key: `pools.*.workers.kind=${kind}.${key}`, set })),
]

const vendorEffects: readonly Effect[] = [
  { key: 'baseUrl', set: 'http://127.0.0.1:1234/api' },
  { key: 'apiKey', set: 'sk-1' },
  { key: 'timeoutMs', set: 1_234 },
  { key: 'idleMs', set: 4_321 },
]

const effects: readonly Effect[] = [
  { key: 'server.host', set: '::1' },
  { key: 'server.port', set: 1_234 },
  { key: 'server.bodyBytes', set: 4_096 },
  { key: 'server.drainMs', set: 5 },
  { key: 'intercept', set: ['claude-*'] },
  { key: 'pools.*.strategy', set: 'round-robin' },
  ...workerEffects('simulated', [
    { key: 'latencyMs', set: 7 },
    { key: 'latencyMs.median', set: 7 },
    { key: 'latencyMs.sigma', set: 0.1 },
    { key: 'failureRate', set: 0.25 },
    { key: 'seed', set: 42 },
  ]),
  ...workerEffects('anthropic', vendorEffects),
  ...workerEffects('openai', [...vendorEffects, { key: 'dialect', set: 'vllm' }]),
  { key: 'routes.*', set: ['name'] },
  { key: 'classify.packs', set: ['coding'] },
  { key: 'classify.fallback', set: 'name' },
  { key: 'classify.model', set: 'mine.model' },
  { key: 'classify.cache.entries', set: 5 },
  { key: 'classify.cache.ttlMs', set: 6 },
  { key: 'queue.capacity', set: 9 },
  { key: 'queue.order', set: 'strict' },
  { key: 'queue.silenceMs', set: 11 },
  { key: 'queue.spillMs', set: 12 },
  { key: 'queue.ttlMs.critical', set: 13 },
  { key: 'queue.ttlMs.high', set: 14 },
  { key: 'queue.ttlMs.normal', set: 15 },
  { key: 'queue.ttlMs.low', set: 16 },
  { key: 'models.*.like', set: 'claude-haiku-5-5' },
  { key: 'models.*.priceUsdPerMTok.input', set: 1.5 },
  { key: 'models.*.priceUsdPerMTok.output', set: 2.5 },
  { key: 'models.*.priceUsdPerMTok.cacheRead', set: 3.5 },
  { key: 'models.*.priceUsdPerMTok.cacheWrite', set: 4.5 },
  { key: 'models.*.priceUsdPerMTok.cacheWriteLong', set: 5.5 },
  { key: 'models.*.contextTokens', set: 100_000 },
  { key: 'models.*.outputTokensMax', set: 10_000 },
  { key: 'move.policy', set: 'capped' },
  { key: 'move.capShare', set: 0.2 },
  { key: 'safeguards.model', set: 'none' },
  { key: 'health.intervalMs', set: 500 },
  { key: 'retry.maxAttempts', set: 5 },
  { key: 'retry.budget', set: 0.3 },
  { key: 'breaker.failures', set: 7 },
  { key: 'breaker.openMs', set: 8 },
  { key: 'decisions.keep', set: 'text' },
  { key: 'store.path', set: '/tmp/state.db' },
  { key: 'store.memory', set: true },
  { key: 'auth.keys.*.name', set: 'ci' },
  { key: 'auth.keys.*.key', set: 'k1' },
  { key: 'auth.keys.*.scopes', set: ['metrics'] },
  { key: 'auth.keys.*.priorityMax', set: 'low' },
  { key: 'auth.adminToken', set: 'token' },
]

/** The least that must stand beside a key for the whole to be valid. */
function around(key: string, set: unknown): Record<string, unknown> {
  const kind = /kind=([a-z]+)/.exec(key)?.[1] ?? 'simulated'
  const pools = { name: { workers: [{ kind, model: 'my-model' }] } }
  const routes = { tactical: ['name'], name: ['name'] }
  const root: Record<string, unknown> = { pools, routes }
  if (key.startsWith('auth.keys')) root['auth'] = { keys: [{ name: 'x', key: 'x' }] }
  if (key.startsWith('models.*'))
    root['models'] = { name: { contextTokens: 100_000, outputTokensMax: 10_000 } }
  if (key.startsWith('pools.*.workers.kind=simulated.latencyMs.'))
    root['pools'] = { name: { workers: [{ kind, latencyMs: { median: 1 } }] } }
  put(root, pathOf(key), set)
  return root
}

function pathOf(key: string): readonly (string | number)[] {
  return key
    .split('.')
    .map((part, index, parts) =>
      part.startsWith('kind=') ? 0 : part === '*' ? (parts[index - 1] === 'keys' ? 0 : 'name') : part,
    )
}

function put(root: object, path: readonly (string | number)[], value: unknown): void {
  const [key, ...rest] = path
  if (key === undefined) return
  if (rest.length === 0) {
    Object.assign(root, { [key]: value })
    return
  }
  const inner = getPath(root, [key])
  const next = typeof inner === 'object' && inner !== null ? inner : {}
  Object.assign(root, { [key]: next })
  put(next, rest, value)
}

/** Every key that the schema has, as the table writes them. */
function keysOfSchema(schema: unknown, path: readonly string[]): readonly string[] {
  const at = (...keys: readonly string[]): unknown => getPath(schema, keys)
  const options = [at('anyOf'), at('oneOf')].flatMap((list) => (Array.isArray(list) ? list : []))
  if (options.length > 0)
    return options.flatMap((option: unknown) => {
      const kind = getPath(option, ['properties', 'kind', 'const'])
      const own = typeof kind === 'string' ? [...path.slice(0, -1), `kind=${kind}`] : path
      return keysOfSchema(option, own)
    })
  const properties = at('properties')
  if (typeof properties === 'object' && properties !== null)
    return Object.entries(properties).flatMap(([key, inner]) => keysOfSchema(inner, [...path, key]))
  const names = at('additionalProperties')
  if (typeof names === 'object') return keysOfSchema(names, [...path, '*'])
  const items = at('items')
  const structured = ['properties', 'anyOf', 'oneOf'].some((key) => getPath(items, [key]) !== undefined)
  return structured ? keysOfSchema(items, [...path, '*']) : [path.join('.')]
}

describe('every key of the configuration', () => {
  it('stands in the table of effects, and nothing else does', () => {
    const keys = [...new Set(keysOfSchema(configJsonSchema(), []))]
    expect(keys.length).toBeGreaterThan(50)
    expect(effects.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
  })

  it.each(effects)('arrives as it was written: $key', ({ key, set }) => {
    const config: Config = parseConfig(around(key, set))
    expect(getPath(config, pathOf(key))).toEqual(set)
  })

  it('is described', () => {
    const undescribed: string[] = []
    const walk = (schema: unknown, path: string): void => {
      for (const [key, inner] of Object.entries(Object(getPath(schema, ['properties'])))) {
        if (typeof getPath(inner, ['description']) !== 'string') undescribed.push(`${path}${key}`)
        walk(inner, `${path}${key}.`)
      }
      for (const list of ['anyOf', 'oneOf'])
        for (const option of Object.values(Object(getPath(schema, [list])))) walk(option, path)
      walk2(schema, path)
    }
    const walk2 = (schema: unknown, path: string): void => {
      for (const key of ['items', 'additionalProperties']) {
        const inner = getPath(schema, [key])
        if (typeof inner === 'object' && inner !== null) walk(inner, `${path}*.`)
      }
    }
    walk(configJsonSchema(), '')
    expect(undescribed).toEqual([])
  })
})

describe('the JSON Schema', () => {
  it('knows the strategies, and nothing that a file cannot hold', () => {
    const strategy = getPath(configJsonSchema(), [
      'properties',
      'pools',
      'additionalProperties',
      'properties',
      'strategy',
    ])
    expect(strategy).toMatchObject({
      enum: ['round-robin', 'weighted', 'least-loaded'],
      default: 'least-loaded',
    })
    expect(strategy).not.toHaveProperty('anyOf')
  })

  it('asks for no key at the top, and allows no unknown one', () => {
    expect(configJsonSchema()).toMatchObject({ required: [], additionalProperties: false })
  })
})
