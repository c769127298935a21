/**
 * The composition root: a configuration and a System in, a running engine out. Here, and in compose/ for its parts, is the
 * only place that constructs across rooms.
 */
import { composeMembers } from './compose/fleet.ts'
import { composeLine } from './compose/line.ts'
import { composeSelector } from './compose/selector.ts'
import { composeUnderstanding } from './compose/understanding.ts'
import type { Config } from './config/schema.ts'
import type { Engine } from './core/engine.ts'
import { createEvents } from './core/events.ts'
import type { System } from './core/system.ts'
import { UnderWay } from './core/under-way.ts'
import { Dispatch } from './engine/dispatch.ts'
import type { ExchangeOptions } from './engine/exchange.ts'
import { SignalboxEngine } from './engine/engine.ts'
import { Homes } from './engine/home.ts'
import { ModeKeeper } from './engine/mode-keeper.ts'
import { createPlans, type Plans } from './engine/plan.ts'
import { publishRecord } from './engine/recorder.ts'
import { createReplies } from './engine/replies.ts'
import type { Run } from './engine/run.ts'
import { createTokenCounter } from './engine/token-counter.ts'
import { lazyTranslations } from './engine/translations.ts'
import { readListings } from './engine/vendor-listings.ts'
import { Vitals } from './engine/vitals.ts'
import { createCards } from './models/catalog.ts'
import { createMovePolicy } from './models/move/catalog.ts'
import { costUsd } from './models/price.ts'
import { createRetryBudget, retryBudgetDefaults } from './resilience/budget.ts'
import { keptIds } from './wire/openai-responses/kept-state.ts'
import { Fleet } from './workers/fleet.ts'
import { createLearned } from './workers/learned.ts'

/** @throws SignalboxError invalid-config for packs or keys that cannot be used. */
export function composeEngine(config: Config, system: System): Engine {
  const { clock, random } = system
  const events = createEvents()
  const members = composeMembers(config, system)
  const fleet = new Fleet(members)
  const cards = createCards(config.models)
  readListings(members, cards, events)
  const plans = composePlans(config, fleet)
  const mode = new ModeKeeper(clock, events, () =>
    plans.routes.some(({ groups }) => !groups.some(({ usable }) => usable)),
  )
  const understanding = composeUnderstanding(config, system, mode)
  const homes = new Homes({
    clock,
    plans,
    cards,
    policy: createMovePolicy(config.move.policy, config.move),
    accountOf: ({ vendor, account }) => (vendor === 'simulated' ? undefined : account),
  })
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
  const learned = createLearned()
  const replies = createReplies()
  const exchange: ExchangeOptions = {
    cards,
    wallNowMs: clock.wallNow,
    learned,
    translationOf: lazyTranslations(),
    lossesOf: ({ visit }, member) => homes.losses(visit, member),
  }
  const dispatch = new Dispatch({
    clock,
    random,
    events,
    line,
    selector,
    vitals,
    budget: createRetryBudget({ ...retryBudgetDefaults, ratio: config.retry.budget, clock }),
    attemptsMax: config.retry.maxAttempts,
    exchange,
    onEmergency: () => mode.note('no-worker-in-route'),
    onServed(run, { member, model, headers, replyId }) {
      const { usage, visit, receivedAtMs } = run
      run.costUsd = costUsd(cards.find(model), usage)
      const kept = { conversation: run.conversation.id, account: member.account }
      if (replyId !== undefined) for (const id of [replyId, ...keptIds(run.view)]) replies.note(id, kept)
      if (visit) homes.served(visit, { member, model, usage, costUsd: run.costUsd, headers, receivedAtMs })
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
    homes,
    replies,
    selector,
    line,
    vitals,
    learned,
    dispatch,
    countTokens: createTokenCounter({ clock, exchange }),
    underWay,
    mode,
    ttlMs: config.queue.ttlMs,
    spillMs: config.queue.spillMs,
  })
}

function composePlans(config: Config, fleet: Fleet): Plans {
  return createPlans({
    fleet,
    routes: config.routes,
    pools: Object.keys(config.pools),
    fallbackClass: config.classify.fallback,
    intercept: config.intercept,
  })
}
