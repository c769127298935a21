import { z } from 'zod'
import { priorities } from '../core/message.ts'
import { type MovePolicyName, movePolicies } from '../models/move/catalog.ts'
import { defaults } from './defaults.ts'
import { DAY_MS, HOUR_MS, int, modelName, name, number, offered, secret } from './schema-words.ts'
import { pool } from './worker-schema.ts'

/**
 * The one source of the configuration: its types, its JSON Schema, its reference and its errors come from here.
 * Strict objects (an unknown key is an error), unions by `kind`, units in the names, every key described.
 * Defaults stand in defaults.ts; what one key demands of another stands in cross-checks.ts.
 */
const server = z
  .strictObject({
    host: z
      .string()
      .regex(/^[A-Za-z0-9._:-]{1,255}$/, 'must be an IP address or a host name')
      .default(defaults.server.host)
      .describe('The address to listen on. Any but a loopback address needs auth.keys and auth.adminToken.'),
    port: int(0, 65_535).default(defaults.server.port).describe('The port to listen on; 0 takes a free one.'),
    bodyBytes: int(1024, 2 ** 30)
      .default(defaults.server.bodyBytes)
      .describe('The longest request body, in bytes.'),
    drainMs: int(0, HOUR_MS)
      .default(defaults.server.drainMs)
      .describe('How long running messages may take to end at shutdown.'),
  })
  .describe('The listener.')

const classify = z
  .strictObject({
    packs: z
      .array(
        z
          .string()
          .regex(
            /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}|.{1,1018}\.ya?ml)$/,
            'must be a pack’s name or a .yaml file',
          ),
      )
      .max(50)
      .default([...defaults.classify.packs])
      .describe('Pattern packs: names of bundled ones, or files ending in .yaml or .yml.'),
    fallback: offered
      .default(defaults.classify.fallback)
      .describe(
        'The class without any signal. Classes without a route of their own take its route, else the first one.',
      ),
    model: z
      .union([z.enum(['none']), z.string().max(1024).regex(/[./]/, 'must be none, or the file of a model')])
      .default(defaults.classify.model)
      .describe(
        'A model of classes that `signalbox train classes` wrote, asked where the patterns are not sure; or none.',
      ),
    cache: z
      .strictObject({
        entries: int(0, 1_000_000)
          .default(defaults.classify.cache.entries)
          .describe('How many classifications are kept; 0 keeps none.'),
        ttlMs: int(1, 7 * DAY_MS)
          .default(defaults.classify.cache.ttlMs)
          .describe('How long a classification is kept.'),
      })
      .prefault({})
      .describe('Repeated texts are classified once.'),
  })
  .describe('How a message’s class is found.')

const ttl = (priority: (typeof priorities)[number]) =>
  int(1, DAY_MS).default(defaults.queue.ttlMs[priority]).describe(`How long a ${priority} message may wait.`)

const queue = z
  .strictObject({
    capacity: int(1, 1_000_000)
      .default(defaults.queue.capacity)
      .describe('How many messages may wait; beyond it, the lowest priority is refused.'),
    order: z.enum(['strict']).default(defaults.queue.order).describe('strict: by priority, then by arrival.'),
    silenceMs: int(0, 60_000)
      .default(defaults.queue.silenceMs)
      .describe('How long a waiting client is sent nothing, so that shedding can still be a real status.'),
    spillMs: int(0, DAY_MS)
      .default(defaults.queue.spillMs)
      .describe('How long a message waits for its route’s first pool before the next pool may take it.'),
    ttlMs: z
      .strictObject({
        critical: ttl('critical'),
        high: ttl('high'),
        normal: ttl('normal'),
        low: ttl('low'),
      })
      .prefault({})
      .describe('How long messages may wait, by priority.'),
  })
  .describe('Where messages wait for a worker.')

const price = number(0, 1_000_000)

const correction = z
  .strictObject({
    like: modelName.exactOptional().describe('The model whose card this one starts from.'),
    priceUsdPerMTok: z
      .strictObject({
        input: price.exactOptional().describe('Uncached input.'),
        output: price.exactOptional().describe('Output.'),
        cacheRead: price.exactOptional().describe('Input read from the cache.'),
        cacheWrite: price.exactOptional().describe('Input written to the cache.'),
        cacheWriteLong: price
          .exactOptional()
          .describe('Input written to the cache for long: an hour at Anthropic, twelve at OpenAI.'),
      })
      .exactOptional()
      .describe('US dollars per million tokens.'),
    contextTokens: int(1, 1_000_000_000)
      .exactOptional()
      .describe('The longest prompt and answer together; a longer prompt is refused.'),
    outputTokensMax: int(1, 1_000_000_000).exactOptional().describe('The longest answer.'),
  })
  .describe('Adds a model card, or corrects one.')

const move = z
  .strictObject({
    policy: z
      .enum(Object.keys(movePolicies) as [MovePolicyName, ...MovePolicyName[]])
      .default(defaults.move.policy)
      .describe(
        'Whether a conversation goes to another model when its class changes: stay (never), expected-value (when it saves more than it costs), capped (as long as switching stays cheap).',
      ),
    capShare: number(0, 1)
      .default(defaults.move.capShare)
      .describe('capped: what all paid switches may cost, in proportion to the conversation so far.'),
  })
  .describe('When a conversation moves to another model.')

const key = z
  .strictObject({
    name: name.describe('Who the key is for; stands in logs instead of the key.'),
    key: secret.describe('The key itself; best as ${NAME} or ${file:/path}.'),
    scopes: z
      .array(z.enum(['data', 'control', 'metrics']))
      .min(1)
      .default([...defaults.key.scopes])
      .describe('What it opens: the LLM protocols, the /api routes, /metrics.'),
    priorityMax: z
      .enum(priorities)
      .default(defaults.key.priorityMax)
      .describe('The highest priority that it may ask for.'),
  })
  .describe('A key of a client.')

export const configSchema = z
  .strictObject({
    server: server.prefault({}),
    intercept: z
      .array(z.string().min(1).max(200))
      .max(100)
      .default([])
      .describe('Asked-for model names (with * as a wildcard) that are classified all the same.'),
    pools: z.record(offered, pool).describe('The pools of workers, by name.'),
    routes: z
      .record(
        offered,
        z.array(name).min(1).max(50).describe('The pools that answer this class, the preferred one first.'),
      )
      .describe(
        'Class → pools in order. A class that is not named here takes the route of classify.fallback, else the first one.',
      ),
    classify: classify.prefault({}),
    queue: queue.prefault({}),
    models: z.record(modelName, correction).default({}).describe('Model cards, by the model’s id.'),
    move: move.prefault({}),
    safeguards: z
      .strictObject({
        model: z
          .enum(['none'])
          .default(defaults.safeguards.model)
          .describe(
            'Who checks an agent’s actions where the provider does not; none in this version: the client is told so.',
          ),
      })
      .prefault({})
      .describe('The checks that a client asks for beside the answer.'),
    health: z
      .strictObject({
        intervalMs: int(100, HOUR_MS)
          .default(defaults.health.intervalMs)
          .describe('How often workers are probed.'),
      })
      .prefault({})
      .describe('How the workers’ health is watched.'),
    retry: z
      .strictObject({
        maxAttempts: int(1, 10)
          .default(defaults.retry.maxAttempts)
          .describe('Tries for one message, the first included.'),
        budget: number(0, 1)
          .default(defaults.retry.budget)
          .describe('Retries in proportion to first tries, 0 to 1.'),
      })
      .prefault({})
      .describe('Whether and how often a failed message is tried again.'),
    breaker: z
      .strictObject({
        failures: int(1, 1000)
          .default(defaults.breaker.failures)
          .describe('Failures in a row that take a worker out.'),
        openMs: int(1, DAY_MS)
          .default(defaults.breaker.openMs)
          .describe('How long it stays out before one message tries it.'),
      })
      .prefault({})
      .describe('When a failing worker is taken out.'),
    decisions: z
      .strictObject({
        keep: z
          .enum(['hash', 'text', 'none'])
          .default(defaults.decisions.keep)
          .describe('What the decision log keeps of the text: its hash, the text itself, or nothing.'),
      })
      .prefault({})
      .describe('The decision log.'),
    store: z
      .union([
        z.strictObject({
          path: z
            .string()
            .min(1)
            .max(4096)
            .default(defaults.store.path)
            .describe('The state file; one process at a time.'),
        }),
        z.strictObject({ memory: z.literal(true).describe('Keeps nothing beyond the process.') }),
      ])
      .prefault({})
      .describe('Where decisions survive a restart.'),
    auth: z
      .strictObject({
        keys: z.array(key).max(10_000).default([]).describe('The clients’ keys; none on loopback only.'),
        adminToken: secret
          .exactOptional()
          .describe('Opens the control plane; best as ${NAME} or ${file:/path}.'),
      })
      .prefault({})
      .describe('Who may use the server.'),
  })
  .describe('signalbox.yaml')

type DeepReadonly<Value> = Value extends (...parameters: never[]) => unknown
  ? Value
  : Value extends readonly unknown[]
    ? { readonly [Index in keyof Value]: DeepReadonly<Value[Index]> }
    : Value extends object
      ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
      : Value

/** A checked configuration with every default filled in; deeply frozen. */
export type Config = DeepReadonly<z.output<typeof configSchema>>

/** What signalbox.yaml and the library's `createEngine` take: every key optional. */
export type ConfigInput = DeepReadonly<Partial<z.input<typeof configSchema>>>

export type PoolConfig = Config['pools'][string]
export type WorkerConfig = PoolConfig['workers'][number]
