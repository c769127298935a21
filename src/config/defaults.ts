import type { StrategyName } from '../balance/catalog.ts'
import { defaultPacks } from '../classify/bundled-packs.ts'
import type { MovePolicyName } from '../models/move/catalog.ts'
import { ANTHROPIC_BASE_URL } from '../workers/kinds/anthropic.ts'
import { OPENAI_BASE_URL } from '../workers/kinds/openai.ts'
import { upstreamDefaults } from '../workers/kinds/upstream.ts'

/** Every default of the configuration, in one place. The reasons that are not plain stand beside the figures. */
export const defaults = {
  server: {
    host: '127.0.0.1',
    port: 8787,
    /** 32 MiB: what the providers take at most. */
    bodyBytes: 33_554_432,
    drainMs: 30_000,
  },
  strategy: 'least-loaded' satisfies StrategyName,
  worker: {
    count: 1,
    weight: 1,
  },
  simulated: {
    model: 'simulated',
    capacity: 4,
    latencyMs: { median: 400, sigma: 0.5 },
    failureRate: 0,
  },
  vendor: upstreamDefaults,
  anthropic: { baseUrl: ANTHROPIC_BASE_URL },
  openai: { baseUrl: OPENAI_BASE_URL },
  classify: {
    packs: defaultPacks,
    fallback: 'tactical',
    model: 'none',
    cache: { entries: 10_000, ttlMs: 300_000 },
  },
  queue: {
    capacity: 10_000,
    order: 'strict',
    silenceMs: 10_000,
    spillMs: 1_000,
    ttlMs: { critical: 30_000, high: 60_000, normal: 120_000, low: 600_000 },
  },
  move: { policy: 'expected-value' satisfies MovePolicyName, capShare: 0.1 },
  safeguards: { model: 'none' },
  health: { intervalMs: 10_000 },
  retry: { maxAttempts: 3, budget: 0.1 },
  breaker: { failures: 5, openMs: 30_000 },
  decisions: { keep: 'hash' },
  store: { path: './.signalbox/state.db' },
  key: { scopes: ['data'], priorityMax: 'critical' },
} as const
