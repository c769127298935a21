import { describe, expect, it } from 'vitest'
import { seededRandom } from '../core/random.ts'
import type { WorkerView } from '../core/worker.ts'
import { createStrategy, type CustomStrategy, defaultStrategy, strategies } from './catalog.ts'
import { describeStrategy, fleetOf, message, viewOf } from './strategy.suite.ts'

const names = ['round-robin', 'weighted', 'least-loaded'] as const

describe('strategies', () => {
  it('are created by their names', () => {
    expect(Object.keys(strategies)).toEqual(names)
    for (const name of names) expect(createStrategy(name, { random: seededRandom(1) }).name).toBe(name)
    expect(names).toContain(defaultStrategy)
  })

  it('remember nothing of each other', () => {
    const fleet = fleetOf(3)
    for (const name of names) {
      const first = (): WorkerView => createStrategy(name, { random: seededRandom(1) }).pick(fleet, message)
      expect(first()).toBe(first())
    }
  })
})

describeStrategy('a strategy of the user’s own', ({ random }) =>
  createStrategy((candidates) => candidates[Math.floor(random.next() * candidates.length)] ?? candidates[0], {
    random,
  }),
)

interface Fault {
  readonly strategy: string
  readonly error: unknown
}

/** Lets a custom strategy pick from two workers. */
function pickWith(choose: CustomStrategy): { picked: number; name: string; faults: Fault[] } {
  const faults: Fault[] = []
  const random = seededRandom(1)
  const onFault = (strategy: string, error: unknown) => faults.push({ strategy, error })
  const strategy = createStrategy(choose, { random, onFault })
  const fleet = fleetOf(2)
  return { picked: fleet.indexOf(onlyOf(fleet, strategy.pick(fleet, message))), name: strategy.name, faults }
}

function onlyOf<View extends WorkerView>(fleet: readonly View[], picked: WorkerView): View {
  const found = fleet.find((view) => view === picked)
  if (!found) throw new Error('picked a stranger')
  return found
}

describe('createStrategy with a function', () => {
  it('picks what the function picks, and is called like it', () => {
    const last: CustomStrategy = (candidates) => candidates.at(-1) ?? candidates[0]
    expect(pickWith(last)).toEqual({ picked: 1, name: 'last', faults: [] })
    expect(pickWith((candidates) => candidates[0]).name).toBe('custom')
  })

  it('gives the function the message', () => {
    const seen: unknown[] = []
    pickWith((candidates, message) => {
      seen.push(message)
      return candidates[0]
    })
    expect(seen).toEqual([message])
  })

  it('picks the first candidate when the function throws, and tells', () => {
    const error = new Error('a bug of the user’s')
    const broken: CustomStrategy = () => {
      throw error
    }
    expect(pickWith(broken)).toEqual({ picked: 0, name: 'broken', faults: [{ strategy: 'broken', error }] })
  })

  it('picks the first candidate when the function picks a stranger, and tells', () => {
    const { picked, faults } = pickWith(() => viewOf(1))
    expect([picked, faults.length]).toEqual([0, 1])
    expect(faults[0]?.error).toBeInstanceOf(TypeError)
  })

  it('does not let an async function end the process', async () => {
    // A caller without types may do this.
    const late = (async () => {
      throw new Error('late')
    }) as unknown as CustomStrategy
    const { picked, faults } = pickWith(late)
    expect([picked, faults.length]).toEqual([0, 1])
    // An unhandled rejection would fail the test run.
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('needs nobody to tell', () => {
    const strategy = createStrategy(() => viewOf(9), { random: seededRandom(1) })
    const only = viewOf(1)
    expect(strategy.pick([only], message)).toBe(only)
  })

  it('survives a function that empties the list', () => {
    const greedy: CustomStrategy = (candidates) => {
      // A caller without types may do this too.
      ;(candidates as unknown as WorkerView[]).length = 0
      return viewOf(3)
    }
    const strategy = createStrategy(greedy, { random: seededRandom(1) })
    const only = viewOf(1)
    expect(strategy.pick([only], message)).toBe(only)
  })
})
