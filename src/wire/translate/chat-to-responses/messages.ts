import { argumentsText } from '../chat-to-anthropic/calls.ts'
import { toolCallFields } from '../chat-to-anthropic/messages.ts'
import { invalid, isGiven, type JsonObject, listAt, objectAt, textAt, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { chatToolId, toolNameAt } from '../tool-ids.ts'
import { inputContent, outputContent } from './content.ts'
import { createInputHistory, type InputCall, type InputHistory } from './history.ts'

/**
 * The messages of a Chat request as the input of a Responses request. System text stays in its place, as items of role
 * developer: OpenAI's models read `instructions` after the input, where no cache can hold them.
 */
export function messagesToInput(root: JsonObject, passage: Passage): readonly JsonObject[] {
  const history = createInputHistory()
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
  return items
}

const plainFields = new Set(['role', 'content'])
const toolFields = new Set(['role', 'content', 'tool_call_id'])

function readMessage(message: JsonObject, path: string, history: InputHistory, passage: Passage): void {
  const role = textAt(message['role'], `${path}.role`)
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      passage.losses.removedOthers(message, plainFields)
      return history.message(
        role === 'user' ? 'user' : 'developer',
        inputContent(message['content'], `${path}.content`, passage),
      )
    case 'assistant':
      return readAssistant(message, path, history, passage)
    case 'tool': {
      passage.losses.removedOthers(message, toolFields)
      const id = chatToolId(textAt(message['tool_call_id'], `${path}.tool_call_id`), passage.target.dialect)
      return history.output(id, inputContent(message['content'], `${path}.content`, passage), path)
    }
    case 'function':
      throw untranslatable(`${path}.role`, 'functions have been replaced by tools')
    default:
      throw invalid(`${path}.role`, 'must be system, developer, user, assistant or tool')
  }
}

const assistantFields = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call', 'audio'])

function readAssistant(message: JsonObject, path: string, history: InputHistory, passage: Passage): void {
  passage.losses.removedOthers(message, assistantFields)
  for (const field of ['function_call', 'audio']) {
    if (isGiven(message[field])) throw untranslatable(`${path}.${field}`, 'has no counterpart')
  }
  const said = outputContent(message['content'], `${path}.content`, passage)
  if (isGiven(message['refusal'])) {
    said.push({ type: 'refusal', refusal: textAt(message['refusal'], `${path}.refusal`) })
  }
  history.message('assistant', said)
  const calls = isGiven(message['tool_calls']) ? listAt(message['tool_calls'], `${path}.tool_calls`) : []
  for (const [index, value] of calls.entries()) {
    const at = `${path}.tool_calls.${index}`
    history.call(callOf(objectAt(value, at), at, passage), at)
  }
}

/** Without an id of the item: that is only for items which the service has kept. */
function callOf(call: JsonObject, at: string, { target, losses }: Passage): InputCall {
  losses.removedOthers(call, toolCallFields)
  const id = chatToolId(textAt(call['id'], `${at}.id`), target.dialect)
  if (call['type'] === 'custom') {
    const custom = objectAt(call['custom'], `${at}.custom`)
    const name = toolNameAt(custom['name'], `${at}.custom.name`)
    const input = textAt(custom['input'], `${at}.custom.input`)
    return { type: 'custom_tool_call', call_id: id, name, input }
  }
  if (isGiven(call['type']) && call['type'] !== 'function') {
    throw untranslatable(at, 'only calls of functions and custom tools have a counterpart')
  }
  const called = objectAt(call['function'], `${at}.function`)
  const name = toolNameAt(called['name'], `${at}.function.name`)
  return {
    type: 'function_call',
    call_id: id,
    name,
    // Models do call without arguments, and an empty text is no JSON.
    arguments: argumentsText(called['arguments']) || '{}',
  }
}
