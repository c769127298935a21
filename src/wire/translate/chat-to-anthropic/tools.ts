import {
  flagAt,
  invalid,
  isGiven,
  isObject,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  untranslatable,
} from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { toolNameAt } from '../tool-ids.ts'

/** The fields of an Anthropic request that say which tools there are and how to choose among them. */
export function toolsToAnthropic(root: JsonObject, passage: Passage): JsonObject {
  const tools = isGiven(root['tools']) ? listAt(root['tools'], 'tools') : []
  const choice = isGiven(root['tool_choice']) ? choiceOf(root['tool_choice'], passage) : undefined
  const parallel = root['parallel_tool_calls']
  const oneAtATime = isGiven(parallel) && !flagAt(parallel, 'parallel_tool_calls')
  if (tools.length === 0) {
    if (choice?.type === 'any' || choice?.type === 'tool') throw invalid('tool_choice', 'needs tools')
    return {}
  }
  const whole = oneAtATime ? withOneCall(choice ?? { type: 'auto' }) : choice
  return {
    tools: tools.map((tool, index) => toolOf(objectAt(tool, `tools.${index}`), `tools.${index}`, passage)),
    ...(whole && { tool_choice: whole }),
  }
}

const toolFields = new Set(['type', 'function'])
const functionFields = new Set(['name', 'description', 'parameters', 'strict'])

function toolOf(tool: JsonObject, path: string, { losses }: Passage): JsonObject {
  if (tool['type'] !== 'function')
    throw untranslatable(path, 'only tools of type function have a counterpart')
  losses.removedOthers(tool, toolFields)
  const described = objectAt(tool['function'], `${path}.function`)
  losses.removedOthers(described, functionFields)
  const schema = isGiven(described['parameters'])
    ? objectAt(described['parameters'], `${path}.function.parameters`)
    : {}
  const description = described['description']
  // What is strict to one vendor is not to the other: each takes another subset of JSON Schema.
  if (described['strict'] === true) losses.removed('strict')
  return {
    name: toolNameAt(described['name'], `${path}.function.name`),
    ...(isGiven(description) && { description: textAt(description, `${path}.function.description`) }),
    input_schema: schema['type'] === 'object' ? schema : { ...schema, type: 'object' },
  }
}

type Choice = JsonObject & { readonly type: 'auto' | 'any' | 'none' | 'tool' }

function choiceOf(value: unknown, { target, losses }: Passage): Choice {
  const choice = readChoice(value)
  const isForced = choice.type === 'any' || choice.type === 'tool'
  if (!isForced || target.takes?.forcedTools !== false) return choice
  losses.add('tool-choice-relaxed')
  return { type: 'auto' }
}

function readChoice(value: unknown): Choice {
  switch (value) {
    case 'auto':
      return { type: 'auto' }
    case 'none':
      return { type: 'none' }
    case 'required':
      return { type: 'any' }
    default:
  }
  if (!isObject(value)) throw invalid('tool_choice', 'must be auto, none, required or a function')
  if (value['type'] !== 'function')
    throw untranslatable('tool_choice', 'only a function can be chosen by name')
  const { name } = readFunction(value['function'])
  return { type: 'tool', name }
}

function readFunction(value: unknown): { readonly name: string } {
  const path = 'tool_choice.function'
  return { name: toolNameAt(objectAt(value, path)['name'], `${path}.name`) }
}

function withOneCall(choice: Choice): Choice {
  return choice.type === 'none' ? choice : { ...choice, disable_parallel_tool_use: true }
}
