import { z } from 'zod'
import { type CustomStrategy, type StrategyName, strategies } from '../balance/catalog.ts'
import { type DialectName, dialects } from '../wire/dialects.ts'
import { defaults } from './defaults.ts'
import {
  anthropicBaseUrl,
  baseUrl,
  DAY_MS,
  HOUR_MS,
  int,
  modelName,
  name,
  number,
  secret,
} from './schema-words.ts'

/** The part of the schema that describes pools and workers: a union by `kind`, each kind with its own keys. */
const workerKeys = {
  count: int(1, 1000).default(defaults.worker.count).describe('How many such workers the pool has.'),
  name: name
    .exactOptional()
    .describe('The worker’s id instead of POOL-N; with a count above 1, NAME-1, NAME-2 …'),
  weight: number(0.01, 1000)
    .default(defaults.worker.weight)
    .describe('Preference among the workers of the pool; 1 is usual.'),
}

const simulatedWorker = z
  .strictObject({
    kind: z.literal('simulated').describe('Answers by itself: for trials, tests and demonstrations.'),
    model: modelName
      .default(defaults.simulated.model)
      .describe('Whose model card, and so price, the worker has.'),
    capacity: int(1, 10_000).default(defaults.simulated.capacity).describe('Messages answered at once.'),
    latencyMs: z
      .union([
        number(0, HOUR_MS),
        z.strictObject({
          median: number(0, HOUR_MS).describe('The median, in milliseconds.'),
          sigma: number(0, 5)
            .default(defaults.simulated.latencyMs.sigma)
            .describe('The spread of a log-normal distribution; 0 is none.'),
        }),
      ])
      .default(defaults.simulated.latencyMs)
      .describe('How long an answer takes: a fixed number, or a distribution.'),
    failureRate: number(0, 1)
      .default(defaults.simulated.failureRate)
      .describe('Share of the messages that fail, 0 to 1.'),
    seed: int(0, Number.MAX_SAFE_INTEGER)
      .exactOptional()
      .describe('Makes latencies, failures and texts repeatable.'),
    ...workerKeys,
  })
  .describe('A worker that answers by itself.')

const vendorKeys = {
  model: modelName.describe('The model that the worker is asked for.'),
  apiKey: secret
    .exactOptional()
    .describe('The key that is sent upstream. Without one, the caller’s own credential is forwarded.'),
  capacity: int(1, 10_000).default(defaults.vendor.capacity).describe('Messages answered at once.'),
  timeoutMs: int(1, DAY_MS)
    .default(defaults.vendor.timeoutMs)
    .describe('How long a whole answer may take, or a stream until it begins.'),
  idleMs: int(1, DAY_MS)
    .default(defaults.vendor.idleMs)
    .describe('How long a streamed answer may be silent between two events.'),
  ...workerKeys,
}

const anthropicWorker = z
  .strictObject({
    kind: z.literal('anthropic').describe('Speaks Anthropic’s Messages API.'),
    baseUrl: anthropicBaseUrl
      .default(defaults.anthropic.baseUrl)
      .describe('What Anthropic’s SDK would be given: without /v1.'),
    ...vendorKeys,
  })
  .describe('An endpoint of Anthropic’s Messages API.')

// The keys of an object are its own names.
const dialectNames = Object.keys(dialects) as DialectName[]

const openaiWorker = z
  .strictObject({
    kind: z.literal('openai').describe('Speaks OpenAI’s Chat Completions API.'),
    baseUrl: baseUrl.default(defaults.openai.baseUrl).describe('What OpenAI’s SDK would be given: with /v1.'),
    dialect: z
      .enum(dialectNames)
      .exactOptional()
      .describe('How the server deviates from OpenAI’s own; by default as its address suggests.'),
    ...vendorKeys,
  })
  .describe('An endpoint that speaks OpenAI’s Chat Completions API.')

const worker = z.discriminatedUnion('kind', [simulatedWorker, anthropicWorker, openaiWorker])

// The keys of an object are its own names.
const strategyNames = Object.keys(strategies) as StrategyName[]

export const pool = z
  .strictObject({
    strategy: z
      .union([z.enum(strategyNames), z.custom<CustomStrategy>((value) => typeof value === 'function')])
      .default(defaults.strategy)
      .describe('Which of the pool’s workers answers. The library also takes a function.'),
    workers: z.array(worker).min(1).max(1000).describe('The workers; at least one.'),
  })
  .describe('Workers that can stand in for each other.')
