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
import { toolNameAt } from '../tool-ids.ts'

export interface ChatChoice {
  readonly field: string | JsonObject
  /** The names of the tools to offer, where the server cannot be told to choose among some of them. */
  readonly only?: ReadonlySet<string>
}

export function choiceToChat(value: unknown, passage: Passage): ChatChoice | undefined {
  if (!isGiven(value)) return undefined
  if (value === 'auto' || value === 'none') return { field: value }
  const isRelaxed = passage.target.takes?.forcedTools === false
  if (value === 'required') return isRelaxed ? relaxed(passage) : { field: value }
  if (typeof value === 'string') throw invalid('tool_choice', 'must be auto, none, required or a tool')
  const choice = objectAt(value, 'tool_choice')
  if (choice['type'] === 'allowed_tools') return allowedTools(choice, passage)
  const field = namedTool(choice, 'tool_choice', passage)
  return isRelaxed ? relaxed(passage) : { field }
}

function relaxed({ losses }: Passage): ChatChoice {
  losses.add('tool-choice-relaxed')
  return { field: 'auto' }
}

function allowedTools(choice: JsonObject, passage: Passage): ChatChoice {
  const asked = textAt(choice['mode'], 'tool_choice.mode')
  if (asked !== 'auto' && asked !== 'required') throw invalid('tool_choice.mode', 'must be auto or required')
  const isRelaxed = asked === 'required' && passage.target.takes?.forcedTools === false
  const mode = isRelaxed ? relaxed(passage).field : asked
  const list = listAt(choice['tools'], 'tool_choice.tools').map((value, index) => {
    const path = `tool_choice.tools.${index}`
    const tool = objectAt(value, path)
    return { name: textIn(tool['name']), asChat: namedTool(tool, path, passage) }
  })
  if (!passage.target.dialect.customTools) {
    return { field: mode, only: new Set(list.map(({ name }) => name)) }
  }
  const tools = list.map(({ asChat }) => asChat)
  return { field: { type: 'allowed_tools', allowed_tools: { mode, tools } } }
}

function namedTool(tool: JsonObject, path: string, { target }: Passage): JsonObject {
  const type = textIn(tool['type'])
  if (type !== 'function' && type !== 'custom') {
    throw untranslatable(path, `the worker has no tool of type "${type.slice(0, 64)}" to choose`)
  }
  const name = toolNameAt(tool['name'], `${path}.name`)
  return type === 'custom' && target.dialect.customTools
    ? { type, custom: { name } }
    : { type: 'function', function: { name } }
}
