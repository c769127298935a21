import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoutableMessage } from '../core/message.ts'
import { type Random, seededRandom } from '../core/random.ts'
import { type WorkerView, workerId } from '../core/worker.ts'
import type { Strategy } from './strategy.ts'

export type Candidates = readonly [WorkerView, ...WorkerView[]]

/** A worker whose figures a test may change, as its pool would. */
export type LiveView = { -readonly [Field in keyof WorkerView]: WorkerView[Field] }

/** An idle, well worker of 4 slots. */
export function viewOf(number: number, figures: Partial<WorkerView> = {}): LiveView {
  return {
    id: workerId('pool', number),
    pool: 'pool',
    model: 'some-model',
    weight: 1,
    slots: 4,
    inFlight: 0,
    outstandingTokens: 0,
    health: 1,
    latencyMs: 0,
    ...figures,
  }
}

/** Workers 1 … n, each with the figures that are given for it, or all with the same. */
export function fleetOf(size: number, figures: Partial<WorkerView> = {}): [LiveView, ...LiveView[]] {
  const rest = Array.from({ length: size - 1 }, (_, index) => viewOf(index + 2, figures))
  return [viewOf(1, figures), ...rest]
}

export const message: RoutableMessage = {
  priority: 'normal',
  class: 'tactical',
  session: undefined,
  tenant: undefined,
  workTokens: 1_000,
}

/** Which of `fleet` the strategy picks from `candidates`. */
export function pickIndex(strategy: Strategy, fleet: readonly LiveView[], candidates: Candidates): number {
  const picked = strategy.pick(candidates, message)
  return fleet.findIndex((view) => view === picked)
}

/** The workers of a fleet that may be picked now; undefined when there are none. */
export function candidatesOf(
  fleet: readonly LiveView[],
  may: (view: LiveView) => boolean,
): Candidates | undefined {
  const [first, ...rest] = fleet.filter(may)
  return first && [first, ...rest]
}

/** Picks so many times from a list that stays as it is. @returns how often each worker was picked, in their order. */
export function tally(strategy: Strategy, candidates: Candidates, picks: number): number[] {
  const counts = new Map<WorkerView, number>(candidates.map((view) => [view, 0]))
  for (let pick = 0; pick < picks; pick++) {
    const picked = strategy.pick(candidates, message)
    counts.set(picked, (counts.get(picked) ?? 0) + 1)
  }
  return [...counts.values()]
}

/** How uneven figures are: standard deviation over mean; 0 is perfectly even. */
export function spreadOf(figures: readonly number[]): number {
  const mean = figures.reduce((sum, one) => sum + one, 0) / figures.length
  const variance = figures.reduce((sum, one) => sum + (one - mean) ** 2, 0) / figures.length
  return Math.sqrt(variance) / mean
}

export interface Service {
  /** Tokens that each worker has been given, for each of its slots. */
  readonly tokens: readonly number[]
  /** How uneven the work in flight is, on average over time: spread of outstanding tokens a slot. */
  readonly loadSpread: number
}

/**
 * Sends messages of very different lengths to a fleet that is two thirds busy: each holds a slot for as long as its
 * tokens take.
 */
export function serve(
  strategy: Strategy,
  fleet: readonly LiveView[],
  messages: number,
  random: Random,
): Service {
  const meanTokens = 1_000
  const slots = fleet.reduce((sum, view) => sum + view.slots, 0)
  const given = fleet.map(() => 0)
  const spreads: number[] = []
  let running: { readonly view: LiveView; readonly tokens: number; readonly endsAt: number }[] = []
  for (let sent = 0, now = 0; sent < messages; sent++) {
    now += (-Math.log(1 - random.next()) * meanTokens) / (slots * 0.66)
    for (const { view, tokens } of running.filter((call) => call.endsAt <= now)) {
      view.inFlight--
      view.outstandingTokens -= tokens
    }
    running = running.filter((call) => call.endsAt > now)
    const candidates = candidatesOf(fleet, (view) => view.inFlight < view.slots)
    if (!candidates) continue
    const tokens = Math.ceil(-Math.log(1 - random.next()) * meanTokens)
    const picked = strategy.pick(candidates, { ...message, workTokens: tokens })
    const index = fleet.findIndex((view) => view === picked)
    const view = fleet[index]
    if (!view) throw new Error('picked a stranger')
    view.inFlight++
    view.outstandingTokens += tokens
    given[index] = (given[index] ?? 0) + tokens / view.slots
    running.push({ view, tokens, endsAt: now + tokens })
    if (sent > messages / 4) spreads.push(spreadOf(fleet.map((one) => one.outstandingTokens / one.slots)))
  }
  return { tokens: given, loadSpread: spreads.reduce((sum, one) => sum + one, 0) / spreads.length }
}

const figures = fc.record({
  weight: fc.constantFrom(0, 0.5, 1, 3),
  slots: fc.integer({ min: 1, max: 64 }),
  used: fc.double({ min: 0, max: 0.99, noNaN: true }),
  outstandingTokens: fc.nat(1_000_000),
  health: fc.double({ min: 0.1, max: 1, noNaN: true }),
  latencyMs: fc.nat(60_000),
})

const anyFleet = fc
  .array(figures, { minLength: 1, maxLength: 80 })
  .map((all) =>
    all.map(({ used, ...rest }, index) =>
      viewOf(index + 1, { ...rest, inFlight: Math.floor(used * rest.slots) }),
    ),
  )

/** Some of the fleet, in its order or not; at least one. */
function subset(fleet: readonly LiveView[], random: Random): [LiveView, ...LiveView[]] {
  const some = fleet.filter(() => random.next() < 0.7)
  if (random.next() < 0.3) some.reverse()
  const [first = fleet[0] ?? viewOf(1), ...rest] = some
  return [first, ...rest]
}

/** What every strategy must do. `create` gives a new one that draws from `random`. */
export function describeStrategy(name: string, create: (deps: { random: Random }) => Strategy): void {
  describe(`${name} keeps the contract of a strategy:`, () => {
    it('picks the only candidate there is', () => {
      const strategy = create({ random: seededRandom(1) })
      const only = viewOf(1)
      expect(strategy.pick([only], message)).toBe(only)
      expect(strategy.pick([only], message)).toBe(only)
    })

    it('picks one of the candidates, whatever their figures, and however the list changes', () => {
      fc.assert(
        fc.property(anyFleet, fc.integer(), (fleet, seed) => {
          const random = seededRandom(seed)
          const strategy = create({ random: seededRandom(seed) })
          for (let pick = 0; pick < 30; pick++) {
            const candidates = subset(fleet, random)
            expect(candidates).toContain(strategy.pick(candidates, message))
          }
        }),
        { numRuns: 100 },
      )
    })

    it('picks the same with the same seed', () => {
      fc.assert(
        fc.property(anyFleet, fc.integer(), (fleet, seed) => {
          const picks = (): WorkerView[] => {
            const random = seededRandom(seed + 1)
            const strategy = create({ random: seededRandom(seed) })
            return Array.from({ length: 30 }, () => strategy.pick(subset(fleet, random), message))
          }
          expect(picks()).toEqual(picks())
        }),
        { numRuns: 50 },
      )
    })

    it('draws chance from its argument only: where it draws, another seed gives other picks', () => {
      const drawn = { count: 0 }
      const picks = (seed: number): WorkerView[] => {
        const source = seededRandom(seed)
        const counted: Random = {
          next: () => (drawn.count++, source.next()),
          uint32: () => (drawn.count++, source.uint32()),
        }
        const strategy = create({ random: counted })
        const fleet = fleetOf(100)
        return Array.from({ length: 50 }, () => strategy.pick(fleet, message))
      }
      const [one, other] = [picks(1), picks(2)]
      if (drawn.count === 0) expect(one).toEqual(other)
      else expect(one).not.toEqual(other)
    })

    it('changes neither the list nor the workers', () => {
      const candidates: Candidates = [Object.freeze(viewOf(1)), Object.freeze(viewOf(2))]
      const before = candidates.map((view) => ({ ...view }))
      const strategy = create({ random: seededRandom(1) })
      expect(() => tally(strategy, Object.freeze(candidates), 10)).not.toThrow()
      expect(candidates).toEqual(before)
    })

    it('does not keep the list: what happens to it afterwards does not matter', () => {
      const strategy = create({ random: seededRandom(1) })
      const list = fleetOf(10)
      for (let pick = 0; pick < 200; pick++) strategy.pick(list, message)
      const [first] = list
      list.splice(1)
      for (let pick = 0; pick < 200; pick++) expect(strategy.pick(list, message)).toBe(first)
    })

    it('leaves no worker of an even fleet without work', () => {
      for (const size of [5, 100]) {
        const { tokens } = serve(
          create({ random: seededRandom(3) }),
          fleetOf(size),
          60 * size,
          seededRandom(4),
        )
        expect(Math.min(...tokens)).toBeGreaterThan(0)
        expect(spreadOf(tokens)).toBeLessThan(0.3)
      }
    })
  })
}
