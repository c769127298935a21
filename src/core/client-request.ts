/** What a coding agent says, or shows, of a request that it sends: is it the person's turn, or one of its own errands? */
export const requestKinds = [
  /** A turn of the person, or a step of its tool loop. */
  'main',
  /** A turn of an agent that the main one has sent. */
  'subagent',
  'workflow',
  /** The conversation so far is to be summed up. */
  'compaction',
  /** A helper: a title, a name, a check. */
  'auxiliary',
  /** A question beside the conversation, about it. */
  'side_reply',
] as const
export type RequestKind = (typeof requestKinds)[number]

export interface ClientRequest {
  readonly kind: RequestKind
  /** The client did not say so: it is told by what the request looks like. */
  readonly guessed: boolean
  /** One for all that the agent does for one ask of the person. */
  readonly promptId: string | undefined
  /** The client has summed up what went before: the beginning of the prompt is cached nowhere, and moving is free. */
  readonly contextCompacted: boolean
  /** A helper that keeps the conversation's own prompt warm: at any other model it is of no use. */
  readonly stays: boolean
}
