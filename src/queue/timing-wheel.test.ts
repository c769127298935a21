import { describe, expect, it } from 'vitest'
import { TICK_MS, type Timed, TimingWheel } from './timing-wheel.ts'

interface Item extends Timed<Item> {}

function item(expiresAtMs: number): Item {
  return { expiresAtMs, wheelNext: undefined, wheelPrevious: undefined, wheelSlot: -1 }
}

function advance(wheel: TimingWheel<Item>, nowMs: number): number[] {
  const times: number[] = []
  wheel.advance(nowMs, (one) => times.push(one.expiresAtMs))
  return times
}

describe('TimingWheel', () => {
  it('lets an item go when the whole tick of its time has passed', () => {
    const wheel = new TimingWheel<Item>()
    wheel.add(item(110), 0)
    expect(advance(wheel, 149)).toEqual([])
    expect(advance(wheel, 150)).toEqual([110])
  })

  it('passes over the items of later rounds in the same slot', () => {
    const roundMs = 4096 * TICK_MS
    const wheel = new TimingWheel<Item>()
    for (const round of [2, 0, 1]) wheel.add(item(100 + round * roundMs), 0)
    expect(advance(wheel, 1_000)).toEqual([100])
    expect(advance(wheel, 1_000 + roundMs)).toEqual([100 + roundMs])
    expect(advance(wheel, 1_000 + 2 * roundMs)).toEqual([100 + 2 * roundMs])
  })

  it('forgets a removed item wherever it stands in its slot', () => {
    for (const removed of [0, 1, 2]) {
      const wheel = new TimingWheel<Item>()
      const items = [item(101), item(102), item(103)]
      for (const one of items) wheel.add(one, 0)
      const out = items[removed]
      if (out) wheel.remove(out)
      if (out) wheel.remove(out)
      const gone = advance(wheel, 1_000).sort((one, other) => one - other)
      expect(gone).toEqual([101, 102, 103].filter((_, index) => index !== removed))
    }
  })

  it('lets an item go in time that was added for a slot already visited', () => {
    const wheel = new TimingWheel<Item>()
    wheel.add(item(90_000), 0)
    advance(wheel, 1_000)
    wheel.add(item(910), 900)
    expect(advance(wheel, 1_050)).toEqual([910])
  })

  it('works for a process that has run for years', () => {
    const startMs = 2 ** 45 + 0.5
    const wheel = new TimingWheel<Item>()
    wheel.add(item(startMs + 120), startMs)
    expect(advance(wheel, startMs + 100)).toEqual([])
    expect(advance(wheel, startMs + 180)).toEqual([startMs + 120])
  })

  it('visits every slot after a pause of years, and visits none twice', () => {
    const wheel = new TimingWheel<Item>()
    const times = Array.from({ length: 4096 }, (_, tick) => (tick + 0.5) * TICK_MS)
    for (const timeMs of times) wheel.add(item(timeMs), 0)
    wheel.add(item(1e15), 0)
    // A loop over the ticks of the pause would not come back: there are two thousand million.
    expect(advance(wheel, 1e11).sort((one, other) => one - other)).toEqual(times)
  })
})
