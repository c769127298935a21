import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../core/clock.ts'
import { type VirtualClock, virtualClock } from '../core/virtual-clock.ts'
import type { BreakerState } from '../core/worker.ts'
import {
  type Breaker,
  type BreakerEvent,
  breakerDefaults,
  type Circuit,
  closedCircuit,
  createBreaker,
  transition,
} from './breaker.ts'

const options = { failures: 3, openMs: 1_000 }

function after(circuit: Circuit, nowMs: number, ...events: readonly BreakerEvent[]): Circuit {
  return events.reduce((state, event) => transition(state, event, nowMs, options), circuit)
}

const open: Circuit = { kind: 'open', untilMs: 1_000, openings: 1 }
const halfOpen: Circuit = { kind: 'half-open', probing: false, openings: 1 }
const probing: Circuit = { kind: 'half-open', probing: true, openings: 1 }

describe('transition of a breaker', () => {
  it('opens after so many failures in a row', () => {
    expect(after(closedCircuit, 5, 'failure', 'failure')).toEqual({ kind: 'closed', failures: 2 })
    expect(after(closedCircuit, 5, 'failure', 'failure', 'failure')).toEqual({
      kind: 'open',
      untilMs: 1_005,
      openings: 1,
    })
  })

  it('counts from the start again after a success', () => {
    expect(after(closedCircuit, 0, 'failure', 'failure', 'success', 'failure')).toEqual({
      kind: 'closed',
      failures: 1,
    })
  })

  it('half-opens when its time has come, and not before', () => {
    expect(after(open, 999, 'time')).toBe(open)
    expect(after(open, 1_000, 'time')).toEqual(halfOpen)
  })

  it('closes when the probe succeeds', () => {
    expect(after(halfOpen, 0, 'probe-started', 'success')).toEqual(closedCircuit)
  })

  it('opens for its time again when the probe fails, and counts how often', () => {
    const reopened = { kind: 'open', untilMs: 8_000, openings: 2 }
    expect(after(halfOpen, 7_000, 'probe-started', 'failure')).toEqual(reopened)
  })

  it('waits for another probe when the first is abandoned', () => {
    expect(after(probing, 0, 'probe-abandoned')).toEqual(halfOpen)
  })

  it('lets outcomes of earlier calls change nothing while it is open or waits for a probe', () => {
    for (const event of ['success', 'failure', 'probe-abandoned'] as const) {
      expect(after(open, 0, event)).toBe(open)
      expect(after(halfOpen, 0, event)).toBe(halfOpen)
    }
  })

  it('knows no probes while it is closed or open', () => {
    for (const event of ['probe-started', 'probe-abandoned'] as const) {
      expect(after(closedCircuit, 0, event)).toBe(closedCircuit)
      expect(after(open, 0, event)).toBe(open)
    }
  })
})

interface Bench {
  readonly clock: VirtualClock
  readonly breaker: Breaker
  readonly changes: string[]
}

function bench(): Bench {
  const clock = virtualClock()
  const changes: string[] = []
  const breaker = createBreaker(options, clock, (from, to) => changes.push(`${from} → ${to}`))
  return { clock, breaker, changes }
}

function fail(breaker: Breaker, times: number): void {
  for (let time = 0; time < times; time++) breaker.observe('failure')
}

describe('createBreaker', () => {
  it('opens after 5 failures for 30 s by default', () => {
    expect(breakerDefaults).toEqual({ failures: 5, openMs: 30_000 })
  })

  it('goes the whole way round and tells of each step', () => {
    const { clock, breaker, changes } = bench()
    expect(breaker.allows()).toBe('all')
    fail(breaker, 3)
    expect([breaker.state, breaker.allows(), breaker.retryAtMs()]).toEqual(['open', 'none', 1_000])
    clock.advance(1_000)
    expect([breaker.state, breaker.allows(), breaker.retryAtMs()]).toEqual(['half-open', 'probe', undefined])
    breaker.probeStarted()
    expect(breaker.allows()).toBe('none')
    breaker.observe('success')
    expect([breaker.state, breaker.allows()]).toEqual(['closed', 'all'])
    expect(changes).toEqual(['closed → open', 'open → half-open', 'half-open → closed'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('half-opens by itself, though nobody asks', () => {
    const { clock, breaker, changes } = bench()
    fail(breaker, 3)
    clock.advance(999)
    expect(changes).toHaveLength(1)
    clock.advance(1)
    expect(changes).toHaveLength(2)
  })

  it('counts its openings in a row', () => {
    const { clock, breaker } = bench()
    fail(breaker, 3)
    clock.advance(1_000)
    breaker.probeStarted()
    breaker.observe('failure')
    expect([breaker.openings, breaker.retryAtMs()]).toEqual([2, 2_000])
    clock.advance(1_000)
    breaker.probeStarted()
    breaker.observe('success')
    expect(breaker.openings).toBe(0)
  })

  it('gives an abandoned probe’s place to the next', () => {
    const { clock, breaker } = bench()
    fail(breaker, 3)
    clock.advance(1_000)
    breaker.probeStarted()
    breaker.probeAbandoned()
    expect(breaker.allows()).toBe('probe')
  })

  it('is closed by hand, and leaves no timer then', () => {
    const { clock, breaker, changes } = bench()
    fail(breaker, 3)
    breaker.reset()
    expect([breaker.state, clock.pendingTimers]).toEqual(['closed', 0])
    expect(changes).toEqual(['closed → open', 'open → closed'])
    fail(breaker, 2)
    expect(breaker.state).toBe('closed')
  })

  it('waits for the rest when its timer fires early, as Node’s can', () => {
    const clock = virtualClock()
    const early: Clock = {
      ...clock,
      after: (delayMs, run) => clock.after(delayMs > 1 ? delayMs - 0.5 : delayMs, run),
    }
    const states: BreakerState[] = []
    const breaker = createBreaker(options, early, (_, to) => states.push(to))
    fail(breaker, 3)
    clock.advance(999.75)
    expect(states).toEqual(['open'])
    clock.advance(0.25)
    expect(states).toEqual(['open', 'half-open'])
  })

  it('keeps one timer when it is opened again while it tells of being half-open', () => {
    const clock = virtualClock()
    const breaker = createBreaker(options, clock, (_, to) => {
      if (to === 'half-open') breaker.probeStarted()
      if (to === 'half-open') breaker.observe('failure')
    })
    fail(breaker, 3)
    clock.advance(1_000)
    expect([breaker.state, breaker.openings, clock.pendingTimers]).toEqual(['open', 2, 1])
  })

  it('says nothing more once it is disposed of', () => {
    const opened = bench()
    fail(opened.breaker, 3)
    const closed = bench()
    for (const { clock, breaker } of [opened, closed]) {
      breaker.dispose()
      fail(breaker, 3)
      clock.advance(60_000)
      expect(clock.pendingTimers).toBe(0)
    }
    expect([opened.changes, closed.changes]).toEqual([['closed → open'], []])
  })

  it('refuses numbers that no breaker can keep', () => {
    const clock = virtualClock()
    const create = (failures: number, openMs: number) => () =>
      createBreaker({ failures, openMs }, clock, () => undefined)
    for (const failures of [0, -1, 1.5, Number.NaN]) expect(create(failures, 1)).toThrow(RangeError)
    for (const openMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(create(1, openMs)).toThrow(RangeError)
  })
})

/** Failures in a row, the moment until which it is open, and how many probes run: numbers only. */
interface Model {
  failures: number
  /** Above `now`: open. At or below: half-open. undefined: closed. */
  openUntilMs: number | undefined
  probes: number
}

type Command = fc.Command<Model, Bench>

function stateOf(model: Model, nowMs: number): BreakerState {
  if (model.openUntilMs === undefined) return 'closed'
  return nowMs < model.openUntilMs ? 'open' : 'half-open'
}

function command(
  name: string,
  act: (real: Bench) => void,
  think: (model: Model, real: Bench) => void,
): Command {
  return {
    check: () => true,
    run(model, real) {
      think(model, real)
      act(real)
      const state = stateOf(model, real.clock.now())
      expect(real.breaker.state).toBe(state)
      const probe = model.probes === 0 ? 'probe' : 'none'
      expect(real.breaker.allows()).toBe({ closed: 'all', open: 'none', 'half-open': probe }[state])
      expect(model.probes).toBeLessThanOrEqual(1)
      expect(real.clock.pendingTimers).toBe(state === 'open' ? 1 : 0)
      // Each change was told, and it began where the one before ended.
      const told = real.changes.map((change) => change.split(' → '))
      expect(told.at(-1)?.[1] ?? 'closed').toBe(state)
      for (const [index, [from]] of told.entries()) expect(from).toBe(told[index - 1]?.[1] ?? 'closed')
    },
    toString: () => name,
  }
}

function close(model: Model): void {
  Object.assign(model, { failures: 0, openUntilMs: undefined, probes: 0 })
}

const success = command(
  'success',
  ({ breaker }) => breaker.observe('success'),
  (model) => {
    if (model.openUntilMs === undefined || model.probes === 1) close(model)
  },
)

const failure = command(
  'failure',
  ({ breaker }) => breaker.observe('failure'),
  (model, { clock }) => {
    if (model.openUntilMs === undefined) model.failures++
    if (model.probes === 0 && (model.openUntilMs !== undefined || model.failures < options.failures)) return
    close(model)
    model.openUntilMs = clock.now() + options.openMs
  },
)

const commands = [
  fc.constant(success),
  fc.constant(failure),
  fc.constant(failure),
  fc.constant(
    command(
      'start a probe',
      ({ breaker }) => breaker.allows() === 'probe' && breaker.probeStarted(),
      (model, { clock }) => {
        if (stateOf(model, clock.now()) === 'half-open') model.probes = 1
      },
    ),
  ),
  fc.constant(
    command(
      'abandon the probe',
      ({ breaker }) => breaker.probeAbandoned(),
      (model) => {
        model.probes = 0
      },
    ),
  ),
  fc.constant(command('reset', ({ breaker }) => breaker.reset(), close)),
  fc.integer({ min: 1, max: 1_200 }).map((ms) =>
    command(
      `${ms} ms pass`,
      () => undefined,
      (_, { clock }) => clock.advance(ms),
    ),
  ),
]

describe('a breaker, under any sequence of events', () => {
  it('is where three numbers say, lets at most one probe through, and keeps one timer only while open', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 80, size: 'max' }), (steps) => {
        const model: Model = { failures: 0, openUntilMs: undefined, probes: 0 }
        fc.modelRun(() => ({ model, real: bench() }), steps)
      }),
      { numRuns: 300 },
    )
  })
})
