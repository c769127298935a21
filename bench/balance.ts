/**
 * What it costs to pick a worker among 5 and among 1,000, against the least that any choice costs: a counter over an
 * array, in the same run. Every candidate is a live object with its own load, which changes with each pick, as it
 * does in a pool. Figures are the median over batches, in microseconds per pick.
 */
import { createStrategy, type StrategyName } from '../src/balance/catalog.ts'
import type { Strategy } from '../src/balance/strategy.ts'
import { systemClock } from '../src/core/clock.ts'
import type { RoutableMessage } from '../src/core/message.ts'
import { type Random, seededRandom } from '../src/core/random.ts'
import { workerId, type WorkerView } from '../src/core/worker.ts'
import type { BenchOptions, BenchRow } from './row.ts'

const names: readonly StrategyName[] = ['round-robin', 'weighted', 'least-loaded']
const fleets = [
  { size: 5, targetMicros: 2 },
  { size: 1_000, targetMicros: 5 },
]

export async function run(options: BenchOptions): Promise<readonly BenchRow[]> {
  const batches = options.quick ? 20 : 400
  return fleets.flatMap(({ size, targetMicros }) => {
    const counter = pickMicros(counterOverArray(), size, batches)
    return names.map((name) => ({
      name: `pick ${name} among ${size.toLocaleString('en')}`,
      ours: pickMicros(createStrategy(name, { random: seededRandom(1) }), size, batches),
      unit: 'µs',
      reference: { name: 'counter over an array', value: counter },
      target: `≤ ${targetMicros} µs`,
    }))
  })
}

function counterOverArray(): Strategy {
  let turn = 0
  return { name: 'counter', pick: (candidates) => candidates[turn++ % candidates.length] ?? candidates[0] }
}

const message: RoutableMessage = {
  priority: 'normal',
  class: 'tactical',
  session: undefined,
  tenant: undefined,
  workTokens: 1_200,
}

/** A worker's figures as its pool keeps them: written by the pool, read by the strategy. */
type LiveView = { -readonly [Field in keyof WorkerView]: WorkerView[Field] }

function fleetOf(size: number, random: Random): [LiveView, ...LiveView[]] {
  const wholeBelow = (end: number): number => Math.floor(random.next() * end) | 0
  // A tenth of the fleet is not quite well.
  const view = (number: number): LiveView => ({
    id: workerId('pool', number),
    pool: 'pool',
    model: 'some-model',
    weight: 1,
    slots: 8,
    inFlight: wholeBelow(4),
    outstandingTokens: wholeBelow(8_000),
    health: number % 10 === 0 ? 0.4 + 0.6 * random.next() : 1,
    latencyMs: 300 + 400 * random.next(),
  })
  return [view(1), ...Array.from({ length: size - 1 }, (_, index) => view(index + 2))]
}

function pickMicros(strategy: Strategy, size: number, batches: number): number {
  const random = seededRandom(7)
  const fleet = fleetOf(size, random)
  const picksABatch = size > 100 ? 200 : 5_000
  const samples: number[] = []
  const warmUp = Math.ceil(batches / 4)
  for (let batch = 0; batch < batches + warmUp; batch++) {
    const startMs = systemClock.now()
    for (let pick = 0; pick < picksABatch; pick++) {
      // The engine only ever passes views; here each pick is the live object itself.
      const picked = strategy.pick(fleet, message) as LiveView
      picked.inFlight = (picked.inFlight + 1) % 8
      picked.outstandingTokens = (picked.outstandingTokens + message.workTokens) % 9_000
    }
    if (batch >= warmUp) samples.push(((systemClock.now() - startMs) * 1_000) / picksABatch)
  }
  return samples.sort((one, other) => one - other)[samples.length >> 1] ?? Number.NaN
}
