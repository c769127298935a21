import { argumentsText } from '../chat-to-anthropic/calls.ts'
import type { Reasoning } from '../anthropic-to-responses/reasoning.ts'
import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'

/** Output items of a response, read leniently. */

/** What is to be read of a message: texts, and the words with which the model declined. */
export function messageText(item: JsonObject): { readonly text: string; readonly refusal: string } {
  let text = ''
  let refusal = ''
  for (const part of listIn(item['content']).map(objectIn)) {
    text += textIn(part['text']) + textIn(part['refusal'])
    refusal += textIn(part['refusal'])
  }
  return { text, refusal }
}

/** The summary, or what the model thought word for word where the server shows that. */
export function reasoningOf(item: JsonObject): Reasoning {
  const texts = (field: string): readonly string[] =>
    listIn(item[field])
      .map((part) => textIn(objectIn(part)['text']))
      .filter((text) => text !== '')
  const summary = texts('summary')
  return {
    id: textIn(item['id']),
    summary: summary.length > 0 ? summary : texts('content'),
    encrypted: textIn(item['encrypted_content']),
  }
}

export interface ItemCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}

/** @returns undefined for an item that calls no tool of the client's. */
export function callOf(item: JsonObject): ItemCall | undefined {
  const id = textIn(item['call_id']) || textIn(item['id'])
  const name = textIn(item['name'])
  if (item['type'] === 'function_call') return { id, name, arguments: argumentsText(item['arguments']) }
  if (item['type'] !== 'custom_tool_call') return undefined
  return { id, name, arguments: JSON.stringify({ input: textIn(item['input']) }) }
}
