import { blocksOf, named } from '../anthropic-blocks.ts'
import { createInputHistory, type InputCall, type InputHistory } from '../chat-to-responses/history.ts'
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
import { chatToolId } from '../tool-ids.ts'
import type { Part } from './breakpoints.ts'
import { inputParts, resultOutput, systemParts } from './content.ts'
import { reasoningItem } from './reasoning.ts'
import type { RequestPassage } from './request-passage.ts'
import { searchText } from './vendor-tools.ts'

/**
 * System prompt and messages of an Anthropic request as the input of a Responses request. System text stays in its
 * place, as items of role developer: OpenAI's models read `instructions` after the input, where no cache holds them.
 */
export function messagesToInput(root: JsonObject, passage: RequestPassage): readonly JsonObject[] {
  const history = createInputHistory()
  if (isGiven(root['system'])) history.message('developer', systemParts(root['system'], 'system', passage))
  const messages = listAt(root['messages'], 'messages')
  for (const [index, value] of messages.entries()) {
    const path = `messages.${index}`
    readMessage(objectAt(value, path), path, history, passage)
  }
  const items = history.items()
  const last = items.at(-1)
  if (!last) throw invalid('messages', 'must hold at least one message with content')
  if (last['role'] === 'assistant') {
    throw untranslatable(
      `messages.${messages.length - 1}`,
      'the worker does not continue a last message of role assistant',
    )
  }
  passage.breakpoints.settle()
  return items
}

const messageFields = new Set(['role', 'content'])

function readMessage(
  message: JsonObject,
  path: string,
  history: InputHistory,
  passage: RequestPassage,
): void {
  passage.losses.removedOthers(message, messageFields)
  const role = textAt(message['role'], `${path}.role`)
  const content = message['content']
  switch (role) {
    case 'user':
      return readUser(content, `${path}.content`, history, passage)
    case 'assistant':
      return readAssistant(content, `${path}.content`, history, passage)
    case 'system':
      return history.message('developer', systemParts(content, `${path}.content`, passage))
    default:
      throw invalid(`${path}.role`, 'must be user, assistant or system')
  }
}

/** Results first, then what the person wrote, whatever the order in the message was. */
function readUser(content: unknown, path: string, history: InputHistory, passage: RequestPassage): void {
  const parts: Part[] = []
  for (const { block, at } of blocksOf(content, path)) {
    if (block['type'] === 'tool_result') {
      const id = chatToolId(textAt(block['tool_use_id'], `${at}.tool_use_id`), passage.target.dialect)
      history.output(id, resultOutput(block, at, passage), at)
    } else parts.push(...inputParts(block, at, passage))
  }
  history.message('user', parts)
}

const textFields = new Set(['type', 'text'])

/** Items in the order of the blocks. Texts that follow each other are one message. */
function readAssistant(content: unknown, path: string, history: InputHistory, passage: RequestPassage): void {
  const { losses, target } = passage
  history.closeCalls()
  let texts: Part[] = []
  let thoughts: JsonObject[] = []

  function say(): void {
    if (texts.length > 0) history.item({ type: 'message', role: 'assistant', content: texts })
    texts = []
  }

  /** Reasoning is taken only with the item that it led to. */
  function think(): void {
    for (const thought of thoughts) history.item(thought)
    thoughts = []
  }

  for (const { block, at } of blocksOf(content, path)) {
    switch (block['type']) {
      case 'tool_use':
        say()
        think()
        history.call(callOf(block, at, passage), at)
        break
      case 'thinking':
      case 'redacted_thinking': {
        say()
        const thought = reasoningItem(block, target.model)
        if (thought) thoughts.push(thought)
        else losses.add('thinking:model')
        break
      }
      default: {
        const text = textOf(block, at, passage)
        if (text === '') break
        think()
        texts.push({ type: 'output_text', text })
      }
    }
  }
  say()
  if (thoughts.length > 0) losses.add('thinking:prefix')
}

function textOf(block: JsonObject, at: string, { losses }: RequestPassage): string {
  if (block['type'] === 'text') {
    losses.removedOthers(block, textFields)
    return textAt(block['text'], `${at}.text`)
  }
  const text = searchText(block)
  if (text === undefined)
    throw untranslatable(at, `a block of type ${named(block['type'])} has no counterpart`)
  losses.removed('server_tool_use')
  return text
}

const callFields = new Set(['type', 'id', 'name', 'input'])

/** Without an id of the item: that is only for items which the service has kept. */
function callOf(block: JsonObject, at: string, { target, losses, names }: RequestPassage): InputCall {
  losses.removedOthers(block, callFields)
  const input = block['input'] ?? {}
  if (!isObject(input)) throw invalid(`${at}.input`, 'must be an object')
  return {
    type: 'function_call',
    call_id: chatToolId(textAt(block['id'], `${at}.id`), target.dialect),
    name: names.sent(block['name'], `${at}.name`),
    arguments: writeJson(input, () => invalid(`${at}.input`, 'is nested too deeply')),
  }
}
