import { LRUCache } from 'lru-cache'

/** Where something lies that a vendor keeps: a reply, or a conversation. */
export interface KeptAt {
  /** What the conversation is known by here. */
  readonly conversation: string
  readonly account: string
}

/**
 * Which account keeps a reply, or a conversation, that a later request goes on from by its id alone: there it must go.
 * Bounded, and of this process: of one that is forgotten the accounts are asked in turn.
 */
export interface Replies {
  note(id: string, kept: KeptAt): void
  find(id: string): KeptAt | undefined
}

const REPLIES_MAX = 10_000

export function createReplies(): Replies {
  const table = new LRUCache<string, KeptAt>({ max: REPLIES_MAX })
  return {
    note: (id, kept) => void table.set(id, kept),
    find: (id) => table.get(id),
  }
}
