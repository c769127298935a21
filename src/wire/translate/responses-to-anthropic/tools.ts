import { customDescription, inputSchema } from '../responses-to-chat/tools.ts'
import {
  flagAt,
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  objectAt,
  objectIn,
  textAt,
  textIn,
  untranslatable,
} from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { toolNameAt } from '../tool-ids.ts'

export interface AnthropicTools {
  /** The fields of an Anthropic request that say which tools there are and how to choose among them. */
  readonly fields: JsonObject
  /** The names of custom tools, of which calls must come back as calls of custom tools. */
  readonly customTools: ReadonlySet<string>
}

export function toolsToAnthropic(root: JsonObject, passage: Passage): AnthropicTools {
  const given = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  const tools = given.map((tool, index) =>
    toolOf(objectAt(tool, `tools.${index}`), `tools.${index}`, passage),
  )
  const choice = isGiven(root['tool_choice']) ? choiceOf(root['tool_choice'], passage) : undefined
  if (tools.length === 0) {
    if (choice?.type === 'any' || choice?.type === 'tool') throw invalid('tool_choice', 'needs tools')
    return { fields: {}, customTools: new Set() }
  }
  const offered = tools.filter(({ name }) => choice?.only?.has(name) ?? true)
  if (offered.length === 0) throw invalid('tool_choice.tools', 'allows none of the tools')
  return {
    fields: {
      tools: offered.map(({ tool }) => tool),
      ...choiceField(choice, root['parallel_tool_calls']),
    },
    customTools: new Set(tools.filter(({ isCustom }) => isCustom).map(({ name }) => name)),
  }
}

interface OfferedTool {
  readonly name: string
  readonly tool: JsonObject
  readonly isCustom: boolean
}

function toolOf(tool: JsonObject, path: string, passage: Passage): OfferedTool {
  const type = textIn(tool['type'])
  switch (type) {
    case 'function':
      return functionOf(tool, path, passage)
    case 'custom':
      return customOf(tool, path, passage)
    case 'web_search':
    case 'web_search_2025_08_26':
    case 'web_search_preview':
      return searchOf(tool, passage)
    default:
      throw untranslatable(path, `the worker has no tool of type "${type.slice(0, 64)}"`)
  }
}

const functionFields = new Set(['type', 'name', 'description', 'parameters', 'strict'])

function functionOf(tool: JsonObject, path: string, { losses }: Passage): OfferedTool {
  losses.removedOthers(tool, functionFields)
  // What is strict to one vendor is not to the other: each takes another subset of JSON Schema.
  if (tool['strict'] === true) losses.removed('strict')
  const name = toolNameAt(tool['name'], `${path}.name`)
  const schema = isGiven(tool['parameters']) ? objectAt(tool['parameters'], `${path}.parameters`) : {}
  const description = tool['description']
  const described = {
    name,
    ...(isGiven(description) && { description: textAt(description, `${path}.description`) }),
    input_schema: schema['type'] === 'object' ? schema : { ...schema, type: 'object' },
  }
  return { name, tool: described, isCustom: false }
}

const customFields = new Set(['type', 'name', 'description', 'format'])

function customOf(tool: JsonObject, path: string, passage: Passage): OfferedTool {
  passage.losses.removedOthers(tool, customFields)
  const name = toolNameAt(tool['name'], `${path}.name`)
  const description = customDescription(tool, path, passage)
  const described = { name, ...(description !== '' && { description }), input_schema: inputSchema }
  return { name, tool: described, isCustom: true }
}

const SEARCH = 'web_search'
const searchFields = new Set(['type', 'filters', 'user_location'])
const filterFields = new Set(['allowed_domains'])

/** The vendor's own search in place of the other's; what it finds stays with it. */
function searchOf(tool: JsonObject, { losses }: Passage): OfferedTool {
  losses.removedOthers(tool, searchFields)
  const filters = objectIn(tool['filters'])
  losses.removedOthers(filters, filterFields)
  const domains = filters['allowed_domains']
  const location = tool['user_location']
  const search = {
    type: 'web_search_20250305',
    name: SEARCH,
    ...(isGiven(domains) && { allowed_domains: listAt(domains, 'tools.filters.allowed_domains') }),
    ...(isGiven(location) && { user_location: objectAt(location, 'tools.user_location') }),
  }
  return { name: SEARCH, tool: search, isCustom: false }
}

interface Choice {
  readonly type: 'auto' | 'any' | 'none' | 'tool'
  readonly name?: string
  /** The names of the tools to offer, because the model cannot be told to choose among some of them. */
  readonly only?: ReadonlySet<string>
}

function choiceField(choice: Choice | undefined, parallel: unknown): JsonObject {
  const oneAtATime = isGiven(parallel) && !flagAt(parallel, 'parallel_tool_calls')
  if (!choice && !oneAtATime) return {}
  const { type, name } = choice ?? { type: 'auto' }
  return {
    tool_choice: {
      type,
      ...(name !== undefined && { name }),
      ...(oneAtATime && type !== 'none' && { disable_parallel_tool_use: true }),
    },
  }
}

function choiceOf(value: unknown, { target, losses }: Passage): Choice {
  const choice = readChoice(value)
  const isForced = choice.type === 'any' || choice.type === 'tool'
  if (!isForced || target.takes?.forcedTools !== false) return choice
  losses.add('tool-choice-relaxed')
  return { type: 'auto', ...(choice.only && { only: choice.only }) }
}

function readChoice(value: unknown): Choice {
  switch (value) {
    case 'auto':
    case 'none':
      return { type: value }
    case 'required':
      return { type: 'any' }
    default:
  }
  if (typeof value === 'string') throw invalid('tool_choice', 'must be auto, none, required or a tool')
  const choice = objectAt(value, 'tool_choice')
  if (choice['type'] !== 'allowed_tools') return { type: 'tool', name: namedTool(choice, 'tool_choice') }
  const { mode } = choice
  if (mode !== 'auto' && mode !== 'required') throw invalid('tool_choice.mode', 'must be auto or required')
  const names = listAt(choice['tools'], 'tool_choice.tools').map((tool, index) =>
    namedTool(objectAt(tool, `tool_choice.tools.${index}`), `tool_choice.tools.${index}`),
  )
  return { type: mode === 'auto' ? 'auto' : 'any', only: new Set(names) }
}

function namedTool(tool: JsonObject, path: string): string {
  const type = textIn(tool['type'])
  if (type.startsWith(SEARCH)) return SEARCH
  if (type === 'function' || type === 'custom') return toolNameAt(tool['name'], `${path}.name`)
  throw untranslatable(path, `the worker has no tool of type "${type.slice(0, 64)}" to choose`)
}
