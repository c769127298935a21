import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Placed, UnderWay } from './under-way.ts'
import { virtualClock } from './virtual-clock.ts'

const item = (): Placed => ({ place: -1 })

describe('what is under way', () => {
  it('holds what a Set would hold, whatever is put in and taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(7))), (steps) => {
        const items = Array.from({ length: 8 }, item)
        const model = new Set<Placed>()
        const underWay = new UnderWay<Placed>()
        for (const [adds, index] of steps) {
          const one = items[index] ?? item()
          if (!adds) {
            model.delete(one)
            underWay.remove(one)
          } else if (!model.has(one)) {
            model.add(one)
            underWay.add(one)
          }
          expect(underWay.size).toBe(model.size)
          expect(new Set(underWay)).toEqual(model)
        }
      }),
    )
  })

  it('may lose items while they are looked at', () => {
    const underWay = new UnderWay<Placed>()
    const items = [item(), item(), item()]
    for (const one of items) underWay.add(one)
    const seen: Placed[] = []
    for (const one of underWay) {
      seen.push(one)
      underWay.remove(one)
    }
    expect(seen).toEqual(items)
    expect(underWay.size).toBe(0)
  })

  it('has ended when the last one is gone', async () => {
    const clock = virtualClock()
    const underWay = new UnderWay<Placed>()
    await underWay.ended(clock, 1_000)
    const one = item()
    underWay.add(one)
    const ended = underWay.ended(clock, 1_000)
    underWay.remove(one)
    await ended
    expect(clock.now()).toBe(0)
  })

  it('waits no longer than it is told to', async () => {
    const clock = virtualClock()
    const underWay = new UnderWay<Placed>()
    underWay.add(item())
    let over = false
    const ended = underWay.ended(clock, 1_000).then(() => {
      over = true
    })
    clock.advance(999)
    await Promise.resolve()
    expect(over).toBe(false)
    clock.advance(1)
    await ended
  })
})
