import { parseConfig } from '../config/load.ts'
import type { Config, ConfigInput } from '../config/schema.ts'

/** The preset's fleet, three times as fast, so that a demonstration takes seconds; each worker with a seed of its own. */
const LATENCY_MS = { median: 120, sigma: 0.5 } as const
const tiers = [
  { pool: 'opus', model: 'claude-opus-5-5', count: 1 },
  { pool: 'sonnet', model: 'claude-sonnet-5-5', count: 4 },
  { pool: 'haiku', model: 'claude-haiku-5-5', count: 2 },
] as const

export function demoConfig(seed: number): Config {
  let worker = 0
  const pools: NonNullable<ConfigInput['pools']> = Object.fromEntries(
    tiers.map(({ pool, model, count }) => [
      pool,
      {
        workers: Array.from({ length: count }, () => ({
          kind: 'simulated' as const,
          model,
          latencyMs: LATENCY_MS,
          seed: seed * 100 + worker++,
        })),
      },
    ]),
  )
  const routes = { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'opus'], simple: ['haiku', 'sonnet'] }
  return parseConfig({ server: { port: 0 }, pools, routes, store: { memory: true } })
}
