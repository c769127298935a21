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
import { checkToolCount } from '../limits.ts'
import type { Passage } from '../passage.ts'
import { toolNameAt } from '../tool-ids.ts'
import { choiceToChat } from './tool-choice.ts'

export interface ChatTools {
  /** The fields of a Chat request that say which tools there are and how to choose among them. */
  readonly fields: JsonObject
  /** The names of custom tools that go as functions: calls of them must come back as calls of custom tools. */
  readonly customTools: ReadonlySet<string>
}

export function toolsToChat(root: JsonObject, passage: Passage): ChatTools {
  const given = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  const tools = given.map((tool, index) =>
    toolOf(objectAt(tool, `tools.${index}`), `tools.${index}`, passage),
  )
  const choice = choiceToChat(root['tool_choice'], passage)
  if (tools.length === 0) {
    if (choice && choice.field !== 'auto' && choice.field !== 'none')
      throw invalid('tool_choice', 'needs tools')
    return { fields: {}, customTools: new Set() }
  }
  const offered = tools.filter(({ name }) => choice?.only?.has(name) ?? true)
  if (offered.length === 0) throw invalid('tool_choice.tools', 'allows none of the tools')
  checkToolCount(offered, passage)
  const parallel = root['parallel_tool_calls']
  return {
    fields: {
      tools: offered.map(({ tool }) => tool),
      ...(choice && { tool_choice: choice.field }),
      ...(isGiven(parallel) && { parallel_tool_calls: flagAt(parallel, 'parallel_tool_calls') }),
    },
    customTools: new Set(tools.filter(({ isWrapped }) => isWrapped).map(({ name }) => name)),
  }
}

interface OfferedTool {
  readonly name: string
  readonly tool: JsonObject
  /** A custom tool that goes as a function. */
  readonly isWrapped: boolean
}

function toolOf(tool: JsonObject, path: string, passage: Passage): OfferedTool {
  switch (tool['type']) {
    case 'function':
      return functionOf(tool, path, passage)
    case 'custom':
      return passage.target.dialect.customTools
        ? customOf(tool, path, passage)
        : wrappedOf(tool, path, passage)
    default:
      throw untranslatable(path, `the worker has no tool of type "${textIn(tool['type']).slice(0, 64)}"`)
  }
}

const functionFields = new Set(['type', 'name', 'description', 'parameters', 'strict'])

function functionOf(tool: JsonObject, path: string, { losses }: Passage): OfferedTool {
  losses.removedOthers(tool, functionFields)
  const name = toolNameAt(tool['name'], `${path}.name`)
  const schema = isGiven(tool['parameters']) ? objectAt(tool['parameters'], `${path}.parameters`) : {}
  const described = {
    name,
    ...descriptionOf(tool, path),
    // Some servers fail on a schema without these two.
    parameters:
      'type' in schema && 'properties' in schema ? schema : { type: 'object', properties: {}, ...schema },
    ...(tool['strict'] === true && { strict: true }),
  }
  return { name, tool: { type: 'function', function: described }, isWrapped: false }
}

const customFields = new Set(['type', 'name', 'description', 'format'])

function customOf(tool: JsonObject, path: string, { losses }: Passage): OfferedTool {
  losses.removedOthers(tool, customFields)
  const name = toolNameAt(tool['name'], `${path}.name`)
  const format = isGiven(tool['format']) ? objectAt(tool['format'], `${path}.format`) : undefined
  const { type, ...grammar } = format ?? {}
  // A grammar lies one level deeper in Chat.
  const nested = type === 'grammar' ? { type, grammar } : format
  const custom = { name, ...descriptionOf(tool, path), ...(nested && { format: nested }) }
  return { name, tool: { type: 'custom', custom }, isWrapped: false }
}

/** What a custom tool takes where it is a function. */
export const inputSchema = {
  type: 'object',
  properties: { input: { type: 'string' } },
  required: ['input'],
  additionalProperties: false,
}

function wrappedOf(tool: JsonObject, path: string, passage: Passage): OfferedTool {
  passage.losses.removedOthers(tool, customFields)
  const name = toolNameAt(tool['name'], `${path}.name`)
  const description = customDescription(tool, path, passage)
  const described = { name, ...(description !== '' && { description }), parameters: inputSchema }
  return { name, tool: { type: 'function', function: described }, isWrapped: true }
}

/**
 * The description of a custom tool that goes as a function. A grammar is told to the model, and nothing makes it keep
 * to that.
 */
export function customDescription(tool: JsonObject, path: string, { losses }: Passage): string {
  const format = isGiven(tool['format']) ? objectAt(tool['format'], `${path}.format`) : {}
  const told = textIn(descriptionOf(tool, path)['description'])
  if (format['type'] !== 'grammar') return told
  losses.removed('format')
  const syntax = textAt(format['syntax'], `${path}.format.syntax`)
  const grammar = `The input must match this ${syntax} grammar:\n${textAt(format['definition'], `${path}.format.definition`)}`
  return told === '' ? grammar : `${told}\n\n${grammar}`
}

function descriptionOf(tool: JsonObject, path: string): JsonObject {
  const description = tool['description']
  return isGiven(description) ? { description: textAt(description, `${path}.description`) } : {}
}
