import type { Bound } from '../../wire/request-shape.ts'
import type { Card } from '../card.ts'
import { tokenRatio } from '../token-ratio.ts'

/** One end of a move: the model's name, and its card where it has one. */
export interface MoveEnd {
  readonly model: string
  readonly card: Card | undefined
}

/** What ties a message to the home of its conversation, whatever a move would cost or save. */
export interface Ties {
  /** The last thing said is a tool's result: the turn goes on. */
  readonly toolLoopOpen: boolean
  /** The history carries reasoning blocks. */
  readonly thinking: boolean
  /** A tool that the vendor runs has not answered yet. */
  readonly turnPaused: boolean
  /** What only the account, or the workspace, that made it can read. */
  readonly bound: readonly Bound[]
  /** It holds what is not known here: what is not told may be there all the same. */
  readonly inDoubt: boolean
  /** The conversation ends with words of the assistant, for the model to continue. */
  readonly prefill: boolean
  /** Messages of role system stand between the others. */
  readonly systemMessages: boolean
}

export const noTies: Ties = Object.freeze({
  toolLoopOpen: false,
  thinking: false,
  turnPaused: false,
  bound: Object.freeze([]),
  inDoubt: false,
  prefill: false,
  systemMessages: false,
})

export interface Move {
  /** The conversation's home. */
  readonly from: MoveEnd
  readonly to: MoveEnd
  /** It is known that both ends answer for the same organisation, or share its workspace. */
  readonly sameOrganization: boolean
  readonly sameWorkspace: boolean
  /** The prompt, by the home's count. */
  readonly promptTokens: number
  readonly ties: Ties
}

interface Rule {
  /** What stands in the way, for people. */
  readonly because: string
  readonly forbids: (move: Move) => boolean
}

/** In the order in which they are told. A model without a card is taken to read nothing, and to take everything. */
const rules: readonly Rule[] = [
  {
    because: 'a tool that the vendor runs has not answered yet',
    forbids: (move) => move.ties.turnPaused && !isSamePlace(move),
  },
  {
    because: 'a part of the conversation is kept at the vendor',
    forbids: (move) => isBound(move, ['state', 'fallback-credit']) && !isSamePlace(move),
  },
  {
    because: 'the conversation holds files or a container of its workspace',
    forbids: (move) => isBound(move, ['container', 'file']) && !move.sameWorkspace,
  },
  {
    because: 'the conversation holds what only its account can read',
    forbids: (move) => isBound(move, ['server-tool-result', 'compaction']) && !move.sameOrganization,
  },
  {
    because: 'the conversation holds something that is not known here, and may be its account’s',
    forbids: (move) => move.ties.inDoubt && !move.sameOrganization,
  },
  {
    because: 'its tool loop is open, and its reasoning would be lost in the middle of a thought',
    forbids: (move) => move.ties.toolLoopOpen && move.ties.thinking && losesReasoning(move) !== undefined,
  },
  {
    because: 'the conversation is longer than the other model reads',
    forbids: (move) => !isSameModel(move) && promptTokensThere(move) > promptTokensMax(move.to.card),
  },
  {
    because: 'the other model does not go on with words that the assistant began',
    forbids: (move) => move.ties.prefill && move.to.card?.takes?.prefill === false && !isSameModel(move),
  },
  {
    because: 'the other model takes no system messages in the middle of a conversation',
    forbids: (move) =>
      move.ties.systemMessages && move.to.card?.takes?.systemMessages === false && !isSameModel(move),
  },
]

/** Why the message must stay at home whatever that costs; undefined when it may move. */
export function hindrance(move: Move): string | undefined {
  return rules.find((rule) => rule.forbids(move))?.because
}

/**
 * Which check the reasoning in the history would not pass: the other model cannot read it, or the other organisation
 * does not own it. Undefined when it all travels.
 */
export function losesReasoning(
  move: Pick<Move, 'from' | 'to' | 'sameOrganization'>,
): 'thinking:model' | 'thinking:organization' | undefined {
  if (!isSameModel(move)) {
    const { from, to } = move
    if (!from.card || !to.card) return 'thinking:model'
    if (from.card.vendor !== to.card.vendor || !to.card.reads.includes(from.card.id)) return 'thinking:model'
  }
  return isAccountBound(move.from.card) && !move.sameOrganization ? 'thinking:organization' : undefined
}

export function isSameModel({ from, to }: Pick<Move, 'from' | 'to'>): boolean {
  return from.model === to.model || (from.card !== undefined && from.card.id === to.card?.id)
}

function isSamePlace(move: Move): boolean {
  return isSameModel(move) && move.sameWorkspace
}

function promptTokensThere({ from, to, promptTokens }: Move): number {
  return promptTokens * tokenRatio(from.card, to.card)
}

function promptTokensMax(card: Card | undefined): number {
  return card?.inputTokensMax ?? card?.contextTokens ?? Number.POSITIVE_INFINITY
}

function isBound({ ties }: Move, things: readonly Bound[]): boolean {
  return ties.bound.some((thing) => things.includes(thing))
}

function isAccountBound(card: Card | undefined): boolean {
  return card?.reasoningBoundToAccount ?? card?.vendor === 'openai'
}
