import { type BlockKind, kindsOf, mediaKind, plainKind } from '../block-kinds.ts'
import { contentStart, countAt, hasElements, memberAt } from '../json-parts.ts'
import { idAt, namesOf, textAt } from '../json-text.ts'
import { lastSaid, leadingSystemText } from '../person-text.ts'
import { reasoningTypes } from '../reasoning-blocks.ts'
import type { RequestReading } from '../request-view.ts'
import { isGiven } from '../shape-reading.ts'
import type { Conversation, Skim } from '../skim.ts'

const conversation: Conversation = {
  key: 'input',
  loose: true,
  // `text` is what some clients still write.
  textTypes: ['input_text', 'text'],
}

const messageKinds: Readonly<Record<string, BlockKind>> = {
  input_text: plainKind,
  output_text: plainKind,
  text: plainKind,
  refusal: plainKind,
  summary_text: plainKind,
  reasoning_text: plainKind,
  input_audio: plainKind,
  input_image: mediaKind,
  input_file: mediaKind,
  computer_screenshot: mediaKind,
}

const itemKinds: Readonly<Record<string, BlockKind>> = {
  message: plainKind,
  reasoning: plainKind,
  function_call: plainKind,
  function_call_output: plainKind,
  custom_tool_call: plainKind,
  custom_tool_call_output: plainKind,
  computer_call: plainKind,
  computer_call_output: plainKind,
  local_shell_call: plainKind,
  local_shell_call_output: plainKind,
  shell_call: plainKind,
  shell_call_output: plainKind,
  apply_patch_call: plainKind,
  apply_patch_call_output: plainKind,
  tool_search_call: plainKind,
  tool_search_output: plainKind,
  additional_tools: plainKind,
  web_search_call: plainKind,
  program: plainKind,
  program_output: plainKind,
  mcp_call: plainKind,
  mcp_list_tools: plainKind,
  image_generation_call: mediaKind,
  file_search_call: { bound: 'file' },
  code_interpreter_call: { bound: 'container' },
  mcp_approval_request: { calls: true },
  mcp_approval_response: { answers: true },
  compaction: { bound: 'compaction' },
  compaction_trigger: { bound: 'compaction' },
  item_reference: { bound: 'state' },
  configuration_update: { setsEffort: true },
}

/** Where the Responses API keeps what a view tells. Items and keys that are not named here pass unseen. */
export const openaiResponsesRequest: RequestReading = {
  wire: 'openai-responses',
  conversation,
  keys: namesOf(
    'model',
    'input',
    'stream',
    'instructions',
    'tools',
    'max_output_tokens',
    'reasoning',
    'prompt_cache_key',
  ),
  tools: ({ body, values }) => hasElements(body, values.get('tools')),
  toolLoopOpen,
  effort: ({ body, values }) => textAt(body, memberAt(body, values.get('reasoning'), effort)),
  maxTokens: ({ body, values }) => countAt(body, values.get('max_output_tokens')),
  session: ({ body, values }) => idAt(body, values.get('prompt_cache_key')),
  systemStart,
  reasoning: reasoningTypes,
  shape: {
    toolType: 'function',
    kinds: kindsOf({ ...messageKinds, ...itemKinds }),
    boundBy(fields, toolTypes) {
      const isAtVendor = ['previous_response_id', 'conversation', 'prompt'].some((key) =>
        isGiven(fields[key]),
      )
      return [
        ...(isAtVendor ? (['state'] as const) : []),
        // Their definitions name containers, files and stores of the account.
        ...(toolTypes.includes('code_interpreter') ? (['container'] as const) : []),
        ...(toolTypes.includes('file_search') ? (['file'] as const) : []),
      ]
    },
  },
}

const effort = namesOf('effort')
const itemType = namesOf('type')

/** The results of all kinds of tools end alike; an approval is an answer to the model as well. */
function toolLoopOpen(skim: Skim): boolean {
  const last = lastSaid(skim)
  if (!last || last.role !== '') return false
  const type = textAt(skim.body, memberAt(skim.body, last.message, itemType))
  return type !== undefined && (type.endsWith('_output') || type === 'mcp_approval_response')
}

/** `instructions` come before what the leading developer items say. */
function systemStart(skim: Skim, charsMax: number): string {
  const { body, values } = skim
  const start = contentStart(body, values.get('instructions'), conversation.textTypes, charsMax)
  const more = leadingSystemText(skim, charsMax - start.length)
  return start === '' || more === '' ? start + more : `${start}\n${more}`.slice(0, charsMax)
}
