import type { ChatPart } from '../anthropic-to-chat/content.ts'
import { invalid, isGiven, type JsonObject, objectAt, textAt, textIn, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'

/** Content of Responses items as parts of Chat messages. Texts that are empty are left out: they say nothing. */
export function chatParts(content: unknown, path: string, passage: Passage): readonly ChatPart[] {
  if (typeof content === 'string') return textParts(content)
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of parts')
  return content.flatMap((value: unknown, index) => {
    const at = `${path}.${index}`
    return partsOf(objectAt(value, at), at, passage)
  })
}

/** Where Chat has texts only: system text, and what the assistant said. */
export function chatTexts(content: unknown, path: string, passage: Passage): readonly ChatPart[] {
  const parts = chatParts(content, path, passage)
  if (parts.some((part) => part.type !== 'text')) throw untranslatable(path, 'only texts may stand here')
  return parts
}

/** Those of every type; what a reply says of its own text is of no use in a history. */
export const partFields = new Set([
  'type',
  'text',
  'refusal',
  'image_url',
  'detail',
  'file_id',
  'file_url',
  'file_data',
  'filename',
  'prompt_cache_breakpoint',
  'annotations',
  'logprobs',
])

function partsOf(part: JsonObject, at: string, passage: Passage): readonly ChatPart[] {
  passage.losses.removedOthers(part, partFields)
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textParts(textAt(part['text'], `${at}.text`), breakpoint(part, passage))
    case 'refusal':
      return textParts(textAt(part['refusal'], `${at}.refusal`))
    case 'input_image':
      return [imagePart(part, at, passage)]
    case 'input_file':
      return [filePart(part, at, passage)]
    default:
      throw untranslatable(at, `a part of type "${textIn(part['type']).slice(0, 64)}" has no counterpart`)
  }
}

function textParts(text: string, more: JsonObject = {}): readonly ChatPart[] {
  return text === '' ? [] : [{ type: 'text', text, ...more }]
}

/** Both of OpenAI's protocols mark in the same words where a cached prefix ends; others do not know them. */
function breakpoint(part: JsonObject, { target, losses }: Passage): JsonObject {
  const value = part['prompt_cache_breakpoint']
  if (!isGiven(value)) return {}
  const isTaken = target.dialect.promptCache && target.takes?.cacheOptions !== false
  if (isTaken) return { prompt_cache_breakpoint: value }
  losses.removed('prompt_cache_breakpoint')
  return {}
}

function imagePart(part: JsonObject, at: string, passage: Passage): ChatPart {
  if (isGiven(part['file_id'])) throw elsewhere(`${at}.file_id`)
  const url = textAt(part['image_url'], `${at}.image_url`)
  const detail = part['detail']
  const isTold = isGiven(detail) && detail !== 'auto'
  return {
    type: 'image_url',
    image_url: { url, ...(isTold && { detail: textAt(detail, `${at}.detail`) }) },
    ...breakpoint(part, passage),
  }
}

function filePart(part: JsonObject, at: string, passage: Passage): ChatPart {
  const { dialect } = passage.target
  if (!dialect.files) throw untranslatable(at, `${dialect.name} servers take no documents`)
  if (isGiven(part['file_id'])) throw elsewhere(`${at}.file_id`)
  if (isGiven(part['file_url'])) throw untranslatable(`${at}.file_url`, 'the file would have to be fetched')
  const filename = textIn(part['filename']) || 'document.pdf'
  return {
    type: 'file',
    file: { file_data: textAt(part['file_data'], `${at}.file_data`), filename },
    ...breakpoint(part, passage),
  }
}

function elsewhere(path: string): Error {
  return untranslatable(path, 'the file lies where the worker cannot reach it')
}

export interface CallOutput {
  readonly texts: readonly ChatPart[]
  /** What a tool message cannot hold: it goes into the user's message that follows. */
  readonly attachments: readonly ChatPart[]
}

export function callOutput(output: unknown, path: string, id: string, passage: Passage): CallOutput {
  const texts: ChatPart[] = []
  const attachments: ChatPart[] = []
  for (const part of chatParts(output, path, passage)) {
    if (part.type === 'text') {
      texts.push(part)
      continue
    }
    const label = `[attachment ${attachments.length / 2 + 1} of tool result ${id}]`
    texts.push({ type: 'text', text: `${label} follows in the next message` })
    attachments.push({ type: 'text', text: label }, part)
  }
  return { texts, attachments }
}
