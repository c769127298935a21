import type { Dialect } from '../../dialects.ts'
import { invalid, type JsonObject } from '../json-tree.ts'
import type { ChatPart, TextPart } from './content.ts'

/**
 * Builds the messages of a Chat request in the order that every server takes: results directly after the turn that
 * called, one for each call, before anything else; no two messages of a user or an assistant in a row.
 */
export interface ChatHistory {
  system(texts: readonly ChatPart[]): void
  user(parts: readonly ChatPart[]): void
  assistant(parts: readonly ChatPart[], calls: readonly ChatCall[], path: string): void
  /** @throws SignalboxError invalid-message when no call of the turn before waits for it. */
  result(id: string, texts: readonly ChatPart[], path: string): void
  /** Calls that nobody answered are answered as cancelled: a history with a gap is refused. */
  closeCalls(): void
  readonly lastRole: string | undefined
  messages(): readonly JsonObject[]
}

export interface ChatCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

interface Draft {
  readonly role: string
  readonly parts: ChatPart[]
  readonly calls: readonly ChatCall[]
  readonly toolCallId?: string
}

const CANCELLED = 'The call was cancelled; there is no result.'
/** Stands between tool results and a user's message for servers that refuse the one after the other. */
const FILLER = 'I have the results.'

export function createChatHistory(dialect: Dialect): ChatHistory {
  const drafts: Draft[] = []
  const openCalls = new Set<string>()

  function add(role: string, parts: readonly ChatPart[], calls: readonly ChatCall[] = []): void {
    drafts.push({ role, parts: [...parts], calls })
  }

  function result(id: string, texts: readonly ChatPart[]): void {
    drafts.push({ role: 'tool', parts: [...texts], calls: [], toolCallId: id })
  }

  function closeCalls(): void {
    for (const id of openCalls) result(id, [{ type: 'text', text: CANCELLED }])
    openCalls.clear()
  }

  return {
    closeCalls,
    system(texts) {
      if (texts.length > 0) add(dialect.systemRole, joined(texts))
    },
    user(parts) {
      if (parts.length === 0) return
      const last = drafts.at(-1)
      if (last?.role === 'user') {
        last.parts.push(...parts)
        return
      }
      if (last?.role === 'tool' && !dialect.userAfterTool) add('assistant', [{ type: 'text', text: FILLER }])
      add('user', parts)
    },
    assistant(parts, calls, path) {
      closeCalls()
      if (parts.length === 0 && calls.length === 0) return
      const last = drafts.at(-1)
      if (last?.role === 'assistant') {
        drafts.pop()
        add('assistant', [...last.parts, ...parts], calls)
      } else add('assistant', parts, calls)
      for (const { id } of calls) {
        if (openCalls.has(id)) throw invalid(path, `calls two tools with the id "${id}"`)
        openCalls.add(id)
      }
    },
    result(id, texts, path) {
      if (!openCalls.delete(id))
        throw invalid(path, `is the result of a call that the turn before did not make`)
      result(id, texts)
    },
    get lastRole() {
      return drafts.at(-1)?.role
    },
    messages: () => drafts.map(messageOf),
  }
}

function messageOf({ role, parts, calls, toolCallId }: Draft): JsonObject {
  const content = contentOf(parts)
  if (role === 'assistant') {
    return { role, content: content === '' ? null : content, ...(calls.length > 0 && { tool_calls: calls }) }
  }
  return toolCallId === undefined ? { role, content } : { role, tool_call_id: toolCallId, content }
}

/** System text is one, unless the client wants a cached prefix to end in it; even where that mark is one too many. */
function joined(parts: readonly ChatPart[]): readonly ChatPart[] {
  if (!parts.every(isPlain)) return parts
  return [{ type: 'text', text: parts.map(({ text }) => text).join('\n\n') }]
}

function isPlain(part: ChatPart): part is TextPart {
  return part.type === 'text' && !('prompt_cache_breakpoint' in part)
}

/** One text is sent as a string, which every server takes; more stay apart, and so does what has a mark. */
function contentOf(parts: readonly ChatPart[]): string | readonly ChatPart[] {
  const [first, ...others] = parts
  if (first === undefined) return ''
  return others.length === 0 && isPlain(first) ? first.text : parts
}
