import { chatChoice, chatTools } from '../chat-to-responses/tools.ts'
import { flagAt, isGiven, type JsonObject } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { type AnthropicTools, toolsToAnthropic as responsesTools } from '../responses-to-anthropic/tools.ts'

/**
 * The tools of a Chat request, and how to choose among them. Responses has the same tools, with their fields one level
 * higher: they are read from there.
 */
export function toolsToAnthropic(root: JsonObject, passage: Passage): AnthropicTools {
  const parallel = root['parallel_tool_calls']
  if (isGiven(parallel)) flagAt(parallel, 'parallel_tool_calls')
  return responsesTools(
    {
      tools: chatTools(root, passage),
      tool_choice: chatChoice(root),
      parallel_tool_calls: parallel,
    },
    passage,
  )
}
