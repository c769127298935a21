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
import type { Passage } from '../passage.ts'
import { chatToolId, toolNameAt } from '../tool-ids.ts'
import { blocksOf, type ChatPart, contentParts, named, textOf, textPart, toolResult } from './content.ts'
import { type ChatCall, type ChatHistory, createChatHistory } from './history.ts'

export interface ChatMessages {
  readonly messages: readonly JsonObject[]
  /** The last message is the assistant's and is to be continued. */
  readonly prefilled: boolean
}

/** System prompt and messages of an Anthropic request as the messages of a Chat request. */
export function messagesToChat(root: JsonObject, passage: Passage): ChatMessages {
  const history = createChatHistory(passage.target.dialect)
  if (isGiven(root['system'])) history.system(textOf(root['system'], 'system', passage))
  for (const [index, value] of listAt(root['messages'], 'messages').entries()) {
    const path = `messages.${index}`
    readMessage(objectAt(value, path), path, history, passage)
  }
  history.closeCalls()
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

function readMessage(message: JsonObject, path: string, history: ChatHistory, passage: Passage): void {
  passage.losses.removedOthers(message, messageFields)
  const role = textAt(message['role'], `${path}.role`)
  const content = message['content']
  switch (role) {
    case 'user':
      return readUser(content, `${path}.content`, history, passage)
    case 'assistant':
      return readAssistant(content, `${path}.content`, history, passage)
    case 'system':
      return readSystem(textOf(content, `${path}.content`, passage), history, passage)
    default:
      throw invalid(`${path}.role`, 'must be user, assistant or system')
  }
}

/** Results first, then the images out of them, then what the person wrote, whatever the order in the message was. */
function readUser(content: unknown, path: string, history: ChatHistory, passage: Passage): void {
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

const callFields = new Set(['type', 'id', 'name', 'input'])

function readAssistant(content: unknown, path: string, history: ChatHistory, passage: Passage): void {
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
        throw untranslatable(at, `a block of type ${named(block['type'])} has no counterpart`)
    }
  }
  history.assistant(parts, calls, path)
}

function callOf(block: JsonObject, at: string, { target, losses }: Passage): ChatCall {
  losses.removedOthers(block, callFields)
  const id = chatToolId(textAt(block['id'], `${at}.id`), target.dialect)
  const name = toolNameAt(block['name'], `${at}.name`)
  const input = block['input'] ?? {}
  if (!isObject(input)) throw invalid(`${at}.input`, 'must be an object')
  const text = writeJson(input, () => invalid(`${at}.input`, 'is nested too deeply'))
  return { id, type: 'function', function: { name, arguments: text } }
}

/** Where a server takes system text only at the start, the person is made to say it, and it says what it is. */
function readSystem(text: string, history: ChatHistory, { target, losses }: Passage): void {
  if (text === '') return
  history.closeCalls()
  if (target.dialect.systemAnywhere) {
    history.system(text)
    return
  }
  losses.add('system-rewritten')
  history.user([{ type: 'text', text: `[Note from the operator]\n${text}` }])
}
