import { named } from '../anthropic-blocks.ts'
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
import { fitsStrict } from '../strict-schema.ts'
import type { RequestPassage } from './request-passage.ts'
import { searchTool } from './vendor-tools.ts'

/** The fields of a Responses request that say which tools there are and how to choose among them. */
export function toolsToResponses(root: JsonObject, passage: RequestPassage): JsonObject {
  const list = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  const tools = list.flatMap((tool, index) =>
    toolsOf(objectAt(tool, `tools.${index}`), `tools.${index}`, passage),
  )
  const choice = isGiven(root['tool_choice']) ? objectAt(root['tool_choice'], 'tool_choice') : undefined
  if (tools.length === 0) {
    if (choice?.['type'] === 'any' || choice?.['type'] === 'tool') throw invalid('tool_choice', 'needs tools')
    return {}
  }
  const searches = tools.some((tool) => tool['type'] === 'web_search')
  return {
    tools,
    ...(choice && choiceToResponses(choice, searches, passage)),
    ...(searches && { include: ['web_search_call.action.sources'] }),
  }
}

/** One tool, or none where it does nothing that the worker needs. */
function toolsOf(tool: JsonObject, path: string, passage: RequestPassage): readonly JsonObject[] {
  const type = tool['type']
  if (!isGiven(type) || type === 'custom') return [functionOf(tool, path, passage)]
  const { losses, target } = passage
  if (textIn(type).startsWith('tool_search_tool_')) {
    // It finds tools that are not sent at first. Here all of them are.
    losses.removed('tool_search')
    return []
  }
  if (textIn(type).startsWith('web_search_') && target.dialect.webSearch) {
    const search = searchTool(tool)
    losses.removedOthers(tool, search.known)
    return [search.tool]
  }
  throw untranslatable(path, `the worker has no tool of type ${named(type)}`)
}

const toolFields = new Set(['type', 'name', 'description', 'input_schema', 'strict'])

function functionOf(tool: JsonObject, path: string, { losses, names }: RequestPassage): JsonObject {
  losses.removedOthers(tool, toolFields)
  const schema = objectAt(tool['input_schema'], `${path}.input_schema`)
  const strict = tool['strict'] === true && fitsStrict(schema)
  if (tool['strict'] === true && !strict) losses.removed('strict')
  const description = tool['description']
  return {
    type: 'function',
    name: names.sent(tool['name'], `${path}.name`),
    ...(isGiven(description) && { description: textAt(description, `${path}.description`) }),
    // Some servers fail on a schema without these two.
    parameters:
      'type' in schema && 'properties' in schema ? schema : { type: 'object', properties: {}, ...schema },
    // To leave it out may mean strict.
    strict,
  }
}

const choiceFields = new Set(['type', 'name', 'disable_parallel_tool_use'])

function choiceToResponses(choice: JsonObject, searches: boolean, passage: RequestPassage): JsonObject {
  const { target, losses, names } = passage
  losses.removedOthers(choice, choiceFields)
  const disabled = choice['disable_parallel_tool_use']
  const oneAtATime = isGiven(disabled) && flagAt(disabled, 'tool_choice.disable_parallel_tool_use')
  const parallel = oneAtATime ? { parallel_tool_calls: false } : {}
  const type = choice['type']
  if ((type === 'any' || type === 'tool') && target.takes?.forcedTools === false) {
    losses.add('tool-choice-relaxed')
    return { tool_choice: 'auto', ...parallel }
  }
  switch (type) {
    case 'auto':
      return { tool_choice: 'auto', ...parallel }
    case 'any':
      return { tool_choice: 'required', ...parallel }
    case 'none':
      return { tool_choice: 'none' }
    case 'tool': {
      const name = names.sent(choice['name'], 'tool_choice.name')
      const isSearch = searches && name === 'web_search'
      return { tool_choice: isSearch ? { type: 'web_search' } : { type: 'function', name }, ...parallel }
    }
    default:
      throw invalid('tool_choice.type', 'must be auto, any, tool or none')
  }
}
