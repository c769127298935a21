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

const textFields = new Set(['type', 'text'])

export function textPartBlocks(part: JsonObject, at: string, { losses }: Passage): readonly Block[] {
  losses.removedOthers(part, textFields)
  return textBlocks(textAt(part['text'], `${at}.text`))
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
      return [imageBlock(part, at, passage)]
    case 'file':
      return [fileBlock(part, at, passage)]
    default:
      throw untranslatable(at, `a part of type "${textIn(part['type']).slice(0, 64)}" has no counterpart`)
  }
}

const imagePartFields = new Set(['type', 'image_url'])
const imageFields = new Set(['url', 'detail'])
const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

function imageBlock(part: JsonObject, at: string, { losses }: Passage): Block {
  losses.removedOthers(part, imagePartFields)
  const image = objectAt(part['image_url'], `${at}.image_url`)
  losses.removedOthers(image, imageFields)
  if (isGiven(image['detail']) && image['detail'] !== 'auto') losses.removed('detail')
  const path = `${at}.image_url.url`
  const url = textAt(image['url'], path)
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } }
  const { mediaType, data } = readDataUrl(url, path)
  if (!imageTypes.includes(mediaType)) throw untranslatable(path, `must be one of ${imageTypes.join(', ')}`)
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } }
}

const filePartFields = new Set(['type', 'file'])
const fileFields = new Set(['file_data', 'filename'])

function fileBlock(part: JsonObject, at: string, { losses }: Passage): Block {
  losses.removedOthers(part, filePartFields)
  const file = objectAt(part['file'], `${at}.file`)
  if (isGiven(file['file_id'])) {
    throw untranslatable(`${at}.file.file_id`, 'the file lies where the worker cannot reach it')
  }
  losses.removedOthers(file, fileFields)
  const path = `${at}.file.file_data`
  const { mediaType, data } = readDataUrl(textAt(file['file_data'], path), path)
  if (mediaType !== 'application/pdf') throw untranslatable(path, 'must be a PDF')
  return {
    type: 'document',
    source: { type: 'base64', media_type: mediaType, data },
    ...(isGiven(file['filename']) && { title: textAt(file['filename'], `${at}.file.filename`) }),
  }
}

const MEDIA_TYPE_LENGTH_MAX = 200

/** `data:TYPE;base64,DATA`; only the head is searched, for the data can be megabytes. */
function readDataUrl(url: string, path: string): { readonly mediaType: string; readonly data: string } {
  const head = /^data:([^;,]+)(?:;[^;,]*)*;base64,/i.exec(url.slice(0, MEDIA_TYPE_LENGTH_MAX))
  const mediaType = head?.[1]
  if (!head || mediaType === undefined) throw invalid(path, 'must be an http(s) URL or a base64 data URL')
  return { mediaType: mediaType.toLowerCase(), data: url.slice(head[0].length) }
}
