/** From the compact events of an authored conversation to the requests that Claude Code would send. */
import { hash } from 'node:crypto'
import type { Ask } from '../../src/core/engine.ts'
import type { AuthoredConversation, ConversationEvent } from './records.ts'

interface Message {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: Block[]
}

interface Block {
  readonly type: 'text' | 'tool_use' | 'tool_result'
  readonly text?: string
  /** What a tool found. */
  readonly content?: string
  readonly [field: string]: unknown
}

const INTERRUPTED = '[Request interrupted by user]'

/** The conversation up to the event `at`, as its next request. Helpers are sent without tools, for a reply in JSON. */
export function askAt(conversation: AuthoredConversation, at: number): Ask {
  const events = conversation.turns.slice(0, at + 1)
  const { system, messages } = messagesOf(events)
  const kinds = new Set(conversation.ask.map(({ kind }) => kind))
  const body = {
    model: 'auto',
    max_tokens: 32_000,
    metadata: { user_id: JSON.stringify({ session_id: sessionId(conversation.id) }) },
    ...(system !== undefined && { system }),
    messages,
    ...(kinds.has('helper') ? { output_config: { format: jsonFormat } } : { tools }),
  }
  return {
    wire: 'anthropic',
    body: Buffer.from(JSON.stringify(body)),
    query: '?beta=true',
    headers: {
      'user-agent': 'claude-cli/2.1.331 (external, cli)',
      'x-app': 'cli',
      ...(kinds.has('subagent') && { 'x-claude-code-agent-id': `agent-${conversation.id}` }),
    },
  }
}

/** All that the last message of the request says, as a router would see it that knows neither turns nor loops. */
export function lastMessageText(conversation: AuthoredConversation, at: number): string {
  const { messages } = messagesOf(conversation.turns.slice(0, at + 1))
  const last = messages.findLast(({ role }) => role === 'user')
  return (last?.content ?? []).map((block) => block.text ?? block.content ?? '').join('\n')
}

/** The events after which a client sends a request: those that are asked about, and each that a reply follows. */
export function requestPlaces({ turns, ask }: AuthoredConversation): readonly number[] {
  const asked = new Set(ask.map(({ at }) => at))
  return turns.flatMap((event, index) => {
    const next = turns[index + 1]
    const answered = !isOfAssistant(event) && next !== undefined && isOfAssistant(next)
    return asked.has(index) || answered ? [index] : []
  })
}

function messagesOf(events: readonly ConversationEvent[]): {
  readonly system: string | undefined
  readonly messages: readonly Message[]
} {
  const messages: Message[] = []
  let system: string | undefined
  let call = 0
  for (const event of events) {
    if ('role' in event && event.role === 'system' && messages.length === 0) {
      system = event.text
      continue
    }
    if ('tool_use' in event) call++
    const role = roleOf(event)
    const block = blockOf(event, `toolu_${call}`)
    const last = messages.at(-1)
    if (last?.role === role) last.content.push(block)
    else messages.push({ role, content: [block] })
  }
  return { system, messages }
}

function roleOf(event: ConversationEvent): Message['role'] {
  if ('role' in event) return event.role
  return 'tool_use' in event ? 'assistant' : 'user'
}

function isOfAssistant(event: ConversationEvent): boolean {
  return roleOf(event) === 'assistant'
}

function blockOf(event: ConversationEvent, id: string): Block {
  if ('tool_use' in event) return { type: 'tool_use', id, name: event.tool_use, input: event.input }
  if ('tool_result' in event)
    return {
      type: 'tool_result',
      tool_use_id: id,
      content: event.tool_result,
      ...(event.error && { is_error: true }),
    }
  return { type: 'text', text: textOf(event) }
}

function textOf(event: Exclude<ConversationEvent, { tool_use: string } | { tool_result: string }>): string {
  if ('reminder' in event) return `<system-reminder>\n${event.reminder}\n</system-reminder>`
  return 'interrupt' in event ? INTERRUPTED : event.text
}

/** Claude Code's session ids are UUIDs; the same conversation has the same one. */
function sessionId(id: string): string {
  return `00000000-0000-4000-8000-${hash('sha256', id, 'hex').slice(0, 12)}`
}

const tools = ['Bash', 'Read', 'Edit', 'Write', 'Grep', 'WebSearch'].map((name) => ({
  name,
  description: `Uses ${name}.`,
  input_schema: { type: 'object' },
}))
const jsonFormat = { type: 'json_schema', schema: { type: 'object' } }
