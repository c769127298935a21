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
import { checkToolCount } from '../limits.ts'
import type { NamedPassage } from '../named-passage.ts'
import { fitsStrict } from '../strict-schema.ts'

/** The fields of a Chat request that say which tools there are and how to choose among them. */
export function toolsToChat(root: JsonObject, passage: NamedPassage): JsonObject {
  const list = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  const tools = list.flatMap((tool, index) =>
    toolsOf(objectAt(tool, `tools.${index}`), `tools.${index}`, passage),
  )
  checkToolCount(tools, passage)
  const choice = isGiven(root['tool_choice']) ? objectAt(root['tool_choice'], 'tool_choice') : undefined
  if (tools.length === 0) {
    if (choice?.['type'] === 'any' || choice?.['type'] === 'tool') throw invalid('tool_choice', 'needs tools')
    return {}
  }
  return {
    tools,
    ...(choice && choiceToChat(choice, passage)),
  }
}

const toolFields = new Set(['type', 'name', 'description', 'input_schema', 'strict'])

/** One tool, or none where it does nothing that the worker needs. */
function toolsOf(tool: JsonObject, path: string, passage: NamedPassage): readonly JsonObject[] {
  const type = tool['type']
  if (!isGiven(type) || type === 'custom') return [functionOf(tool, path, passage)]
  if (!textIn(type).startsWith('tool_search_tool_')) {
    throw untranslatable(path, `the worker has no tool of type ${named(type)}`)
  }
  // It finds tools that are not sent at first. Here all of them are.
  passage.losses.removed('tool_search')
  return []
}

function functionOf(tool: JsonObject, path: string, { losses, names }: NamedPassage): JsonObject {
  losses.removedOthers(tool, toolFields)
  const name = names.sent(tool['name'], `${path}.name`)
  const schema = objectAt(tool['input_schema'], `${path}.input_schema`)
  const strict = tool['strict'] === true && fitsStrict(schema)
  if (tool['strict'] === true && !strict) losses.removed('strict')
  return {
    type: 'function',
    function: {
      name,
      ...(isGiven(tool['description']) && {
        description: textAt(tool['description'], `${path}.description`),
      }),
      // Some servers fail on a schema without these two.
      parameters:
        'type' in schema && 'properties' in schema ? schema : { type: 'object', properties: {}, ...schema },
      ...(strict && { strict }),
    },
  }
}

const choiceFields = new Set(['type', 'name', 'disable_parallel_tool_use'])

function choiceToChat(choice: JsonObject, { target, losses, names }: NamedPassage): JsonObject {
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
      return { tool_choice: { type: 'function', function: { name } }, ...parallel }
    }
    default:
      throw invalid('tool_choice.type', 'must be auto, any, tool or none')
  }
}
