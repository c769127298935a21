import type { JsonObject } from './json-value.ts'

/**
 * What decides whether, and how, a request can go to another model: read from the bytes when first asked for. In the
 * words of all protocols; each protocol knows where it keeps them.
 */
export interface RequestShape {
  /** The top-level fields as values, without the long ones: the conversation, the system prompt, the tools. */
  readonly fields: JsonObject
  /** The `type` of the tools, each once; `custom` (Anthropic) or `function` (OpenAI) for one that names none. */
  readonly toolTypes: readonly string[]
  readonly toolsCount: number
  /** The conversation ends with words of the assistant, for the model to continue. */
  readonly prefill: boolean
  /** Messages of role system or developer that stand after the first message of another role. */
  readonly systemMessages: readonly SystemMessage[]
  /** A message carries an effort of its own. */
  readonly effortInMessages: boolean
  /** A tool that the vendor runs has not answered yet: only where it runs can the turn go on. */
  readonly turnPaused: boolean
  /** What only the account, or the workspace, that made it can read; each once. */
  readonly bound: readonly Bound[]
  /** Pictures and documents in the conversation. */
  readonly media: number
  /** The conversation is larger than what was looked at, or holds what is not known here: what is not told may be there. */
  readonly inDoubt: boolean
}

export interface SystemMessage {
  /** Its place in the list of messages. */
  readonly index: number
  /** It is text alone: the same words could be said in another role. */
  readonly plain: boolean
}

/** `state`: the conversation, or a part of it, is kept at the vendor. */
export type Bound = 'container' | 'file' | 'server-tool-result' | 'compaction' | 'fallback-credit' | 'state'
