import {
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  textIn,
  untranslatable,
} from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { InputReader } from './input-reader.ts'

/** Instructions and input of a Responses request as the messages of a Chat request. */
export function inputToMessages(root: JsonObject, passage: Passage): readonly JsonObject[] {
  const instructions = isGiven(root['instructions']) ? textAt(root['instructions'], 'instructions') : ''
  const history = new InputReader(itemsOf(root['input']), passage).read(instructions)
  const messages = history.messages()
  if (messages.length === 0) throw invalid('input', 'must hold at least one message with content')
  const { name, prefill } = passage.target.dialect
  if (history.lastRole === 'assistant' && prefill === 'refused') {
    throw untranslatable('input', `${name} servers do not go on after a last message of the assistant`)
  }
  return messages
}

export interface InputItem {
  readonly item: JsonObject
  readonly type: string
  readonly path: string
}

/** The items of an input, a string being what the person says. */
export function itemsOf(input: unknown): readonly InputItem[] {
  if (!isGiven(input)) return []
  if (typeof input === 'string') {
    return [{ item: { role: 'user', content: input }, type: 'message', path: 'input' }]
  }
  return listAt(input, 'input').map((value, index) => {
    const path = `input.${index}`
    const item = objectAt(value, path)
    // Both may stand without a type: messages have a role, references do not.
    const type = textIn(item['type']) || ('role' in item ? 'message' : 'item_reference')
    return { item, type, path }
  })
}
