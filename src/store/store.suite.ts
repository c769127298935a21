import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { SignalboxError } from '../core/errors.ts'
import type { Store } from '../core/store.ts'

/** What every store keeps to. `create` makes an empty one. */
export function describeStore(name: string, create: () => Promise<Store>): void {
  describe(`${name} keeps the store's contract`, () => {
    const opened: Store[] = []
    async function open(): Promise<Store> {
      const store = await create()
      opened.push(store)
      return store
    }
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
    })
    const entry = (id: string) => ({ id, value: { id } })
    const ids = (page: readonly unknown[]) => page.map((value) => (value as { id: string }).id)

    it('gives back what was appended, newest first', async () => {
      const log = (await open()).log('decisions', 10)
      await log.append([entry('a'), entry('b')])
      await log.append([entry('c')])
      expect(ids(await log.newest(10))).toEqual(['c', 'b', 'a'])
    })

    it('gives back every kind of JSON value as it was', async () => {
      const log = (await open()).log('decisions', 10)
      const values = [
        null,
        0,
        -1.5e-9,
        '',
        'ä\u0000\n"\u{1f600}',
        [],
        [[1]],
        { __proto__x: 1, a: { b: [true] } },
      ]
      await log.append(values.map((value, at) => ({ id: `v${at}`, value })))
      expect(await log.newest(values.length)).toEqual(values.toReversed())
    })

    it('gives no more than the limit, and nothing for a limit that is no positive number', async () => {
      const log = (await open()).log('decisions', 10)
      await log.append(['a', 'b', 'c'].map(entry))
      expect(ids(await log.newest(2.9))).toEqual(['c', 'b'])
      for (const limit of [0, -1, Number.NaN]) expect(await log.newest(limit)).toEqual([])
      expect(ids(await log.newest(Number.POSITIVE_INFINITY))).toEqual(['c', 'b', 'a'])
    })

    it('pages on from an entry, and finds nothing before one that it does not have', async () => {
      const log = (await open()).log('decisions', 10)
      await log.append(['a', 'b', 'c', 'd'].map(entry))
      expect(ids(await log.newest(2, 'd'))).toEqual(['c', 'b'])
      expect(await log.newest(2, 'a')).toEqual([])
      expect(await log.newest(2, "no' OR 1=1 --")).toEqual([])
    })

    it('keeps the newest and lets the oldest go', async () => {
      const log = (await open()).log('decisions', 3)
      for (const id of ['a', 'b', 'c', 'd', 'e']) await log.append([entry(id)])
      expect(ids(await log.newest(10))).toEqual(['e', 'd', 'c'])
      expect(await log.newest(10, 'b')).toEqual([])
    })

    it('takes more entries at once than it keeps', async () => {
      const log = (await open()).log('decisions', 2)
      await log.append(['a', 'b', 'c', 'd', 'e', 'f'].map(entry))
      expect(ids(await log.newest(10))).toEqual(['f', 'e'])
    })

    it('keeps logs of different names apart, and is one log under one name', async () => {
      const store = await open()
      await store.log('decisions', 10).append([entry('a')])
      await store.log('audit', 10).append([entry('x')])
      await store.log('decisions', 10).append([entry('b')])
      expect(ids(await store.log('decisions', 10).newest(10))).toEqual(['b', 'a'])
      expect(ids(await store.log('audit', 10).newest(10))).toEqual(['x'])
    })

    it('keeps the order of appends that were not waited for', async () => {
      const log = (await open()).log('decisions', 100)
      await Promise.all(['a', 'b', 'c', 'd'].map((id) => log.append([entry(id)])))
      expect(ids(await log.newest(10))).toEqual(['d', 'c', 'b', 'a'])
    })

    it('takes an append of nothing', async () => {
      const log = (await open()).log('decisions', 10)
      await log.append([])
      expect(await log.newest(10)).toEqual([])
    })

    it('refuses names and bounds that are none', async () => {
      const store = await open()
      for (const name of ['', 'Decisions', 'a"; DROP TABLE x; --', 'a'.repeat(41)])
        expect(() => store.log(name, 10)).toThrow(RangeError)
      for (const keep of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => store.log('decisions', keep)).toThrow(RangeError)
    })

    it('says store-failed after it was closed, and may be closed twice', async () => {
      const store = await open()
      const log = store.log('decisions', 10)
      await store.close()
      await store.close()
      for (const act of [() => log.append([entry('a')]), () => log.newest(1)]) {
        const error: unknown = await act().catch((thrown: unknown) => thrown)
        expect(SignalboxError.is(error) && error.code).toBe('store-failed')
      }
    })

    it('pages like a list that is cut at its old end, whatever is appended and asked', async () => {
      const act = fc.oneof(
        fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 0, max: 7 }) }),
        fc.record({
          kind: fc.constant('page' as const),
          limit: fc.integer({ min: 0, max: 12 }),
          back: fc.option(fc.integer({ min: 0, max: 30 })),
        }),
      )
      const store = await open()
      let runs = 0
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 9 }),
          fc.array(act, { maxLength: 25 }),
          async (keep, acts) => {
            const log = store.log(`run-${runs++}`, keep)
            let model: string[] = []
            let appended = 0
            for (const step of acts) {
              if (step.kind === 'append') {
                const added = Array.from({ length: step.count }, () => `id-${appended++}`)
                await log.append(added.map(entry))
                model = [...model, ...added].slice(-keep)
              } else {
                const before = step.back === null ? undefined : `id-${appended - step.back}`
                const end = before === undefined ? model.length : Math.max(0, model.indexOf(before))
                const wanted = model.slice(0, end).toReversed().slice(0, step.limit)
                expect(ids(await log.newest(step.limit, before))).toEqual(wanted)
              }
            }
          },
        ),
        { numRuns: 100 },
      )
    })
  })
}
