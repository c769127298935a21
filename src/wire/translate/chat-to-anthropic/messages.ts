import { invalid, isGiven, type JsonObject, listAt, objectAt, textAt, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { anthropicToolId, toolNameAt } from '../tool-ids.ts'
import { argumentsText, callBlocks } from './calls.ts'
import { type Block, partsOf, textBlocks, textPartBlocks, textsOf, userBlocks } from './content.ts'
import { type AnthropicHistory, createAnthropicHistory, type Turn } from './history.ts'

export interface AnthropicMessages {
  readonly system: readonly Block[]
  readonly turns: readonly Turn[]
}

/** The messages of a Chat request as system prompt and messages of an Anthropic request. */
export function messagesToAnthropic(root: JsonObject, passage: Passage): AnthropicMessages {
  const { takes } = passage.target
  const history = createAnthropicHistory(takes, passage.losses)
  const system: Block[] = []
  const list = listAt(root['messages'], 'messages')
  let isLeading = true
  for (const [index, value] of list.entries()) {
    const path = `messages.${index}`
    const message = objectAt(value, path)
    const role = textAt(message['role'], `${path}.role`)
    if (role === 'system' || role === 'developer') {
      passage.losses.removedOthers(message, plainFields)
      const texts = textsOf(message['content'], `${path}.content`, passage)
      if (isLeading) system.push(...texts)
      else history.system(texts)
    } else {
      isLeading = false
      readMessage(role, message, path, history, passage)
    }
  }
  const turns = history.turns()
  if (turns.at(-1)?.role === 'assistant' && takes?.prefill === false) {
    throw untranslatable(
      `messages.${list.length - 1}`,
      'the model does not continue a last message of role assistant',
    )
  }
  return opened(system, turns, passage)
}

/** Where there is nothing but system text, that text is what is asked. */
function opened(system: readonly Block[], turns: readonly Turn[], { losses }: Passage): AnthropicMessages {
  if (turns.length > 0) return { system, turns }
  if (system.length === 0) throw invalid('messages', 'must hold at least one message with content')
  losses.add('system-rewritten')
  return { system: [], turns: [{ role: 'user', content: system }] }
}

const plainFields = new Set(['role', 'content'])
const toolFields = new Set(['role', 'content', 'tool_call_id'])

function readMessage(
  role: string,
  message: JsonObject,
  path: string,
  history: AnthropicHistory,
  passage: Passage,
): void {
  switch (role) {
    case 'user': {
      passage.losses.removedOthers(message, plainFields)
      const parts = partsOf(message['content'], `${path}.content`)
      return history.user(parts.flatMap(({ part, at }) => userBlocks(part, at, passage)))
    }
    case 'assistant':
      return readAssistant(message, path, history, passage)
    case 'tool': {
      passage.losses.removedOthers(message, toolFields)
      const id = anthropicToolId(textAt(message['tool_call_id'], `${path}.tool_call_id`))
      return history.result(id, textsOf(message['content'], `${path}.content`, passage), path)
    }
    case 'function':
      throw untranslatable(`${path}.role`, 'functions have been replaced by tools')
    default:
      throw invalid(`${path}.role`, 'must be system, developer, user, assistant or tool')
  }
}

const assistantFields = new Set(['role', 'content', 'refusal', 'tool_calls', 'function_call', 'audio'])

function readAssistant(message: JsonObject, path: string, history: AnthropicHistory, passage: Passage): void {
  passage.losses.removedOthers(message, assistantFields)
  for (const field of ['function_call', 'audio']) {
    if (isGiven(message[field])) throw untranslatable(`${path}.${field}`, 'has no counterpart')
  }
  const blocks: Block[] = []
  for (const { part, at } of partsOf(message['content'], `${path}.content`)) {
    if (part['type'] === 'text') blocks.push(...textPartBlocks(part, at, passage))
    else if (part['type'] === 'refusal') blocks.push(...textBlocks(textAt(part['refusal'], `${at}.refusal`)))
    else throw untranslatable(at, 'only texts may stand in a message of the assistant')
  }
  if (isGiven(message['refusal'])) blocks.push(...textBlocks(textAt(message['refusal'], `${path}.refusal`)))
  const ids: string[] = []
  const calls = isGiven(message['tool_calls']) ? listAt(message['tool_calls'], `${path}.tool_calls`) : []
  for (const [index, value] of calls.entries()) {
    const at = `${path}.tool_calls.${index}`
    const call = readCall(objectAt(value, at), at, passage)
    ids.push(call.id)
    blocks.push(...callBlocks(call.id, call.name, call.arguments))
  }
  history.assistant(blocks, ids, path)
}

/** Its place among the streamed calls means nothing any more. */
export const toolCallFields = new Set(['id', 'type', 'index', 'function', 'custom'])

function readCall(
  call: JsonObject,
  at: string,
  { losses }: Passage,
): { id: string; name: string; arguments: string } {
  losses.removedOthers(call, toolCallFields)
  if (call['type'] === 'custom') {
    const custom = objectAt(call['custom'], `${at}.custom`)
    return {
      id: anthropicToolId(textAt(call['id'], `${at}.id`)),
      name: toolNameAt(custom['name'], `${at}.custom.name`),
      arguments: JSON.stringify({ input: textAt(custom['input'], `${at}.custom.input`) }),
    }
  }
  if (isGiven(call['type']) && call['type'] !== 'function') {
    throw untranslatable(at, 'only calls of functions and custom tools have a counterpart')
  }
  const called = objectAt(call['function'], `${at}.function`)
  return {
    id: anthropicToolId(textAt(call['id'], `${at}.id`)),
    name: toolNameAt(called['name'], `${at}.function.name`),
    arguments: argumentsText(called['arguments']),
  }
}
