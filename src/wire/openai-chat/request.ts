import { contentStart, countAt, hasElements } from '../json-parts.ts'
import { namesOf, textAt } from '../json-text.ts'
import { lastSaid } from '../person-text.ts'
import type { RequestReading } from '../request-view.ts'
import type { Skim } from '../skim.ts'

/** Where Chat Completions keeps what a view tells. Roles and keys that are not named here pass unseen. */
export const openaiChatRequest: RequestReading = {
  wire: 'openai-chat',
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
  session({ body, values }) {
    const key = textAt(body, values.get('prompt_cache_key'))
    return key !== undefined && key !== '' && key.length <= SESSION_CHARS_MAX ? key : undefined
  },
  systemStart,
}

const SESSION_CHARS_MAX = 256

/** System text stands in the leading messages of role system or developer. */
function systemStart({ body, messages }: Skim, charsMax: number): string {
  let start = ''
  for (let index = 0; start.length < charsMax; index++) {
    const message = messages?.at(index)
    const role = message && textAt(body, message.role)
    if (role !== 'system' && role !== 'developer') break
    const more = contentStart(body, message?.content, charsMax - start.length)
    start = start === '' ? more : `${start}\n${more}`
  }
  return start.slice(0, charsMax)
}
