import type { Entry } from './entry.ts'

/**
 * The messages of one lane and priority in the order of their turn: a doubly linked list through the entries
 * themselves. Invariant: sequence numbers rise from head to tail. Append and remove are O(1); what comes back with
 * an old number looks for its place from both ends at once, and the place is nearly always at one of them.
 */
export class TurnList<Value> {
  #head: Entry<Value> | undefined
  #tail: Entry<Value> | undefined

  get head(): Entry<Value> | undefined {
    return this.#head
  }

  get tail(): Entry<Value> | undefined {
    return this.#tail
  }

  insert(entry: Entry<Value>): void {
    const tail = this.#tail
    if (!tail || tail.ticket.sequence <= entry.ticket.sequence) this.#link(entry, tail)
    else this.#link(entry, this.#placeOf(entry.ticket.sequence))
  }

  remove(entry: Entry<Value>): void {
    if (entry.previous) entry.previous.next = entry.next
    else this.#head = entry.next
    if (entry.next) entry.next.previous = entry.previous
    else this.#tail = entry.previous
    entry.next = undefined
    entry.previous = undefined
  }

  /** The entry after which `sequence` belongs; undefined when it belongs before all. The tail has a higher number. */
  #placeOf(sequence: number): Entry<Value> | undefined {
    let younger = this.#head
    let older = this.#tail
    while (younger && older) {
      if (younger.ticket.sequence > sequence) return younger.previous
      if (older.ticket.sequence <= sequence) return older
      younger = younger.next
      older = older.previous
    }
    return undefined
  }

  #link(entry: Entry<Value>, after: Entry<Value> | undefined): void {
    const before = after ? after.next : this.#head
    entry.previous = after
    entry.next = before
    if (after) after.next = entry
    else this.#head = entry
    if (before) before.previous = entry
    else this.#tail = entry
  }
}
