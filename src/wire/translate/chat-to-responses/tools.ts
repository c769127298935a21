import {
  flagAt,
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

/** The fields of a Responses request that say which tools there are and how to choose among them. */
export function toolsToResponses(root: JsonObject, passage: Passage): JsonObject {
  const tools = chatTools(root, passage)
  const choice = choiceOf(root, passage)
  if (tools.length === 0) {
    if (choice !== undefined && choice !== 'auto' && choice !== 'none') {
      throw invalid('tool_choice', 'needs tools')
    }
    return {}
  }
  const parallel = root['parallel_tool_calls']
  return {
    tools,
    ...(choice !== undefined && { tool_choice: choice }),
    ...(isGiven(parallel) && { parallel_tool_calls: flagAt(parallel, 'parallel_tool_calls') }),
  }
}

/** Chat's tools in the form that they have in Responses. */
export function chatTools(root: JsonObject, passage: Passage): readonly JsonObject[] {
  const tools = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  return tools.map((tool, index) => toolOf(objectAt(tool, `tools.${index}`), `tools.${index}`, passage))
}

const toolFields = new Set(['type', 'function', 'custom'])

function toolOf(tool: JsonObject, path: string, passage: Passage): JsonObject {
  passage.losses.removedOthers(tool, toolFields)
  switch (tool['type']) {
    case 'function':
      return functionOf(objectAt(tool['function'], `${path}.function`), `${path}.function`, passage)
    case 'custom':
      return customOf(objectAt(tool['custom'], `${path}.custom`), `${path}.custom`, passage)
    default:
      throw untranslatable(path, 'only tools of type function and custom have a counterpart')
  }
}

const functionFields = new Set(['name', 'description', 'parameters', 'strict'])

function functionOf(described: JsonObject, path: string, { losses }: Passage): JsonObject {
  losses.removedOthers(described, functionFields)
  const parameters = described['parameters']
  return {
    type: 'function',
    ...naming(described, path),
    parameters: isGiven(parameters)
      ? objectAt(parameters, `${path}.parameters`)
      : { type: 'object', properties: {} },
    // Chat takes a schema for free where nothing is said; here that might mean strict.
    strict: isGiven(described['strict']) ? flagAt(described['strict'], `${path}.strict`) : false,
  }
}

const customFields = new Set(['name', 'description', 'format'])

function customOf(described: JsonObject, path: string, { losses }: Passage): JsonObject {
  losses.removedOthers(described, customFields)
  const format = isGiven(described['format']) ? objectAt(described['format'], `${path}.format`) : undefined
  return {
    type: 'custom',
    ...naming(described, path),
    ...(format && { format: formatOf(format, `${path}.format`) }),
  }
}

/** A grammar lies one level deeper in Chat. */
function formatOf(format: JsonObject, path: string): JsonObject {
  if (format['type'] !== 'grammar') return format
  const { definition, syntax } = objectAt(format['grammar'], `${path}.grammar`)
  return { type: 'grammar', definition, syntax }
}

function naming(described: JsonObject, path: string): JsonObject {
  const description = described['description']
  return {
    name: toolNameAt(described['name'], `${path}.name`),
    ...(isGiven(description) && { description: textAt(description, `${path}.description`) }),
  }
}

function choiceOf(root: JsonObject, { target, losses }: Passage): string | JsonObject | undefined {
  const choice = chatChoice(root)
  if (choice === undefined || choice === 'auto' || choice === 'none') return choice
  const isFree = typeof choice !== 'string' && choice['mode'] === 'auto'
  if (isFree || target.takes?.forcedTools !== false) return choice
  losses.add('tool-choice-relaxed')
  // A call can be limited to some tools without being forced.
  return typeof choice !== 'string' && choice['type'] === 'allowed_tools'
    ? { ...choice, mode: 'auto' }
    : 'auto'
}

/** Chat's choice of tools in the form that it has in Responses. */
export function chatChoice({ tool_choice: value }: JsonObject): string | JsonObject | undefined {
  if (!isGiven(value)) return undefined
  if (value === 'auto' || value === 'none' || value === 'required') return value
  if (typeof value === 'string') throw invalid('tool_choice', 'must be auto, none, required or a tool')
  const choice = objectAt(value, 'tool_choice')
  if (choice['type'] !== 'allowed_tools') return namedTool(choice, 'tool_choice')
  const path = 'tool_choice.allowed_tools'
  const allowed = objectAt(choice['allowed_tools'], path)
  const mode = textAt(allowed['mode'], `${path}.mode`)
  if (mode !== 'auto' && mode !== 'required') throw invalid(`${path}.mode`, 'must be auto or required')
  const tools = listAt(allowed['tools'], `${path}.tools`).map((tool, index) =>
    namedTool(objectAt(tool, `${path}.tools.${index}`), `${path}.tools.${index}`),
  )
  return { type: 'allowed_tools', mode, tools }
}

function namedTool(tool: JsonObject, path: string): JsonObject {
  const type = textIn(tool['type'])
  if (type !== 'function' && type !== 'custom') {
    throw untranslatable(path, 'only a function or a custom tool can be chosen by name')
  }
  const described = objectAt(tool[type], `${path}.${type}`)
  return { type, name: toolNameAt(described['name'], `${path}.${type}.name`) }
}
