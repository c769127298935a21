/**
 * What switching models costs: agent conversations, played through the real engine against a stub that bills like
 * Anthropic, once for each way of routing. Dollars are the vendor's bill; time is virtual.
 */
import { composeEngine } from '../src/compose.ts'
import { parseConfig } from '../src/config/load.ts'
import type { ConfigInput } from '../src/config/schema.ts'
import { type Clock, systemClock } from '../src/core/clock.ts'
import type { Engine } from '../src/core/engine.ts'
import { seededRandom } from '../src/core/random.ts'
import { silentLog } from '../src/core/system.ts'
import { virtualClock } from '../src/core/virtual-clock.ts'
import type { MovePolicyName } from '../src/models/move/catalog.ts'
import type { BenchOptions, BenchRow } from './row.ts'
import { scripts } from './switching/conversation.ts'
import { type Figures, play, type Stage } from './switching/play.ts'
import { startVendor } from './switching/vendor.ts'

interface Way {
  readonly config: ConfigInput
  readonly remembers: boolean
  readonly classInLoop: (engine: Engine) => Stage['classInLoop']
}

const remembered = (): Stage['classInLoop'] => () => undefined
const routes = { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'opus'], simple: ['haiku', 'sonnet'] }
const home = (policy: MovePolicyName): Way => ({
  config: { routes, move: { policy } },
  remembers: true,
  classInLoop: remembered,
})

export const ways = {
  'always opus': {
    config: { routes: { strategic: ['opus'], tactical: ['opus'], simple: ['opus'] } },
    remembers: true,
    classInLoop: remembered,
  },
  /** As a router does that knows no turns: a tool's result is classified like any other message. */
  'each request by what came last': {
    config: { routes },
    remembers: false,
    classInLoop: (engine) => (_turn, result) => engine.classify(result).class,
  },
  'each message of the person': {
    config: { routes },
    remembers: false,
    classInLoop: () => (turn) => turn,
  },
  'home, stay': home('stay'),
  'home, expected-value': home('expected-value'),
  'home, capped': home('capped'),
} as const satisfies Readonly<Record<string, Way>>

const SEED = 7

export async function run({ quick }: BenchOptions): Promise<readonly BenchRow[]> {
  const count = quick ? 20 : 200
  const rows: BenchRow[] = []
  let opusUsd = 0
  for (const [name, way] of Object.entries(ways)) {
    const startMs = systemClock.now()
    const figures = await playAll(count, way)
    const seconds = (systemClock.now() - startMs) / 1_000
    opusUsd ||= figures.usd
    rows.push({
      name,
      ours: figures.usd,
      unit: '$',
      reference: { name: 'always opus', value: opusUsd },
      also: inWords(figures, seconds),
    })
  }
  return rows
}

function inWords(figures: Figures, seconds: number): string {
  const { turns, turnsWithLoss, turnsWithLossInLoop, refused, switches, below, above, oursUsd } = figures
  return [
    `${turns} turns`,
    `reasoning lost in ${turnsWithLoss}`,
    `inside a tool loop in ${turnsWithLossInLoop}`,
    `${refused} × 400`,
    `${switches} switches`,
    `weaker than asked in ${below}`,
    `stronger in ${above}`,
    `our own account $${oursUsd.toFixed(2)}`,
    `${seconds.toFixed(0)} s`,
  ].join(' · ')
}

/** Plays so many conversations, one after the other, the same ones for every way. */
export async function playAll(count: number, way: Way): Promise<Figures> {
  const clock = virtualClock()
  const vendor = await startVendor(clock)
  const worker = (model: string) => ({
    workers: [
      { kind: 'anthropic', model, baseUrl: vendor.baseUrl, apiKey: 'bench-workspace', capacity: 2 } as const,
    ],
  })
  const config = parseConfig({
    pools: {
      opus: worker('claude-opus-5-5'),
      sonnet: worker('claude-sonnet-5-5'),
      haiku: worker('claude-haiku-5-5'),
    },
    store: { memory: true },
    ...way.config,
  })
  const engine = composeEngine(config, {
    clock: withoutProbes(clock),
    random: seededRandom(1),
    log: silentLog,
  })
  const figures: Figures = { ...nothing }
  engine.events.subscribe('message-done', ({ record }) => {
    figures.oursUsd += record.costUsd
  })
  const { remembers } = way
  const stage: Stage = { engine, vendor, clock, classInLoop: way.classInLoop(engine), remembers, figures }
  try {
    for (const script of scripts(count, SEED)) await play(script, stage)
  } finally {
    await engine.close()
    await vendor.close()
  }
  return figures
}

/** Hours pass between two requests: a probe that began in between would be late before its answer can come. */
function withoutProbes(clock: Clock): Clock {
  return {
    now: clock.now,
    wallNow: clock.wallNow,
    after: (delayMs, run, options) =>
      options?.background ? { cancel: () => undefined } : clock.after(delayMs, run, options),
  }
}

const nothing: Figures = {
  usd: 0,
  oursUsd: 0,
  requests: 0,
  turns: 0,
  turnsWithLoss: 0,
  turnsWithLossInLoop: 0,
  refused: 0,
  switches: 0,
  below: 0,
  above: 0,
}
