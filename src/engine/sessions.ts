/**
 * What lasts over a conversation, in one bounded, expiring table: the class of the person's turn, its home, where else
 * its prompt may still be warm, and what it has cost. While a tool loop is open the class holds and the message stays
 * at home: the loop's own texts are results, not wishes, and reasoning is bound to the model that wrote it.
 */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../core/clock.ts'
import type { Classification } from '../core/decision.ts'
import type { ConversationKind } from '../models/move/kind.ts'

/** Where a conversation lives, as of its last reply. */
export interface Home {
  readonly model: string
  /** Whose key answered, at which host: a hash. Undefined where the worker has no account. */
  readonly account: string | undefined
  /** As the replies' headers tell them. */
  readonly organization: string | undefined
  readonly workspace: string | undefined
  /** The whole prompt of the last reply, and how much of it is in the model's prompt cache until `warmUntilMs`. */
  readonly promptTokens: number
  readonly cachedTokens: number
  readonly warmUntilMs: number
  /** The client has its prompt kept for long, which is dearer to write. */
  readonly longCache: boolean
}

export interface Session {
  readonly classification: Classification
  readonly kind: ConversationKind
  /** What the client calls the ask of the person that the turn is about. */
  readonly promptId?: string | undefined
  /** Undefined until a model has served. */
  readonly home: Home | undefined
  /** Homes before this one, the latest first. */
  readonly earlier: readonly Home[]
  /** Turns of the person, and how many of them asked for another model than the one before. */
  readonly turns: number
  readonly changes: number
  /** The model that the latest turn's class asked for. */
  readonly asked: string | undefined
  /** Replies of the turn, their output, and the prompt of the first one. */
  readonly requests: number
  readonly outputTokens: number
  readonly firstPromptTokens: number
  /** The length of the request that the home's figures are of. */
  readonly bytes: number
  readonly spentUsd: number
  /** How much of it was paid for writing a prompt anew at another home. */
  readonly switchedUsd: number
}

export type Turn = Pick<Session, 'classification' | 'kind' | 'asked' | 'promptId'>

export interface Service {
  readonly home: Home
  readonly bytes: number
  readonly outputTokens: number
  readonly costUsd: number
  /** What the same reply would have cost less with a warm cache. */
  readonly coldUsd: number
}

export const SESSIONS_MAX = 10_000
/** Longer than any prompt cache lives; a loop that rests longer is classified anew. */
export const SESSION_TTL_MS = 3_600_000
const EARLIER_MAX = 3
/** Every so many turns the conversations that have rested too long are cleared out: it takes 20 ns each. */
const SWEEP_TURNS = 256

export interface Sessions {
  find(key: string): Session | undefined
  /** A turn of the person has begun. */
  begin(key: string, turn: Turn): void
  /** A model has answered in the conversation. */
  served(key: string, service: Service): void
  readonly size: number
}

/** @param onEnded told of each conversation that has rested too long, or had to make room. */
export function createSessions(clock: Clock, onEnded?: (session: Session) => void): Sessions {
  const table = new LRUCache<string, Session>({
    max: SESSIONS_MAX,
    ttl: SESSION_TTL_MS,
    perf: clock,
    ttlResolution: 0,
    ...(onEnded && {
      dispose: (session: Session, _key: string, reason: string) => {
        if (reason !== 'set') onEnded(session)
      },
    }),
  })
  let begun = 0
  return {
    find: (key) => table.get(key),
    begin(key, turn) {
      const known = table.get(key)
      table.set(key, known ? nextTurn(known, turn) : { ...fresh, ...turn })
      if (++begun % SWEEP_TURNS === 0) table.purgeStale()
    },
    served(key, service) {
      const session = table.get(key)
      if (session) table.set(key, afterReply(session, service))
    },
    get size() {
      return table.size
    },
  }
}

const fresh: Omit<Session, keyof Turn> = {
  home: undefined,
  earlier: [],
  turns: 1,
  changes: 0,
  requests: 0,
  outputTokens: 0,
  firstPromptTokens: 0,
  bytes: 0,
  spentUsd: 0,
  switchedUsd: 0,
}

function nextTurn(session: Session, turn: Turn): Session {
  const changed = session.asked !== undefined && turn.asked !== session.asked
  return {
    ...session,
    ...turn,
    turns: session.turns + 1,
    changes: session.changes + (changed ? 1 : 0),
    requests: 0,
    outputTokens: 0,
    firstPromptTokens: 0,
  }
}

function afterReply(session: Session, { home, bytes, outputTokens, costUsd, coldUsd }: Service): Session {
  const before = session.home
  const moved = before !== undefined && !isSameHome(before, home)
  return {
    ...session,
    home,
    earlier: moved ? remembered(before, session.earlier, home) : session.earlier,
    requests: session.requests + 1,
    outputTokens: session.outputTokens + outputTokens,
    firstPromptTokens: session.requests === 0 ? home.promptTokens : session.firstPromptTokens,
    bytes,
    spentUsd: session.spentUsd + costUsd,
    switchedUsd: session.switchedUsd + (moved ? coldUsd : 0),
  }
}

function remembered(before: Home, earlier: readonly Home[], now: Home): readonly Home[] {
  return [before, ...earlier.filter((home) => !isSameHome(home, now))].slice(0, EARLIER_MAX)
}

export function isSameHome(one: Home, other: Home): boolean {
  return one.model === other.model && one.account === other.account
}
