import { blocksOf, headingOf, named, searchResultText, toolReferenceText } from '../anthropic-blocks.ts'
import { isGiven, type JsonObject, objectAt, textAt, textIn, untranslatable } from '../json-tree.ts'
import type { RequestPassage } from '../anthropic-to-responses/request-passage.ts'
import { chatToolId } from '../tool-ids.ts'

/** Anthropic's content blocks as parts of Chat messages. Texts that are empty are left out: they say nothing. */
export type ChatPart =
  | TextPart
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly file_data: string; readonly filename: string } }

export type TextPart = { readonly type: 'text'; readonly text: string }

/** A text that an assistant or the operator said. */
export function textPart(block: JsonObject, at: string, passage: RequestPassage): readonly ChatPart[] {
  const parts = plainText(block, at, passage)
  passage.breakpoints.mark(parts, block['cache_control'])
  return parts
}

const textFields = new Set(['type', 'text', 'cache_control'])

function plainText(block: JsonObject, at: string, { losses }: RequestPassage): readonly ChatPart[] {
  losses.removedOthers(block, textFields)
  const text = textAt(block['text'], `${at}.text`)
  return text === '' ? [] : [{ type: 'text', text }]
}

/** What a user's message, or a tool's result, may hold besides results themselves. */
export function contentParts(block: JsonObject, at: string, passage: RequestPassage): readonly ChatPart[] {
  const parts = partsOf(block, at, passage)
  passage.breakpoints.mark(parts, block['cache_control'])
  return parts
}

function partsOf(block: JsonObject, at: string, passage: RequestPassage): readonly ChatPart[] {
  switch (block['type']) {
    case 'text':
      return plainText(block, at, passage)
    case 'image':
      return [imagePart(block, at, passage)]
    case 'document':
      return documentParts(block, at, passage)
    case 'search_result':
      return [{ type: 'text', text: searchResultText({ ...block, cache_control: undefined }, at, passage) }]
    case 'tool_reference':
      return [{ type: 'text', text: toolReferenceText(block, at) }]
    default:
      throw untranslatable(at, `a block of type ${named(block['type'])} has no counterpart`)
  }
}

/** Texts only: system prompts and the messages of role system. */
export function systemParts(content: unknown, path: string, passage: RequestPassage): readonly ChatPart[] {
  return blocksOf(content, path).flatMap(({ block, at }) => {
    if (block['type'] !== 'text')
      throw untranslatable(at, `a block of type ${named(block['type'])} in system text`)
    return textPart(block, at, passage)
  })
}

const imageFields = new Set(['type', 'source', 'cache_control'])

function imagePart(block: JsonObject, at: string, { losses }: RequestPassage): ChatPart {
  losses.removedOthers(block, imageFields)
  const source = objectAt(block['source'], `${at}.source`)
  switch (source['type']) {
    case 'base64': {
      const mediaType = textAt(source['media_type'], `${at}.source.media_type`)
      const data = textAt(source['data'], `${at}.source.data`)
      return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } }
    }
    case 'url':
      return { type: 'image_url', image_url: { url: textAt(source['url'], `${at}.source.url`) } }
    default:
      throw untranslatable(
        `${at}.source`,
        `an image by ${named(source['type'])} lies where the worker cannot reach it`,
        'image_block',
      )
  }
}

const documentFields = new Set(['type', 'source', 'title', 'context', 'cache_control'])

function documentParts(block: JsonObject, at: string, passage: RequestPassage): readonly ChatPart[] {
  passage.losses.removedOthers(block, documentFields)
  const source = objectAt(block['source'], `${at}.source`)
  const heading = headingOf({ Title: block['title'], Context: block['context'] })
  switch (source['type']) {
    case 'text':
      return [{ type: 'text', text: heading + textAt(source['data'], `${at}.source.data`) }]
    case 'content': {
      const parts = blocksOf(source['content'], `${at}.source.content`).flatMap((inner) =>
        contentParts(inner.block, inner.at, passage),
      )
      return [...headingParts(heading), ...parts]
    }
    case 'base64':
      return [
        ...headingParts(headingOf({ Context: block['context'] })),
        filePart(source, block['title'], at, passage),
      ]
    default:
      throw untranslatable(
        `${at}.source`,
        `a document by ${named(source['type'])} would have to be fetched`,
        'document_block',
      )
  }
}

function headingParts(heading: string): readonly ChatPart[] {
  return heading === '' ? [] : [{ type: 'text', text: heading.trimEnd() }]
}

function filePart(source: JsonObject, title: unknown, at: string, { target }: RequestPassage): ChatPart {
  if (!target.dialect.files)
    throw untranslatable(at, `${target.dialect.name} servers take no documents`, 'document_block')
  const mediaType = textAt(source['media_type'], `${at}.source.media_type`)
  const data = textAt(source['data'], `${at}.source.data`)
  const filename = textIn(title) || 'document.pdf'
  return { type: 'file', file: { file_data: `data:${mediaType};base64,${data}`, filename } }
}

const resultFields = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control'])

export interface ToolResult {
  readonly id: string
  readonly texts: readonly ChatPart[]
  /** What a tool message cannot hold: it goes into the user's message that follows. */
  readonly attachments: readonly ChatPart[]
}

export function toolResult(block: JsonObject, at: string, passage: RequestPassage): ToolResult {
  passage.losses.removedOthers(block, resultFields)
  const id = chatToolId(textAt(block['tool_use_id'], `${at}.tool_use_id`), passage.target.dialect)
  const texts: ChatPart[] = []
  const attachments: ChatPart[] = []
  const content = isGiven(block['content']) ? blocksOf(block['content'], `${at}.content`) : []
  for (const inner of content) {
    for (const part of contentParts(inner.block, inner.at, passage)) {
      if (part.type === 'text') {
        texts.push(part)
        continue
      }
      const label = `[attachment ${attachments.length / 2 + 1} of tool result ${id}]`
      texts.push({ type: 'text', text: `${label} follows in the next message` })
      attachments.push({ type: 'text', text: label }, part)
    }
  }
  if (block['is_error'] === true) markAsError(texts)
  passage.breakpoints.mark(texts, block['cache_control'])
  return { id, texts, attachments }
}

/** Chat has no field for a failed call: the text says so, and one text stays one. */
function markAsError(texts: ChatPart[]): void {
  const [first] = texts
  if (first?.type === 'text') Object.assign(first, { text: `Error: ${first.text}` })
  else texts.unshift({ type: 'text', text: 'Error' })
}
