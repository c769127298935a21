/** Who can answer: workers from the configuration, with what is known of their servers and accounts. */
import { createHash } from 'node:crypto'
import type { Config, WorkerConfig } from '../config/schema.ts'
import { eachWorker } from '../config/worker-names.ts'
import type { System } from '../core/system.ts'
import type { WorkerId } from '../core/worker.ts'
import { dialectFor } from '../wire/dialects.ts'
import { createWorker, workerKinds } from '../workers/kinds/catalog.ts'
import { Member } from '../workers/member.ts'

export function composeMembers(config: Config, system: System): readonly Member[] {
  return Object.entries(config.pools).flatMap(([pool, { workers }]) =>
    eachWorker(pool, workers).map(({ id, worker }, index) =>
      composeMember(pool, id, seeded(worker, index), system),
    ),
  )
}

/** Copies of a seeded worker must not all draw the same latencies and failures. */
function seeded(options: WorkerConfig, index: number): WorkerConfig {
  if (options.kind !== 'simulated' || options.seed === undefined) return options
  return { ...options, seed: options.seed + index }
}

function composeMember(pool: string, id: WorkerId, options: WorkerConfig, system: System): Member {
  return new Member({
    id,
    pool,
    worker: createWorker(options, system),
    vendor: workerKinds[options.kind].vendor,
    account: accountOf(id, options),
    ...(options.kind !== 'simulated' && { host: new URL(options.baseUrl).host }),
    ...(options.kind === 'openai' && { dialect: dialectFor(options.dialect, options.baseUrl) }),
    ownKey: options.kind === 'simulated' || options.apiKey !== undefined,
    slots: options.capacity,
    weight: options.weight,
  })
}

function accountOf(id: WorkerId, options: WorkerConfig): string {
  if (options.kind === 'simulated') return id
  const { kind, baseUrl, apiKey = '' } = options
  return createHash('sha256').update(`${kind} ${baseUrl} ${apiKey}`).digest('hex')
}
