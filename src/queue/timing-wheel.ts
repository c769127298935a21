/**
 * Who has waited too long? A hashed timing wheel (Varghese & Lauck, 1987, scheme 6): a ring of slots of 50 ms,
 * each an unordered list through the items themselves. Add and remove are O(1). Time that passes visits only the
 * slots between then and now, so nothing scans the queue; items of a later round lie in the same slots and are
 * passed over once a round of 205 s. Invariant: a slot is visited only when its whole time has passed, so an item leaves
 * at most one tick after its time, and a slot is never walked twice for the same tick.
 */
export const TICK_MS = 50
const SLOTS = 4096
const MASK = SLOTS - 1

/** What an item lends to the wheel. */
export interface Timed<Item> {
  readonly expiresAtMs: number
  wheelNext: Item | undefined
  wheelPrevious: Item | undefined
  /** −1 while it is on no wheel. */
  wheelSlot: number
}

export class TimingWheel<Item extends Timed<Item>> {
  readonly #slots: (Item | undefined)[] = Array.from({ length: SLOTS }, () => undefined)
  /** The last tick whose slot was visited. */
  #visited = 0
  #size = 0

  /** An item without an end to its time needs no place. */
  add(item: Item, nowMs: number): void {
    if (item.expiresAtMs === Number.POSITIVE_INFINITY) return
    if (this.#size++ === 0) this.#visited = tickOf(nowMs) - 1
    // A slot that was visited comes round again only after a whole round: too late for this item.
    const tick = Math.max(tickOf(item.expiresAtMs), this.#visited + 1)
    // The mask works on the number modulo 2^32, a multiple of the ring: it holds for numbers of any size.
    const slot = tick & MASK
    const head = this.#slots[slot]
    item.wheelSlot = slot
    item.wheelNext = head
    if (head) head.wheelPrevious = item
    this.#slots[slot] = item
  }

  remove(item: Item): void {
    if (item.wheelSlot < 0) return
    if (item.wheelPrevious) item.wheelPrevious.wheelNext = item.wheelNext
    else this.#slots[item.wheelSlot] = item.wheelNext
    if (item.wheelNext) item.wheelNext.wheelPrevious = item.wheelPrevious
    item.wheelNext = undefined
    item.wheelPrevious = undefined
    item.wheelSlot = -1
    this.#size--
  }

  /** Takes off the wheel what has expired, and tells `expired` of each. */
  advance(nowMs: number, expired: (item: Item) => void): void {
    const last = tickOf(nowMs) - 1
    if (last <= this.#visited) return
    // After a long pause one round is enough: it visits every slot.
    const first = Math.max(this.#visited + 1, last - SLOTS + 1)
    this.#visited = last
    for (let tick = first; tick <= last && this.#size > 0; tick++) {
      this.#visit(tick & MASK, nowMs, expired)
    }
  }

  #visit(slot: number, nowMs: number, expired: (item: Item) => void): void {
    let item = this.#slots[slot]
    while (item) {
      const next: Item | undefined = item.wheelNext
      if (item.expiresAtMs <= nowMs) {
        this.remove(item)
        expired(item)
      }
      item = next
    }
  }
}

function tickOf(timeMs: number): number {
  return Math.floor(timeMs / TICK_MS)
}
