import { LRUCache } from 'lru-cache'

/**
 * Which conversation a reply belongs to that the vendor keeps: a request that goes on from it names only the reply, and
 * must come to the account that has it. Bounded; of one that is forgotten the vendor says that it does not know it.
 */
export interface Replies {
  note(reply: string, conversation: string): void
  conversationOf(reply: string): string | undefined
}

const REPLIES_MAX = 10_000

export function createReplies(): Replies {
  const table = new LRUCache<string, string>({ max: REPLIES_MAX })
  return {
    note: (reply, conversation) => void table.set(reply, conversation),
    conversationOf: (reply) => table.get(reply),
  }
}
