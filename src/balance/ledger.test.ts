import { describe, expect, it } from 'vitest'
import { Ledger } from './ledger.ts'
import { fleetOf, viewOf } from './strategy.suite.ts'

describe('Ledger', () => {
  it('keeps a number a worker, in whatever order they come', () => {
    const ledger = new Ledger()
    const fleet = fleetOf(20)
    let wrong = false
    for (let pick = 1; pick <= 3_000; pick++) {
      const candidates = pick % 3 === 0 ? [...fleet].reverse() : fleet
      const values = ledger.open(candidates)
      let row = -1
      for (const view of candidates) {
        row = ledger.row(view, row + 1)
        wrong ||= values[row] !== (pick - 1) * fleet.indexOf(view)
        values[row] = pick * fleet.indexOf(view)
      }
    }
    expect([wrong, ledger.size]).toEqual([false, 20])
  })

  it('knows a worker by its id, though it comes back as another object', () => {
    const ledger = new Ledger()
    for (const view of [viewOf(1), viewOf(1), viewOf(1)]) {
      const values = ledger.open([view])
      const row = ledger.row(view, 0)
      values[row] = (values[row] ?? 0) + 1
    }
    const last = viewOf(1)
    expect(ledger.open([last])[ledger.row(last, 0)]).toBe(3)
    expect(ledger.size).toBe(1)
  })

  it('remembers a worker that is away for a while', () => {
    const ledger = new Ledger()
    const fleet = fleetOf(5)
    const [first] = fleet
    ledger.open(fleet)[ledger.row(first, 0)] = 7
    for (let pick = 0; pick < 1_500; pick++) ledger.open(fleet.slice(1))
    expect(ledger.open(fleet)[ledger.row(first, 0)]).toBe(7)
  })

  it('has room for many new workers at once', () => {
    const ledger = new Ledger()
    const fleet = fleetOf(500)
    ledger.open(fleet.slice(0, 2))
    for (const round of [1, 2, 3]) {
      const values = ledger.open(fleet)
      const rows = fleet.map((view, index) => ledger.row(view, index))
      expect(rows.every((row) => values[row] === (round - 1) * (row + 1))).toBe(true)
      for (const row of rows) values[row] = round * (row + 1)
    }
  })

  it('forgets who stays away', () => {
    const ledger = new Ledger()
    const [first, second] = fleetOf(2)
    ledger.open([first])[ledger.row(first, 0)] = 7
    for (let pick = 0; pick < 5_000; pick++) {
      ledger.open([second ?? first])
      ledger.row(second ?? first, 0)
    }
    expect(ledger.size).toBe(1)
    expect(ledger.open([first])[ledger.row(first, 0)]).toBe(0)
  })

  it('stays bounded when workers come and go for ever', () => {
    const ledger = new Ledger()
    let sizeMax = 0
    for (let pick = 0; pick < 20_000; pick++) {
      const candidates = [viewOf(pick), viewOf(pick + 1), viewOf(pick + 2)]
      ledger.open(candidates)
      for (const [index, view] of candidates.entries()) ledger.row(view, index)
      sizeMax = Math.max(sizeMax, ledger.size)
    }
    expect(sizeMax).toBeLessThan(4_000)
  })

  it('finds rows where they should be again after a worker came in between', () => {
    const ledger = new Ledger()
    const fleet = fleetOf(6)
    const rowsOf = (views: typeof fleet): number[] => {
      ledger.open(views)
      let row = -1
      return views.map((view) => {
        row = ledger.row(view, row + 1)
        return row
      })
    }
    const [first, second, ...rest] = fleet
    if (!second) throw new Error('a fleet of 6 has a second')
    expect(rowsOf([first, ...rest])).toEqual([0, 1, 2, 3, 4])
    expect(rowsOf(fleet)).toEqual([0, 5, 1, 2, 3, 4])
    for (let pick = 0; pick < 2_000; pick++) rowsOf(fleet)
    expect(rowsOf(fleet)).toEqual([0, 1, 2, 3, 4, 5])
  })
})
