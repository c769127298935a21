import { argumentsText } from '../chat-to-anthropic/calls.ts'
import { isGiven, type JsonObject, textAt, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { chatToolId, toolNameAt } from '../tool-ids.ts'

/** A call in Chat's history. */
export type ChatToolCall =
  | {
      readonly id: string
      readonly type: 'function'
      readonly function: { readonly name: string; readonly arguments: string }
    }
  | {
      readonly id: string
      readonly type: 'custom'
      readonly custom: { readonly name: string; readonly input: string }
    }

export const callFields = new Set([
  'type',
  'id',
  'status',
  'call_id',
  'name',
  'arguments',
  'input',
  'namespace',
])

export function callItem(
  item: JsonObject,
  type: 'function_call' | 'custom_tool_call',
  path: string,
  { target, losses }: Passage,
): ChatToolCall {
  losses.removedOthers(item, callFields)
  if (isGiven(item['namespace'])) throw untranslatable(`${path}.namespace`, 'the worker has no namespaces')
  const id = chatToolId(textAt(item['call_id'], `${path}.call_id`), target.dialect)
  const name = toolNameAt(item['name'], `${path}.name`)
  if (type === 'function_call') {
    return { id, type: 'function', function: { name, arguments: argumentsText(item['arguments']) || '{}' } }
  }
  const input = textAt(item['input'], `${path}.input`)
  // Elsewhere than at OpenAI each custom tool is a function with one argument, `input`.
  return target.dialect.customTools
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: JSON.stringify({ input }) } }
}
