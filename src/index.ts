/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
/**
 * The library's face.
 *
 * @example
 * const engine = createEngine({
 *   pools: { opus: { workers: [simulated({ model: 'claude-opus-5-5' })] } },
 *   routes: { strategic: ['opus'] },
 * })
 * const reply = await engine.send({ content: 'Plan the route' })
 */
import { composeEngine } from './compose.ts'
import { parseConfig } from './config/load.ts'
import type { ConfigInput } from './config/schema.ts'
import type { Engine } from './core/engine.ts'
import { realSystem, type System } from './core/system.ts'

/**
 * Starts an engine in this process. The options are the same object that signalbox.yaml holds.
 * @param system clock, random source and log; the real ones where left out.
 * @throws SignalboxError invalid-config listing every problem.
 */
export function createEngine(options: ConfigInput, system: Partial<System> = {}): Engine {
  return composeEngine(parseConfig(options), { ...realSystem(), ...system })
}

type WorkerInput = NonNullable<ConfigInput['pools']>[string]['workers'][number]
type InputOf<Kind extends WorkerInput['kind']> = Omit<Extract<WorkerInput, { kind: Kind }>, 'kind'>

/** A worker that answers by itself, for trials and tests. */
export function simulated(options: InputOf<'simulated'> = {}): Extract<WorkerInput, { kind: 'simulated' }> {
  return { kind: 'simulated', ...options }
}

/** An endpoint of Anthropic's Messages API. */
export function anthropic(options: InputOf<'anthropic'>): Extract<WorkerInput, { kind: 'anthropic' }> {
  return { kind: 'anthropic', ...options }
}

/** An endpoint of OpenAI's Chat Completions API, or of a server that speaks it. */
export function openai(options: InputOf<'openai'>): Extract<WorkerInput, { kind: 'openai' }> {
  return { kind: 'openai', ...options }
}

export type { CustomStrategy } from './balance/catalog.ts'
export type { ConfigInput } from './config/schema.ts'
export type { Clock, Timer } from './core/clock.ts'
export type {
  Alternative,
  Choice,
  Classification,
  ClassSource,
  Decision,
  DecisionRecord,
  Reason,
} from './core/decision.ts'
export type { Engine, QueueStatus, Reply, StreamEvent, WorkerStatus } from './core/engine.ts'
export { type ErrorCode, type ErrorDomain, SignalboxError } from './core/errors.ts'
export type { EngineEvents, Events, Mode } from './core/events.ts'
export type { ContentBlock, Context, Message, Priority, RoutableMessage } from './core/message.ts'
export type { Random } from './core/random.ts'
export type { Log, System } from './core/system.ts'
export type { Span, Trace } from './core/trace.ts'
export type { Usage } from './core/wire.ts'
export type { BreakerState, WorkerState, WorkerView } from './core/worker.ts'
