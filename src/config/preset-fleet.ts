import type { ConfigInput } from './schema.ts'

/**
 * The fleet without a configuration: three tiers, simulated unless the environment has a vendor's key. With both
 * keys, OpenAI's pools stand second in each route. ANTHROPIC_BASE_URL is never read: it may point at us.
 */
type Environment = Readonly<Record<string, string | undefined>>
type Fleet = Required<Pick<ConfigInput, 'pools' | 'routes'>>

const anthropicTiers = {
  opus: 'claude-opus-5-5',
  sonnet: 'claude-sonnet-5-5',
  haiku: 'claude-haiku-5-5',
} as const
const openaiTiers = { sol: 'gpt-6.2-sol', terra: 'gpt-6.1-terra', luna: 'gpt-6-luna' } as const
const simulatedCounts = { opus: 1, sonnet: 4, haiku: 2 } as const

const anthropicRoutes = {
  strategic: ['opus', 'sonnet'],
  tactical: ['sonnet', 'opus'],
  simple: ['haiku', 'sonnet'],
} as const
const openaiRoutes = {
  strategic: ['sol', 'terra'],
  tactical: ['terra', 'sol'],
  simple: ['luna', 'terra'],
} as const

export function presetFleet(env: Environment): Fleet {
  const anthropicKey = keyIn(env, 'ANTHROPIC_API_KEY')
  const openaiKey = keyIn(env, 'OPENAI_API_KEY')
  if (anthropicKey === undefined && openaiKey === undefined) return simulatedFleet()
  const pools = {
    ...(anthropicKey === undefined ? {} : vendorPools('anthropic', anthropicTiers, anthropicKey)),
    ...(openaiKey === undefined ? {} : vendorPools('openai', openaiTiers, openaiKey)),
  }
  if (openaiKey === undefined) return { pools, routes: anthropicRoutes }
  if (anthropicKey === undefined) return { pools, routes: openaiRoutes }
  return { pools, routes: interleaved() }
}

function simulatedFleet(): Fleet {
  const pool = (tier: keyof typeof anthropicTiers): Fleet['pools'][string] => ({
    workers: [{ kind: 'simulated', model: anthropicTiers[tier], count: simulatedCounts[tier] }],
  })
  return {
    pools: { opus: pool('opus'), sonnet: pool('sonnet'), haiku: pool('haiku') },
    routes: anthropicRoutes,
  }
}

function vendorPools(
  kind: 'anthropic' | 'openai',
  tiers: Readonly<Record<string, string>>,
  apiKey: string,
): Fleet['pools'] {
  return Object.fromEntries(
    Object.entries(tiers).map(([pool, model]) => [pool, { workers: [{ kind, model, apiKey }] }]),
  )
}

/** Each route: Anthropic's first choice, OpenAI's first choice, then the second choices. */
function interleaved(): Fleet['routes'] {
  const both = (route: keyof typeof anthropicRoutes): readonly string[] => {
    const [first, second] = anthropicRoutes[route]
    const [otherFirst, otherSecond] = openaiRoutes[route]
    return [first, otherFirst, second, otherSecond]
  }
  return { strategic: both('strategic'), tactical: both('tactical'), simple: both('simple') }
}

function keyIn(env: Environment, name: string): string | undefined {
  const key = env[name]?.trim()
  return key === '' ? undefined : key
}
