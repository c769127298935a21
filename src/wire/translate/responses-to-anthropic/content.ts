import { type Block, imageOf, marked, pdfOf, textBlocks } from '../chat-to-anthropic/content.ts'
import { invalid, isGiven, type JsonObject, objectAt, textAt, textIn, untranslatable } from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { partFields } from '../responses-to-chat/content.ts'

/** Parts of Responses items as Anthropic's blocks. Texts of nothing but white space are left out: they are refused. */
export function blocksOfContent(content: unknown, path: string, passage: Passage): readonly Block[] {
  if (typeof content === 'string') return textBlocks(content)
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of parts')
  return content.flatMap((value: unknown, index) => {
    const at = `${path}.${index}`
    const part = objectAt(value, at)
    return marked(partBlocks(part, at, passage), part)
  })
}

/** Where only texts may stand: system text, and what the assistant said. */
export function textsOfContent(content: unknown, path: string, passage: Passage): readonly Block[] {
  const blocks = blocksOfContent(content, path, passage)
  if (blocks.some(({ type }) => type !== 'text')) throw untranslatable(path, 'only texts may stand here')
  return blocks
}

function partBlocks(part: JsonObject, at: string, passage: Passage): readonly Block[] {
  passage.losses.removedOthers(part, partFields)
  switch (part['type']) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return textBlocks(textAt(part['text'], `${at}.text`))
    case 'refusal':
      return textBlocks(textAt(part['refusal'], `${at}.refusal`))
    case 'input_image':
      return [imageBlock(part, at, passage)]
    case 'input_file':
      return [fileBlock(part, at, passage)]
    default:
      throw untranslatable(at, `a part of type "${textIn(part['type']).slice(0, 64)}" has no counterpart`)
  }
}

function imageBlock(part: JsonObject, at: string, { losses }: Passage): Block {
  if (isGiven(part['file_id'])) throw elsewhere(`${at}.file_id`)
  const detail = part['detail']
  if (isGiven(detail) && detail !== 'auto') losses.removed('detail')
  const path = `${at}.image_url`
  return imageOf(textAt(part['image_url'], path), path)
}

/** The name that a file gets where it has none says nothing. */
const NAMELESS = 'document.pdf'

function fileBlock(part: JsonObject, at: string, { losses }: Passage): Block {
  if (isGiven(part['file_id'])) throw elsewhere(`${at}.file_id`)
  const detail = part['detail']
  if (isGiven(detail) && detail !== 'auto') losses.removed('detail')
  const title = textIn(part['filename'])
  const titled = title === '' || title === NAMELESS ? {} : { title }
  if (isGiven(part['file_url'])) {
    const url = textAt(part['file_url'], `${at}.file_url`)
    return { type: 'document', source: { type: 'url', url }, ...titled }
  }
  const path = `${at}.file_data`
  return { type: 'document', source: pdfOf(textAt(part['file_data'], path), path), ...titled }
}

function elsewhere(path: string): Error {
  return untranslatable(path, 'the file lies where the worker cannot reach it; send its data or a URL')
}
