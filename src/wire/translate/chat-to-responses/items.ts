import { isObject, type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'

/** The output items of a response. Their ids are derived: the same reply always has the same. */
export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** What a message of the assistant consists of. */
export type MessagePart =
  | { readonly type: 'output_text'; readonly text: string; readonly annotations: readonly JsonObject[] }
  | { readonly type: 'refusal'; readonly refusal: string }

export interface ItemCall {
  readonly kind: 'function' | 'custom'
  readonly callId: string
  readonly name: string
  readonly input: string
}

export function itemId(prefix: 'rs' | 'msg' | 'fc' | 'ctc', traceId: string, index: number): string {
  return `${prefix}_${traceId}_${index}`
}

export function callItemId(kind: ItemCall['kind'], traceId: string, index: number): string {
  return itemId(kind === 'custom' ? 'ctc' : 'fc', traceId, index)
}

/** Reasoning as it was thought: not a summary, and not sealed, so that only people can read it again. */
export function reasoningItem(id: string, status: ItemStatus, text: string): JsonObject {
  const content = text === '' ? [] : [{ type: 'reasoning_text', text }]
  return { id, type: 'reasoning', status, summary: [], content, encrypted_content: null }
}

export function messageItem(id: string, status: ItemStatus, parts: readonly MessagePart[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content: parts.map(partOf) }
}

export function partOf(part: MessagePart): JsonObject {
  return part.type === 'output_text' ? { ...part, logprobs: [] } : part
}

export function callItem(id: string, status: ItemStatus, call: ItemCall): JsonObject {
  const { kind, callId, name, input } = call
  return kind === 'custom'
    ? { id, type: 'custom_tool_call', status, call_id: callId, name, input }
    : { id, type: 'function_call', status, call_id: callId, name, arguments: input }
}

/** Models do call without arguments, and an empty text is no JSON. */
export function functionInput(argumentsOfCall: string): string {
  return argumentsOfCall === '' ? '{}' : argumentsOfCall
}

/** The input of a custom tool that went as a function. What does not have the function's form is given as it is. */
export function unwrapped(argumentsOfCall: string): string {
  try {
    const read: unknown = JSON.parse(argumentsOfCall)
    const input = objectIn(read)['input']
    return typeof input === 'string' ? input : argumentsOfCall
  } catch {
    return argumentsOfCall
  }
}

/** Chat's citations, whose fields lie one level deeper. */
export function annotationsOf(value: unknown): readonly JsonObject[] {
  return listIn(value).flatMap((annotation) => {
    const { type, url_citation: citation } = objectIn(annotation)
    return type === 'url_citation' && isObject(citation) ? [{ type, ...citation }] : []
  })
}

const reasoningFields = ['reasoning', 'reasoning_content', 'reasoning_text']

/**
 * The reasoning in a Chat message or a piece of one. Servers have several names for it, and some send it under two of
 * them at once: one is taken.
 */
export function reasoningOf(message: JsonObject): string {
  for (const field of reasoningFields) {
    const text = textIn(message[field])
    if (text !== '') return text
  }
  const details = listIn(message['reasoning_details']).map(objectIn)
  const text = details.map((detail) => textIn(detail['text']) || textIn(detail['summary'])).join('')
  return text === '' ? thinkingParts(message['content']) : text
}

/** Reasoning among the parts of a content that is a list. */
function thinkingParts(content: unknown): string {
  return listIn(content)
    .map(objectIn)
    .filter((part) => part['type'] === 'thinking')
    .map(({ thinking }) =>
      typeof thinking === 'string'
        ? thinking
        : listIn(thinking)
            .map((part) => textIn(objectIn(part)['text']))
            .join(''),
    )
    .join('')
}
