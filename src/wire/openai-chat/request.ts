import { kindsOf, mediaKind, plainKind } from '../block-kinds.ts'
import { countAt, hasElements } from '../json-parts.ts'
import { idAt, namesOf, textAt } from '../json-text.ts'
import { lastSaid, leadingSystemText } from '../person-text.ts'
import { thinkingTypes } from '../reasoning-blocks.ts'
import type { RequestReading } from '../request-view.ts'
import { chatConversation } from '../skim.ts'

/** Where Chat Completions keeps what a view tells. Roles and keys that are not named here pass unseen. */
export const openaiChatRequest: RequestReading = {
  wire: 'openai-chat',
  conversation: chatConversation,
  keys: namesOf(
    'model',
    'messages',
    'stream',
    'tools',
    'functions',
    'max_completion_tokens',
    'max_tokens',
    'reasoning_effort',
    'prompt_cache_key',
  ),
  tools: ({ body, values }) =>
    hasElements(body, values.get('tools')) || hasElements(body, values.get('functions')),
  toolLoopOpen(skim) {
    const role = lastSaid(skim)?.role
    return role === 'tool' || role === 'function'
  },
  effort: ({ body, values }) => textAt(body, values.get('reasoning_effort')),
  maxTokens: ({ body, values }) =>
    countAt(body, values.get('max_completion_tokens')) ?? countAt(body, values.get('max_tokens')),
  session: ({ body, values }) => idAt(body, values.get('prompt_cache_key')),
  systemStart: leadingSystemText,
  reasoning: thinkingTypes,
  shape: {
    toolType: 'function',
    kinds: kindsOf({
      text: plainKind,
      refusal: plainKind,
      input_audio: plainKind,
      image_url: mediaKind,
      file: mediaKind,
    }),
    boundBy: () => [],
  },
}
