import { loadPacks } from '../../classify/load-packs.ts'
import { describeProblems, type Problem } from '../../config/problems.ts'
import type { Config, WorkerConfig } from '../../config/schema.ts'
import { eachWorker } from '../../config/worker-names.ts'
import { SignalboxError } from '../../core/errors.ts'
import type { System } from '../../core/system.ts'
import type { WireReply, Worker } from '../../core/worker.ts'
import { createCards } from '../../models/catalog.ts'
import { protocols } from '../../wire/catalog.ts'
import { createWorker } from '../../workers/kinds/catalog.ts'
import { type Check, failing, well } from './check.ts'

/** What the fleet must offer: workers that answer, a card for each model, somebody on every route. */
export interface WorkerCheck extends Check {
  readonly pool: string
}

/** As many connections at once as no firewall takes for an attack. */
const PROBES_AT_ONCE = 32
const PROBE_LIMIT_MS = 10_000

/** Asks every worker whether it is there and takes requests; workers of one entry are alike, so one of them speaks for all. */
export async function workerChecks(config: Config, system: System): Promise<readonly WorkerCheck[]> {
  const workers = Object.entries(config.pools).flatMap(([pool, { workers }]) =>
    eachWorker(pool, workers).map(({ id, worker }) => ({ id, pool, worker })),
  )
  const checks: WorkerCheck[] = []
  const byEntry = new Map<WorkerConfig, Promise<Finding>>()
  const findingOf = (worker: WorkerConfig): Promise<Finding> => {
    const finding = byEntry.get(worker) ?? examine(worker, system)
    byEntry.set(worker, finding)
    return finding
  }
  let next = 0
  async function probeInTurn(): Promise<void> {
    for (let index = next++; index < workers.length; index = next++) {
      const each = workers[index]
      if (each !== undefined)
        checks[index] = { name: `worker ${each.id}`, ...(await findingOf(each.worker)), pool: each.pool }
    }
  }
  await Promise.all(Array.from({ length: PROBES_AT_ONCE }, probeInTurn))
  return checks
}

type Finding = Omit<Check, 'name'>

const ill = (detail: string, mend: string): Finding => ({ ok: false, detail, mend })

async function examine(options: WorkerConfig, system: System): Promise<Finding> {
  if (options.kind === 'simulated')
    return { ok: true, detail: `simulated answers for ${options.model}`, mend: null }
  try {
    const timeoutMs = Math.min(options.timeoutMs, PROBE_LIMIT_MS)
    const worker = createWorker({ ...options, timeoutMs }, system)
    try {
      const alive = await worker.probe(AbortSignal.timeout(PROBE_LIMIT_MS))
      if (!alive)
        return ill(
          `${options.baseUrl} does not answer`,
          'check baseUrl, the network, and that the server runs',
        )
      return judge(options, await askNothing(worker))
    } finally {
      await worker.close()
    }
  } catch (error) {
    const { message, hint } = SignalboxError.from(error)
    return ill(`cannot be used: ${message}`, hint)
  }
}

/** An empty object is no message in any protocol: the endpoint refuses it, and no token is spent. */
function askNothing(worker: Worker): Promise<WireReply> {
  const { path } = protocols[worker.wires[0]]
  return worker.call(
    { path, headers: {}, body: [Buffer.from('{}')], stream: false },
    new AbortController().signal,
  )
}

const CHECK_BASE_URL = 'check baseUrl: Anthropic without /v1, OpenAI with /v1'

/** Whether a refusal is the API's own: a wrong path is answered by 404, by a page, or with a redirect. */
function judge(options: Exclude<WorkerConfig, { kind: 'simulated' }>, reply: WireReply): Finding {
  const { baseUrl, model, apiKey } = options
  const { status, headers } = reply
  if (status === 404 || status === 405 || (status >= 300 && status < 400))
    return ill(`${baseUrl} answers a request with status ${status}`, CHECK_BASE_URL)
  if (/^text\/html\b/i.test(headers['content-type'] ?? ''))
    return ill(`${baseUrl} answers a request with a page`, CHECK_BASE_URL)
  if (apiKey !== undefined && (status === 401 || status === 403))
    return ill(`${baseUrl} refuses the key with status ${status}`, 'check apiKey')
  const whose = apiKey === undefined ? '; the caller’s own key is sent on' : ''
  return { ok: true, detail: `${baseUrl} answers for ${model}${whose}`, mend: null }
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

/** A pattern that cannot be read keeps the server from starting. @param problems what the packs' files have. */
export function packsCheck({ classify }: Config, problems: readonly Problem[]): Check {
  if (problems.length > 0)
    return failing(
      'packs',
      describeProblems(problems).join('\n'),
      'correct the pack, or leave it out of classify.packs',
    )
  const packs = loadPacks(classify.packs)
  const classes = new Set(packs.flatMap((pack) => pack.classes))
  return well('packs', `${packs.map((pack) => pack.name).join(', ')}: ${[...classes].join(', ')}`)
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
