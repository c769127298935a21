/**
 * The words of the house; docs/glossary.md tells the whole list.
 *
 * message   what is to be answered: content, priority, deadline, session, tenant, context
 * class     its label: strategic, tactical, simple, or the user's own
 * route     class → pools in order          pool     interchangeable workers
 * worker    one endpoint or process that answers; its slots are its capacity
 * decision  the explained choice            attempt  one try on one worker; its end is an outcome
 * session   what a conversation is known by
 */
export const priorities = ['critical', 'high', 'normal', 'low'] as const
export type Priority = (typeof priorities)[number]

/** Facts that the caller adds for the classifier: known hints are booleans, others are kept for the cache key. */
export type Context = Readonly<Record<string, unknown>>

/** A block of Anthropic's Messages API, as the caller gives it. */
export type ContentBlock = Readonly<{ type: string } & Record<string, unknown>>

/** What the library and `POST /api/messages` take. */
export interface Message {
  /** Text, or blocks of Anthropic's Messages API. */
  readonly content: string | readonly ContentBlock[]
  readonly system?: string
  readonly priority?: Priority
  /** Milliseconds until the answer is of no use any more. */
  readonly deadlineMs?: number
  /** Forces the class; the classifier is not asked. */
  readonly class?: string
  /** "auto" (default), or the name of a route, pool or model. */
  readonly model?: string
  readonly session?: string
  readonly tenant?: string
  readonly context?: Context
  readonly maxTokens?: number
  readonly tools?: readonly ContentBlock[] | readonly Readonly<Record<string, unknown>>[]
  /** Aborting it cancels the message wherever it is. */
  readonly signal?: AbortSignal
}

/** What a strategy may know of a message. */
export interface RoutableMessage {
  readonly priority: Priority
  readonly class: string
  readonly session: string | undefined
  readonly tenant: string | undefined
  /** Estimated work: prompt plus expected answer, in tokens. */
  readonly workTokens: number
}
