import type { ConversationKind } from '../models/move/kind.ts'
import type { Ties } from '../models/move/may-move.ts'
import type { RequestView } from '../wire/protocol.ts'
import type { Home, Session } from './sessions.ts'

/** One message's view of its conversation. */
export interface Visit {
  readonly key: string
  readonly kind: ConversationKind
  readonly view: RequestView
  /** The beginning of the prompt is no longer what it was. */
  readonly compacted: boolean
  /** It is about the conversation and no turn of it: a summary, a side question. */
  readonly follows: boolean
  /** What the client calls the ask of the person; and it is the one that the turn before was about. */
  readonly promptId: string | undefined
  readonly goesOn: boolean
  readonly session: Session | undefined
}

/** A request that is so much shorter than the one before has had its history rewritten. */
const REWRITTEN_SHARE = 0.7
const BYTES_PER_TOKEN = 4

/** Walks through the whole conversation once, as adapting the request for its worker does anyway. */
export function tiesOf({ toolLoopOpen, thinking, shape }: RequestView): Ties {
  return {
    toolLoopOpen,
    thinking,
    turnPaused: shape.turnPaused,
    bound: shape.bound,
    inDoubt: shape.inDoubt,
    prefill: shape.prefill,
    systemMessages: shape.systemMessages.length > 0,
  }
}

/**
 * The prompt that is about to be sent, by the home's count: what it has counted for the last one, and an estimate of what
 * came since. Where the request has become shorter, in proportion.
 */
export function homePrompt({ view, session }: Visit, { promptTokens }: Home): number {
  const now = view.body.length
  const before = session?.bytes ?? 0
  if (before === 0 || promptTokens === 0) return now / BYTES_PER_TOKEN
  return now < before ? promptTokens * (now / before) : promptTokens + (now - before) / BYTES_PER_TOKEN
}

/** How much of the prompt is in the cache of this home, or earlier home, now. */
export function warmTokens({ view, session, compacted }: Visit, home: Home, nowMs: number): number {
  const rewritten = compacted || view.body.length < REWRITTEN_SHARE * (session?.bytes ?? 0)
  return rewritten || nowMs >= home.warmUntilMs ? 0 : home.cachedTokens
}
