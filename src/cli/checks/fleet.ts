import { loadPacks } from '../../classify/load-packs.ts'
import type { Config, WorkerConfig } from '../../config/schema.ts'
import { eachWorker } from '../../config/worker-names.ts'
import { SignalboxError } from '../../core/errors.ts'
import type { System } from '../../core/system.ts'
import { createCards } from '../../models/catalog.ts'
import { createWorker } from '../../workers/kinds/catalog.ts'
import { type Check, failing, well } from './check.ts'

/** What the fleet must offer: workers that answer, a card for each model, somebody on every route. */
export interface WorkerCheck extends Check {
  readonly pool: string
}

/** As many connections at once as no firewall takes for an attack. */
const PROBES_AT_ONCE = 32
const PROBE_LIMIT_MS = 10_000

/** Asks every worker whether it is there, with its own probe. */
export async function workerChecks(config: Config, system: System): Promise<readonly WorkerCheck[]> {
  const workers = Object.entries(config.pools).flatMap(([pool, { workers }]) =>
    eachWorker(pool, workers).map(({ id, worker }) => ({ id, pool, worker })),
  )
  const checks: WorkerCheck[] = []
  let next = 0
  async function probeInTurn(): Promise<void> {
    for (let index = next++; index < workers.length; index = next++) {
      const each = workers[index]
      if (each !== undefined)
        checks[index] = { ...(await probe(`worker ${each.id}`, each.worker, system)), pool: each.pool }
    }
  }
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, probeInTurn))
  return checks
}

async function probe(name: string, options: WorkerConfig, system: System): Promise<Check> {
  const where = options.kind === 'simulated' ? 'simulated' : options.baseUrl
  try {
    const worker = createWorker(options, system)
    try {
      const alive = await worker.probe(AbortSignal.timeout(PROBE_LIMIT_MS))
      if (!alive)
        return failing(
          name,
          `${where} does not answer`,
          'check baseUrl, the network, and that the server runs',
        )
    } finally {
      await worker.close()
    }
  } catch (error) {
    return failing(
      name,
      `cannot be used: ${SignalboxError.from(error).message}`,
      SignalboxError.from(error).hint,
    )
  }
  const ownKey = options.kind === 'simulated' || options.apiKey !== undefined
  return well(
    name,
    `${where} answers for ${options.model}${ownKey ? '' : '; the caller’s own key is sent on'}`,
  )
}

/** A route needs one pool with one worker that answers. */
export function routeChecks(config: Config, workers: readonly WorkerCheck[]): readonly Check[] {
  return Object.entries(config.routes).map(([route, pools]) => {
    const answering = pools.filter((pool) => workers.some((worker) => worker.ok && worker.pool === pool))
    const name = `route ${route}`
    if (answering.length === 0)
      return failing(
        name,
        `no worker of ${pools.join(', ')} answers`,
        'mend one of its workers, or add a pool',
      )
    return well(name, answering.join(', '))
  })
}

/** A pattern that cannot be read keeps the server from starting. */
export function packsCheck({ classify }: Config): Check {
  try {
    const packs = loadPacks(classify.packs)
    const classes = new Set(packs.flatMap((pack) => pack.classes))
    return well('packs', `${packs.map((pack) => pack.name).join(', ')}: ${[...classes].join(', ')}`)
  } catch (error) {
    return failing(
      'packs',
      SignalboxError.from(error).message,
      'correct the pack, or leave it out of classify.packs',
    )
  }
}

/** Without a card a model's messages cost nothing in the figures, and its limits are unknown. */
export function modelsCheck(config: Config): Check {
  const cards = createCards(config.models)
  const models = new Set(
    Object.values(config.pools).flatMap(({ workers }) =>
      workers.filter((worker) => worker.kind !== 'simulated').map((worker) => worker.model),
    ),
  )
  const unknown = [...models].filter((model) => cards.find(model) === undefined)
  if (unknown.length === 0)
    return well('models', models.size === 0 ? 'simulated only' : [...models].join(', '))
  return failing(
    'models',
    `no price and no limits are known of ${unknown.join(', ')}`,
    'add them under models, with like, or with contextTokens, outputTokensMax and priceUsdPerMTok',
  )
}
