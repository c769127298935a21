import type { Wire } from '../core/wire.ts'
import { anthropicProtocol } from './anthropic/protocol.ts'
import { openaiChatProtocol } from './openai-chat/protocol.ts'
import { openaiResponsesProtocol } from './openai-responses/protocol.ts'
import type { Protocol } from './protocol.ts'

/** Every protocol that is spoken here: one file and one line to add another. */
export const protocols: Readonly<Record<Wire, Protocol>> = Object.freeze({
  anthropic: anthropicProtocol,
  'openai-chat': openaiChatProtocol,
  'openai-responses': openaiResponsesProtocol,
})
