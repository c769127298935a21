import { type Priority, priorities } from '../core/message.ts'
import { TurnList } from './turn-list.ts'

/** 0 for the highest priority. */
export const rankOf: Readonly<Record<Priority, number>> = Object.freeze({
  critical: 0,
  high: 1,
  normal: 2,
  low: 3,
})

/** Messages that may go to the same workers: one list a priority. A queue keeps a lane only while it holds any. */
export class Lane<Value> {
  readonly name: string
  /** By rank. */
  readonly lists: readonly TurnList<Value>[] = priorities.map(() => new TurnList<Value>())
  /** How many wait here. */
  depth = 0
  /** Where it stands among the queue's lanes. */
  index: number

  constructor(name: string, index: number) {
    this.name = name
    this.index = index
  }
}
