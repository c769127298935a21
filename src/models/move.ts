import type { Card } from './card.ts'

/** One end of a move: the model's name, and its card where it has one. */
export interface MoveEnd {
  readonly model: string
  readonly card: Card | undefined
}

export interface Move {
  /** The model that served the conversation last. */
  readonly from: MoveEnd
  readonly to: MoveEnd
  /** The last thing said is a tool's result: the turn goes on. */
  readonly toolLoopOpen: boolean
  /** The history carries reasoning blocks. */
  readonly thinking: boolean
}

/**
 * May the conversation go on with another model now? Inside an open tool loop, reasoning that the other model cannot
 * read is lost in the middle of a thought, so only a reader may take over. Between turns anyone may. A model without
 * a card is taken to read nothing.
 */
export function mayMove({ from, to, toolLoopOpen, thinking }: Move): boolean {
  if (!toolLoopOpen || !thinking || isSameModel(from, to)) return true
  if (!from.card || !to.card) return false
  return from.card.vendor === to.card.vendor && to.card.reads.includes(from.card.id)
}

function isSameModel(from: MoveEnd, to: MoveEnd): boolean {
  return from.model === to.model || (from.card !== undefined && from.card.id === to.card?.id)
}
