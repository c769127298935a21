import type { ClientRequest, RequestKind } from '../../core/client-request.ts'

/** What a conversation is for, as far as its client says or shows: how long it goes on depends on it. */
export const conversationKinds = ['main', 'subagent', 'auxiliary', 'unknown'] as const
export type ConversationKind = (typeof conversationKinds)[number]

/** A compaction and a side question belong to the conversation that they are about. */
const kinds: Readonly<Record<RequestKind, ConversationKind>> = {
  main: 'main',
  compaction: 'main',
  side_reply: 'main',
  subagent: 'subagent',
  workflow: 'subagent',
  auxiliary: 'auxiliary',
}

export function conversationKind(request: ClientRequest | undefined): ConversationKind {
  if (!request) return 'unknown'
  return request.stays ? 'main' : kinds[request.kind]
}

/** It is about the conversation, and no turn of it: it reads what is warm at home, and changes nothing there. */
export function followsHome(request: ClientRequest | undefined): boolean {
  return (
    request !== undefined && (request.stays || request.kind === 'compaction' || request.kind === 'side_reply')
  )
}
