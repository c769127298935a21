import { describe, expect, it } from 'vitest'
import { seededRandom } from '../core/random.ts'
import { roundRobin } from './round-robin.ts'
import { candidatesOf, describeStrategy, fleetOf, message, pickIndex, tally } from './strategy.suite.ts'

describeStrategy('round-robin', () => roundRobin())

describe('round-robin', () => {
  it('takes turns in the order of the list', () => {
    const strategy = roundRobin()
    const fleet = fleetOf(3)
    const order = Array.from({ length: 7 }, () => pickIndex(strategy, fleet, fleet))
    expect(order).toEqual([0, 1, 2, 0, 1, 2, 0])
  })

  it('is exactly even over a list that stays', () => {
    expect(new Set(tally(roundRobin(), fleetOf(7), 700))).toEqual(new Set([100]))
    expect(new Set(tally(roundRobin(), fleetOf(1_000), 3_000))).toEqual(new Set([3]))
  })

  it('passes nobody over when the list changes in step with its turns', () => {
    const strategy = roundRobin()
    const fleet = fleetOf(3)
    const counts = [0, 0, 0]
    // Worker 2 is there at every other pick only: a counter that goes on from the last one would never reach it.
    for (let turn = 0; turn < 300; turn++) {
      const candidates = candidatesOf(fleet, (view) => turn % 2 === 0 || view !== fleet[1])
      const index = candidates ? pickIndex(strategy, fleet, candidates) : -1
      counts[index] = (counts[index] ?? 0) + 1
    }
    const [one, two, three] = counts
    // A third of the 150 picks that it was there for are its due.
    expect(two).toBeGreaterThanOrEqual(50)
    expect(Math.abs((one ?? 0) - (three ?? 0))).toBeLessThan(5)
  })

  it('stays fair when each worker has one slot and is gone while it works', () => {
    const strategy = roundRobin()
    const random = seededRandom(5)
    const fleet = fleetOf(10, { slots: 1 })
    const counts = fleet.map(() => 0)
    for (let turn = 0; turn < 5_000; turn++) {
      for (const view of fleet) if (random.next() < 0.3) view.inFlight = 0
      const candidates = candidatesOf(fleet, (view) => view.inFlight === 0)
      if (!candidates) continue
      const index = pickIndex(strategy, fleet, candidates)
      const picked = fleet[index]
      if (picked) picked.inFlight = 1
      counts[index] = (counts[index] ?? 0) + 1
    }
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.1)
  })

  it('gives a new worker its turn at once, and then no more than the others', () => {
    const strategy = roundRobin()
    const fleet = fleetOf(4)
    const [first, second, third, fourth] = fleet
    if (!second || !third || !fourth) throw new Error('a fleet of 4 has four')
    tally(strategy, [first, second, third], 50)
    expect(strategy.pick(fleet, message)).toBe(fourth)
    expect(tally(strategy, fleet, 40)).toEqual([10, 10, 10, 10])
  })
})
