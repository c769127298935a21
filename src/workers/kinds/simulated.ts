/**
 * A worker without a model: it speaks Anthropic's Messages API, takes its time, and fails as often as it is told to.
 * Times come from the clock and chances from a seed, so a fleet of them runs the same way again, in tests and in
 * the simulator. Latencies are log-normal, as those of real models are.
 */
import { SignalboxError } from '../../core/errors.ts'
import { type Random, seededRandom } from '../../core/random.ts'
import type { System } from '../../core/system.ts'
import type { Worker } from '../../core/worker.ts'
import { SimulatedCall } from './simulated-call.ts'
import { drawFault, type SimulatedFault } from './simulated-fault.ts'
import { type Plan, play } from './simulated-plan.ts'
import { upstreamDefaults } from './upstream.ts'

export interface SimulatedOptions {
  readonly kind: 'simulated'
  readonly model: string
  /** Until the last byte. A number: always so much. Default: { median: 400, sigma: 0.3 }. */
  readonly latencyMs?: number | { readonly median: number; readonly sigma?: number }
  /** 0–1: share of the calls that fail. Default 0. */
  readonly failureRate?: number
  /** Default: drawn from the system's randomness. */
  readonly seed?: number
  /** Failures at given calls, besides those by chance. */
  readonly faults?: readonly SimulatedFault[]
  /** When a stalled call is given up before the reply. Default 600,000. */
  readonly timeoutMs?: number
  /** The same in the middle of a stream. Default 120,000. */
  readonly idleMs?: number
}

const MEDIAN_MS = 400
const SIGMA = 0.3

export function simulatedWorker(options: SimulatedOptions, { clock, random: systemRandom }: System): Worker {
  const random = seededRandom(options.seed ?? systemRandom.uint32())
  const underWay = new Set<SimulatedCall>()
  let calls = 0
  let closed = false

  function draw(): Plan {
    calls++
    const latencyMs = drawLatencyMs(options.latencyMs, random)
    const byChance = drawFault(options.failureRate ?? 0, random)
    const scripted = options.faults?.find((fault) => fault.at === calls)
    const { model, timeoutMs, idleMs } = { ...upstreamDefaults, ...options }
    const ids = seededRandom(random.uint32())
    return { model, latencyMs, fault: scripted ?? byChance, ids, timeoutMs, idleMs }
  }

  return {
    kind: 'simulated',
    wires: ['anthropic'],
    model: options.model,
    async call(request, signal) {
      if (closed) throw new SignalboxError('worker-failed', 'the worker was closed')
      signal.throwIfAborted()
      const call = new SimulatedCall(clock, signal, (over) => underWay.delete(over))
      underWay.add(call)
      play(call, request, draw())
      return call.reply
    },
    async probe() {
      return !closed
    },
    async close() {
      closed = true
      for (const call of underWay) {
        const code = call.streaming ? 'worker-stalled' : 'worker-failed'
        call.cut(new SignalboxError(code, 'the worker was closed'))
      }
    },
  }
}

/** Box–Muller: exp(σz) around the median. Two draws, also when the latency is fixed: later calls stay the same. */
export function drawLatencyMs(latency: SimulatedOptions['latencyMs'], random: Random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  if (typeof latency === 'number') return latency
  const { median, sigma = SIGMA } = latency ?? { median: MEDIAN_MS }
  return median * Math.exp(sigma * normal)
}
