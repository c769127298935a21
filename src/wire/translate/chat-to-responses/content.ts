import { partsOf } from '../chat-to-anthropic/content.ts'
import { isGiven, type JsonObject, objectAt, textAt, textIn, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'

/** Content of Chat messages as content of Responses items. A string stays one. */
export function inputContent(content: unknown, path: string, passage: Passage): string | JsonObject[] {
  if (typeof content === 'string') return content
  return partsOf(content, path).map(({ part, at }) => inputPart(part, at, passage))
}

/** What the assistant said: Responses has these parts only in the form that its models give them. */
export function outputContent(content: unknown, path: string, passage: Passage): JsonObject[] {
  return partsOf(content, path).flatMap(({ part, at }) => outputParts(part, at, passage))
}

const partFields = new Set(['type', 'text', 'image_url', 'file', 'prompt_cache_breakpoint'])

function inputPart(part: JsonObject, at: string, passage: Passage): JsonObject {
  passage.losses.removedOthers(part, partFields)
  switch (part['type']) {
    case 'text':
      return { type: 'input_text', text: textAt(part['text'], `${at}.text`), ...breakpoint(part, passage) }
    case 'image_url':
      return { ...imagePart(part, at, passage), ...breakpoint(part, passage) }
    case 'file':
      return { ...filePart(part, at, passage), ...breakpoint(part, passage) }
    default:
      throw untranslatable(at, `a part of type "${textIn(part['type']).slice(0, 64)}" has no counterpart`)
  }
}

/** Both protocols mark in the same words where a cached prefix ends. */
function breakpoint(part: JsonObject, { target, losses }: Passage): JsonObject {
  const value = part['prompt_cache_breakpoint']
  if (!isGiven(value)) return {}
  if (target.takes?.cacheOptions !== false) return { prompt_cache_breakpoint: value }
  losses.removed('prompt_cache_breakpoint')
  return {}
}

const imageFields = new Set(['url', 'detail'])

function imagePart(part: JsonObject, at: string, { losses }: Passage): JsonObject {
  const image = objectAt(part['image_url'], `${at}.image_url`)
  losses.removedOthers(image, imageFields)
  return {
    type: 'input_image',
    image_url: textAt(image['url'], `${at}.image_url.url`),
    // Required here, and this is what Chat takes it for where it is left out.
    detail: image['detail'] ?? 'auto',
  }
}

const fileFields = ['file_data', 'file_id', 'filename']

function filePart(part: JsonObject, at: string, { losses }: Passage): JsonObject {
  const file = objectAt(part['file'], `${at}.file`)
  losses.removedOthers(file, new Set(fileFields))
  const named = fileFields.filter((field) => isGiven(file[field]))
  return {
    type: 'input_file',
    ...Object.fromEntries(named.map((field) => [field, textAt(file[field], `${at}.file.${field}`)])),
  }
}

const textFields = new Set(['type', 'text'])

function outputParts(part: JsonObject, at: string, { losses }: Passage): JsonObject[] {
  switch (part['type']) {
    case 'text': {
      losses.removedOthers(part, textFields)
      const text = textAt(part['text'], `${at}.text`)
      return text === '' ? [] : [{ type: 'output_text', text }]
    }
    case 'refusal':
      return [{ type: 'refusal', refusal: textAt(part['refusal'], `${at}.refusal`) }]
    default:
      throw untranslatable(at, 'only texts may stand in a message of the assistant')
  }
}
