/**
 * The composition root: a configuration and a System in, a running engine out; the only place that constructs across
 * rooms. Observers stand apart: they listen to the engine's events, and the engine runs the same without them.
 */
import { createHash } from 'node:crypto'
import { createStrategy } from './balance/catalog.ts'
import type { Strategy } from './balance/strategy.ts'
import { createClassifier } from './classify/cascade.ts'
import type { Classifier } from './classify/classifier.ts'
import { loadPacks } from './classify/load-packs.ts'
import type { Config, WorkerConfig } from './config/schema.ts'
import { eachWorker } from './config/worker-names.ts'
import type { Engine } from './core/engine.ts'
import { createEvents, type Events } from './core/events.ts'
import type { System } from './core/system.ts'
import { UnderWay } from './core/under-way.ts'
import { packageVersion } from './core/version.ts'
import type { WorkerId } from './core/worker.ts'
import { Dispatch } from './engine/dispatch.ts'
import { SignalboxEngine } from './engine/engine.ts'
import { Line, type Waiter } from './engine/line.ts'
import { ModeKeeper } from './engine/mode-keeper.ts'
import { createPlans, type Plans } from './engine/plan.ts'
import { publishRecord } from './engine/recorder.ts'
import type { Run } from './engine/run.ts'
import { createSelector, type Selector } from './engine/select.ts'
import { createSessions } from './engine/sessions.ts'
import { createUnderstanding, type Understanding } from './engine/understanding.ts'
import { Vitals } from './engine/vitals.ts'
import { type Cards, createCards } from './models/catalog.ts'
import { mayMove } from './models/move.ts'
import { costUsd } from './models/price.ts'
import { createDecisionLog, type DecisionLog } from './observe/decision-log.ts'
import { logEvents } from './observe/log.ts'
import { createMetrics, type Metrics } from './observe/metrics.ts'
import { createTraceLog, type TraceLog } from './observe/trace-log.ts'
import { createPriorityQueue } from './queue/priority-queue.ts'
import { createBreaker } from './resilience/breaker.ts'
import { createRetryBudget, retryBudgetDefaults } from './resilience/budget.ts'
import { openStore } from './store/open.ts'
import { type Dialect, dialectFor } from './wire/dialects.ts'
import { Fleet, type Group } from './workers/fleet.ts'
import { createWorker, workerKinds } from './workers/kinds/catalog.ts'
import { Member } from './workers/member.ts'

/** @throws SignalboxError invalid-config for packs or keys that cannot be used. */
export function composeEngine(config: Config, system: System): Engine {
  const { clock, random } = system
  const events = createEvents()
  const { members, dialects } = composeMembers(config, system)
  const fleet = new Fleet(members)
  const cards = createCards(config.models)
  const plans = composePlans(config, fleet, cards)
  const mode = new ModeKeeper(clock, events, () =>
    plans.routes.some(({ groups }) => !groups.some(({ usable }) => usable)),
  )
  const understanding = composeUnderstanding(config, system, mode)
  const sessions = createSessions(clock)
  const selector = composeSelector(config, system)
  const vitals = new Vitals({
    fleet,
    clock,
    events,
    breaker: config.breaker,
    probeIntervalMs: config.health.intervalMs,
  })
  const line = composeLine(config, system, { events, selector, vitals, mode })
  fleet.onFree(() => line.serve())
  const underWay = new UnderWay<Run>()
  const dispatch = new Dispatch({
    clock,
    random,
    events,
    line,
    selector,
    vitals,
    budget: createRetryBudget({ ...retryBudgetDefaults, ratio: config.retry.budget, clock }),
    attemptsMax: config.retry.maxAttempts,
    exchange: {
      cards,
      dialectOf: (member) => dialects.get(member) ?? dialectFor(undefined, ''),
      wallNowMs: clock.wallNow,
    },
    onEmergency: () => mode.note('no-worker-in-route'),
    onServed(run, model) {
      run.costUsd = costUsd(cards.find(model), run.usage)
      if (run.view.tools) sessions.served(run.conversation.key, model)
    },
    onDone(run, outcome) {
      publishRecord(run, outcome, config.decisions.keep, events)
      underWay.remove(run)
    },
  })
  return new SignalboxEngine({
    clock,
    random,
    events,
    fleet,
    plans,
    understanding,
    sessions,
    selector,
    line,
    vitals,
    dispatch,
    underWay,
    mode,
    ttlMs: config.queue.ttlMs,
    spillMs: config.queue.spillMs,
  })
}

/** What listens to an engine in a server, and is asked by the control plane. */
export interface Observers {
  readonly decisions: DecisionLog
  readonly traces: TraceLog
  readonly metrics: Metrics
  close(): Promise<void>
}

/** @throws SignalboxError store-failed. */
export async function composeObservers(config: Config, system: System, engine: Engine): Promise<Observers> {
  const { clock, log } = system
  const { events } = engine
  const store = await openStore(config.store, system)
  const decisions = createDecisionLog({ events, store, clock, log })
  const metrics = createMetrics({
    events,
    engine,
    clock,
    classes: classesOf(config),
    version: packageVersion(),
  })
  const quiet = logEvents({ events, clock, log })
  return {
    decisions,
    traces: createTraceLog({ events }),
    metrics,
    async close() {
      quiet()
      metrics.close()
      await decisions.close()
      await store.close()
    },
  }
}

/** A classifier with other packs, for those who try texts. @throws SignalboxError invalid-config naming the pack. */
export function composeClassifier(packs: readonly string[], config: Config, system: System): Classifier {
  const { fallback, cache } = config.classify
  const onFailure = once((error) => system.log.error('the classifier failed', { error: describe(error) }))
  return createClassifier({ packs: loadPacks(packs), fallback, cache, clock: system.clock, onFailure })
}

function composeMembers(
  config: Config,
  system: System,
): { members: Member[]; dialects: Map<Member, Dialect> } {
  const members: Member[] = []
  const dialects = new Map<Member, Dialect>()
  for (const [pool, { workers }] of Object.entries(config.pools)) {
    for (const [index, { id, worker }] of eachWorker(pool, workers).entries()) {
      const member = composeMember(pool, id, seeded(worker, index), system)
      members.push(member)
      if (worker.kind === 'openai') dialects.set(member, dialectFor(worker.dialect, worker.baseUrl))
    }
  }
  return { members, dialects }
}

/** Copies of a seeded worker must not all draw the same latencies and failures. */
function seeded(options: WorkerConfig, index: number): WorkerConfig {
  if (options.kind !== 'simulated' || options.seed === undefined) return options
  return { ...options, seed: options.seed + index }
}

function composeMember(pool: string, id: WorkerId, options: WorkerConfig, system: System): Member {
  const key = options.kind === 'simulated' ? id : `${options.baseUrl} ${options.apiKey ?? ''}`
  return new Member({
    id,
    pool,
    worker: createWorker(options, system),
    vendor: workerKinds[options.kind].vendor,
    account: createHash('sha256').update(`${options.kind} ${key} ${options.model}`).digest('hex'),
    ownKey: options.kind === 'simulated' || options.apiKey !== undefined,
    slots: options.capacity,
    weight: options.weight,
  })
}

function composePlans(config: Config, fleet: Fleet, cards: Cards): Plans {
  const end = (model: string) => ({ model, card: cards.find(model) })
  return createPlans({
    fleet,
    routes: config.routes,
    pools: Object.keys(config.pools),
    fallbackClass: config.classify.fallback,
    intercept: config.intercept,
    mayMove: (from, to, thinking) => mayMove({ from: end(from), to: end(to), toolLoopOpen: true, thinking }),
  })
}

function composeUnderstanding(config: Config, system: System, mode: ModeKeeper): Understanding {
  return createUnderstanding({
    classifier: composeClassifier(config.classify.packs, config, system),
    routes: Object.keys(config.routes),
    fallback: config.classify.fallback,
    clock: system.clock,
    breaker: createBreaker(config.breaker, system.clock, (_from, to) =>
      mode.note(to === 'closed' ? 'classifier-back' : 'classifier-rests'),
    ),
  })
}

/** One strategy a group, made when first needed: strategies remember whom they picked. */
function composeSelector(config: Config, { random, log }: System): Selector {
  const strategies = new Map<Group, Strategy>()
  return createSelector((group) => {
    const known = strategies.get(group)
    if (known) return known
    const strategy =
      (group.kind === 'pool' ? config.pools[group.name]?.strategy : undefined) ?? 'least-loaded'
    const onFault = once((error) =>
      log.error(`the strategy of ${group.name} failed; the first candidate is taken`, {
        error: describe(error),
      }),
    )
    const made = createStrategy(strategy, { random, onFault: (_name, error) => onFault(error) })
    strategies.set(group, made)
    return made
  })
}

interface LineParts {
  readonly events: Events
  readonly selector: Selector
  readonly vitals: Vitals
  readonly mode: ModeKeeper
}

function composeLine(config: Config, { clock }: System, { events, selector, vitals, mode }: LineParts): Line {
  return new Line({
    queue: createPriorityQueue<Waiter>({ capacity: config.queue.capacity }),
    selector,
    clock,
    acquire: (member, tokens) => vitals.acquire(member, tokens),
    backInMs: ({ plan }) => vitals.backInMs(plan.groups.flatMap(({ members }) => members)),
    onQueued: ({ traceId, plan, message }) =>
      events.publish('message-queued', { traceId, lane: plan.key, priority: message.priority }),
    onShed: ({ traceId, message }, code) => {
      events.publish('message-shed', { traceId, priority: message.priority, code })
      if (code === 'queue-full') mode.note('queue-refused')
    },
    onTaken: () => mode.note('queue-took'),
  })
}

function classesOf(config: Config): readonly string[] {
  return [
    ...new Set([...Object.keys(config.routes), config.classify.fallback, 'strategic', 'tactical', 'simple']),
  ]
}

/** A fault that comes with every message is told once. */
function once(tell: (error: unknown) => void): (error: unknown) => void {
  let told = false
  return (error) => {
    if (!told) tell(error)
    told = true
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
