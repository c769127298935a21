import {
  flagAt,
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  untranslatable,
} from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { toolNameAt } from '../tool-ids.ts'
import { fitsStrict } from '../strict-schema.ts'
import { named } from './content.ts'

/** The fields of a Chat request that say which tools there are and how to choose among them. */
export function toolsToChat(root: JsonObject, passage: Passage): JsonObject {
  const tools = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  const choice = isGiven(root['tool_choice']) ? objectAt(root['tool_choice'], 'tool_choice') : undefined
  if (tools.length === 0) {
    if (choice?.['type'] === 'any' || choice?.['type'] === 'tool') throw invalid('tool_choice', 'needs tools')
    return {}
  }
  return {
    tools: tools.map((tool, index) =>
      toolToChat(objectAt(tool, `tools.${index}`), `tools.${index}`, passage),
    ),
    ...(choice && choiceToChat(choice, passage)),
  }
}

const toolFields = new Set(['type', 'name', 'description', 'input_schema', 'strict'])

function toolToChat(tool: JsonObject, path: string, { losses }: Passage): JsonObject {
  const type = tool['type']
  if (isGiven(type) && type !== 'custom') {
    throw untranslatable(path, `the worker has no tool of type ${named(type)}`)
  }
  losses.removedOthers(tool, toolFields)
  const name = toolNameAt(tool['name'], `${path}.name`)
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

function choiceToChat(choice: JsonObject, { target, losses }: Passage): JsonObject {
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
      const name = toolNameAt(choice['name'], 'tool_choice.name')
      return { tool_choice: { type: 'function', function: { name } }, ...parallel }
    }
    default:
      throw invalid('tool_choice.type', 'must be auto, any, tool or none')
  }
}
