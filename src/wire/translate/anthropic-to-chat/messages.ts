import { blocksOf, named } from '../anthropic-blocks.ts'
import {
  invalid,
  isGiven,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  untranslatable,
  writeJson,
} from '../json-tree.ts'
import type { RequestPassage } from '../anthropic-to-responses/request-passage.ts'
import { searchText } from '../anthropic-to-responses/vendor-tools.ts'
import { chatToolId } from '../tool-ids.ts'
import { type ChatPart, contentParts, systemParts, textPart, toolResult } from './content.ts'
import { type ChatCall, type ChatHistory, createChatHistory } from './history.ts'

export interface ChatMessages {
  readonly messages: readonly JsonObject[]
  /** The last message is the assistant's and is to be continued. */
  readonly prefilled: boolean
}

/** System prompt and messages of an Anthropic request as the messages of a Chat request. */
export function messagesToChat(root: JsonObject, passage: RequestPassage): ChatMessages {
  const history = createChatHistory(passage.target.dialect)
  if (isGiven(root['system'])) history.system(systemParts(root['system'], 'system', passage))
  for (const [index, value] of listAt(root['messages'], 'messages').entries()) {
    const path = `messages.${index}`
    readMessage(objectAt(value, path), path, history, passage)
  }
  history.closeCalls()
  passage.breakpoints.settle()
  const messages = history.messages()
  if (messages.length === 0) throw invalid('messages', 'must hold at least one message with content')
  const prefilled = history.lastRole === 'assistant'
  const { dialect } = passage.target
  if (prefilled && dialect.prefill === 'refused') {
    throw untranslatable(
      `messages.${listAt(root['messages'], 'messages').length - 1}`,
      `${dialect.name} servers do not continue a last message of role assistant`,
    )
  }
  return { messages, prefilled }
}

const messageFields = new Set(['role', 'content'])

function readMessage(message: JsonObject, path: string, history: ChatHistory, passage: RequestPassage): void {
  passage.losses.removedOthers(message, messageFields)
  const role = textAt(message['role'], `${path}.role`)
  const content = message['content']
  switch (role) {
    case 'user':
      return readUser(content, `${path}.content`, history, passage)
    case 'assistant':
      return readAssistant(content, `${path}.content`, history, passage)
    case 'system':
      return readSystem(systemParts(content, `${path}.content`, passage), history, passage)
    default:
      throw invalid(`${path}.role`, 'must be user, assistant or system')
  }
}

/** Results first, then the images out of them, then what the person wrote, whatever the order in the message was. */
function readUser(content: unknown, path: string, history: ChatHistory, passage: RequestPassage): void {
  const attachments: ChatPart[] = []
  const parts: ChatPart[] = []
  for (const { block, at } of blocksOf(content, path)) {
    if (block['type'] !== 'tool_result') {
      parts.push(...contentParts(block, at, passage))
      continue
    }
    const result = toolResult(block, at, passage)
    history.result(result.id, result.texts, at)
    attachments.push(...result.attachments)
  }
  history.closeCalls()
  history.user([...attachments, ...parts])
}

/** What the vendor's own tools did is told in words. */
function vendorText(block: JsonObject, at: string, { losses }: RequestPassage): string {
  const text = searchText(block)
  if (text === undefined)
    throw untranslatable(at, `a block of type ${named(block['type'])} has no counterpart`)
  losses.removed('server_tool_use')
  return text
}

const callFields = new Set(['type', 'id', 'name', 'input'])

function readAssistant(content: unknown, path: string, history: ChatHistory, passage: RequestPassage): void {
  const parts: ChatPart[] = []
  const calls: ChatCall[] = []
  for (const { block, at } of blocksOf(content, path)) {
    switch (block['type']) {
      case 'text':
        parts.push(...textPart(block, at, passage))
        break
      case 'tool_use':
        calls.push(callOf(block, at, passage))
        break
      case 'thinking':
      case 'redacted_thinking':
        // Signed for its own vendor: no other model can read it.
        passage.losses.add('thinking:model')
        break
      default:
        parts.push({ type: 'text', text: vendorText(block, at, passage) })
    }
  }
  history.assistant(parts, calls, path)
}

function callOf(block: JsonObject, at: string, { target, losses, names }: RequestPassage): ChatCall {
  losses.removedOthers(block, callFields)
  const id = chatToolId(textAt(block['id'], `${at}.id`), target.dialect)
  const name = names.sent(block['name'], `${at}.name`)
  const input = block['input'] ?? {}
  if (!isObject(input)) throw invalid(`${at}.input`, 'must be an object')
  const text = writeJson(input, () => invalid(`${at}.input`, 'is nested too deeply'))
  return { id, type: 'function', function: { name, arguments: text } }
}

/** Where a server takes system text only at the start, the person is made to say it, and it says what it is. */
function readSystem(
  parts: readonly ChatPart[],
  history: ChatHistory,
  { target, losses }: RequestPassage,
): void {
  if (parts.length === 0) return
  history.closeCalls()
  if (target.dialect.systemAnywhere) {
    history.system(parts)
    return
  }
  losses.add('system-rewritten')
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
  history.user([{ type: 'text', text: `[Note from the operator]\n${text}` }])
}
