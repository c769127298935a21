import type { Clock } from './clock.ts'

/** Remembers where it lies among all that is under way. Nobody but `UnderWay` writes it. */
export interface Placed {
  place: number
}

/**
 * What is under way: put in and taken out in O(1), in no order. An array and no Set, because a Set that small is rehashed
 * every few dozen additions, and its dead tables, once old, keep what was in them until the next full collection: every
 * message survived with all that it held (10 of its 45 KB were moved to old space; now 3).
 */
export class UnderWay<Item extends Placed> {
  readonly #items: Item[] = []
  #onEmpty: () => void = () => {}

  get size(): number {
    return this.#items.length
  }

  [Symbol.iterator](): Iterator<Item> {
    return [...this.#items][Symbol.iterator]()
  }

  add(item: Item): void {
    item.place = this.#items.length
    this.#items.push(item)
  }

  /** Removing twice is removing once. */
  remove(item: Item): void {
    if (this.#items[item.place] !== item) return
    const last = this.#items.pop()
    if (last && last !== item) {
      this.#items[item.place] = last
      last.place = item.place
    }
    item.place = -1
    if (this.#items.length === 0) this.#onEmpty()
  }

  /** Resolves when nothing is under way any more, at the latest after `limitMs`. */
  ended(clock: Clock, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#items.length === 0) {
        resolve()
        return
      }
      const timer = clock.after(limitMs, resolve)
      this.#onEmpty = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}
