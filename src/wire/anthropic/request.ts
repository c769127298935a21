import { type BlockKind, kindsOf, mediaKind, plainKind } from '../block-kinds.ts'
import { contentStart, countAt, hasElements, memberAt, visitBlocks } from '../json-parts.ts'
import { ID_CHARS_MAX, namesOf, textAt } from '../json-text.ts'
import { lastSaid } from '../person-text.ts'
import { thinkingTypes } from '../reasoning-blocks.ts'
import type { RequestReading } from '../request-view.ts'
import { isGiven } from '../shape-reading.ts'
import { chatConversation, type Skim } from '../skim.ts'

/** Where Anthropic's Messages API keeps what a view tells. Roles and keys that are not named here pass unseen. */
export const anthropicRequest: RequestReading = {
  wire: 'anthropic',
  conversation: chatConversation,
  keys: namesOf('model', 'messages', 'stream', 'system', 'tools', 'max_tokens', 'metadata', 'output_config'),
  tools: ({ body, values }) => hasElements(body, values.get('tools')),
  toolLoopOpen,
  reasoning: thinkingTypes,
  shape: {
    toolType: 'custom',
    kinds: (type) => kinds(type) ?? (type.endsWith('_tool_result') ? serverResult : undefined),
    boundBy: (fields) => [
      ...(isGiven(fields['container']) ? (['container'] as const) : []),
      ...(isGiven(fields['fallback_credit_token']) ? (['fallback-credit'] as const) : []),
    ],
  },
  effort: ({ body, values }) => textAt(body, memberAt(body, values.get('output_config'), effort)),
  maxTokens: ({ body, values }) => countAt(body, values.get('max_tokens')),
  session: ({ body, values }) => sessionOf(textAt(body, memberAt(body, values.get('metadata'), userId))),
  systemStart: ({ body, values }, charsMax) =>
    contentStart(body, values.get('system'), chatConversation.textTypes, charsMax),
}

const effort = namesOf('effort')
const userId = namesOf('user_id')

/** What a tool of the vendor answered is encrypted, or can be. */
const serverResult: BlockKind = { answers: true, bound: 'server-tool-result' }

const kinds = kindsOf({
  text: plainKind,
  tool_use: plainKind,
  tool_result: plainKind,
  thinking: plainKind,
  redacted_thinking: plainKind,
  connector_text: plainKind,
  search_result: plainKind,
  fallback: plainKind,
  tool_addition: plainKind,
  tool_removal: plainKind,
  image: mediaKind,
  document: mediaKind,
  server_tool_use: { calls: true },
  mcp_tool_use: { calls: true },
  mcp_tool_result: { answers: true },
  container_upload: { bound: 'file' },
  compaction: { bound: 'compaction' },
})

function toolLoopOpen(skim: Skim): boolean {
  const last = lastSaid(skim)
  if (last?.role !== 'user' || last.message.content === undefined) return false
  let found = false
  visitBlocks(skim.body, last.message.content, (type) => {
    found = type === 'tool_result'
    return found
  })
  return found
}

const USER_ID_CHARS_MAX = 4096

/**
 * Claude Code writes the conversation's id into `metadata.user_id`: now as a JSON string with `session_id`, formerly
 * as `user_…_account_…_session_UUID`. Other values name a person, not a conversation.
 */
function sessionOf(user: string | undefined): string | undefined {
  if (user === undefined || user.length > USER_ID_CHARS_MAX) return undefined
  if (!user.startsWith('{')) return /_session_([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})/i.exec(user)?.[1]
  const id = sessionIdIn(user)
  return typeof id === 'string' && id !== '' && id.length <= ID_CHARS_MAX ? id : undefined
}

function sessionIdIn(json: string): unknown {
  try {
    const parsed: unknown = JSON.parse(json)
    return typeof parsed === 'object' && parsed !== null && 'session_id' in parsed
      ? parsed.session_id
      : undefined
  } catch {
    return undefined
  }
}
