import { invalid, isGiven, type JsonObject, objectAt, textAt, textIn, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'

/** Parts of Chat messages as Anthropic's blocks. Texts of nothing but white space are left out: they are refused. */
export type Block = JsonObject

export function partsOf(content: unknown, path: string): readonly { part: JsonObject; at: string }[] {
  if (!isGiven(content)) return []
  if (typeof content === 'string') return [{ part: { type: 'text', text: content }, at: path }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of parts')
  return content.map((value: unknown, index) => {
    const at = `${path}.${index}`
    return { part: objectAt(value, at), at }
  })
}

export function textBlocks(text: string): readonly Block[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

const textFields = new Set(['type', 'text', 'prompt_cache_breakpoint'])

export function textPartBlocks(part: JsonObject, at: string, { losses }: Passage): readonly Block[] {
  losses.removedOthers(part, textFields)
  return marked(textBlocks(textAt(part['text'], `${at}.text`)), part)
}

/** A cached prefix ends where it ended; its life is the usual one. */
export function marked(blocks: readonly Block[], part: JsonObject): readonly Block[] {
  if (!isGiven(part['prompt_cache_breakpoint'])) return blocks
  return blocks.map((block) => ({ ...block, cache_control: { type: 'ephemeral' } }))
}

/** System, developer and tool messages hold texts only. */
export function textsOf(content: unknown, path: string, passage: Passage): readonly Block[] {
  return partsOf(content, path).flatMap(({ part, at }) => {
    if (part['type'] !== 'text') throw untranslatable(at, 'only texts may stand here')
    return textPartBlocks(part, at, passage)
  })
}

export function userBlocks(part: JsonObject, at: string, passage: Passage): readonly Block[] {
  switch (part['type']) {
    case 'text':
      return textPartBlocks(part, at, passage)
    case 'image_url':
      return marked([imageBlock(part, at, passage)], part)
    case 'file':
      return marked([fileBlock(part, at, passage)], part)
    default:
      throw untranslatable(at, `a part of type "${textIn(part['type']).slice(0, 64)}" has no counterpart`)
  }
}

const imagePartFields = new Set(['type', 'image_url', 'prompt_cache_breakpoint'])
const imageFields = new Set(['url', 'detail'])
const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

function imageBlock(part: JsonObject, at: string, { losses }: Passage): Block {
  losses.removedOthers(part, imagePartFields)
  const image = objectAt(part['image_url'], `${at}.image_url`)
  losses.removedOthers(image, imageFields)
  if (isGiven(image['detail']) && image['detail'] !== 'auto') losses.removed('detail')
  const path = `${at}.image_url.url`
  return imageOf(textAt(image['url'], path), path)
}

/** @param url of the web, or with the data in it. */
export function imageOf(url: string, path: string): Block {
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } }
  const { mediaType, data } = readDataUrl(url, path)
  if (!imageTypes.includes(mediaType)) throw untranslatable(path, `must be one of ${imageTypes.join(', ')}`)
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } }
}

const filePartFields = new Set(['type', 'file', 'prompt_cache_breakpoint'])
const fileFields = new Set(['file_data', 'filename'])

function fileBlock(part: JsonObject, at: string, { losses }: Passage): Block {
  losses.removedOthers(part, filePartFields)
  const file = objectAt(part['file'], `${at}.file`)
  if (isGiven(file['file_id'])) {
    throw untranslatable(`${at}.file.file_id`, 'the file lies where the worker cannot reach it')
  }
  losses.removedOthers(file, fileFields)
  const path = `${at}.file.file_data`
  return {
    type: 'document',
    source: pdfOf(textAt(file['file_data'], path), path),
    ...(isGiven(file['filename']) && { title: textAt(file['filename'], `${at}.file.filename`) }),
  }
}

/** The source of a document whose data lies in a URL. */
export function pdfOf(url: string, path: string): JsonObject {
  const { mediaType, data } = readDataUrl(url, path)
  if (mediaType !== 'application/pdf') throw untranslatable(path, 'must be a PDF')
  return { type: 'base64', media_type: mediaType, data }
}

const MEDIA_TYPE_LENGTH_MAX = 200

/** `data:TYPE;base64,DATA`; only the head is searched, for the data can be megabytes. */
function readDataUrl(url: string, path: string): { readonly mediaType: string; readonly data: string } {
  const head = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i.exec(url.slice(0, MEDIA_TYPE_LENGTH_MAX))
  const mediaType = head?.[1]
  if (!head || mediaType === undefined) throw invalid(path, 'must be an http(s) URL or a base64 data URL')
  return { mediaType: mediaType.toLowerCase(), data: url.slice(head[0].length) }
}
