import {
  invalid,
  isGiven,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  textIn,
  untranslatable,
} from '../json-tree.ts'
import type { Passage } from '../passage.ts'
import { chatToolId } from '../tool-ids.ts'

/** Anthropic's content blocks as parts of Chat messages. Texts that are empty are left out: they say nothing. */
export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly file_data: string; readonly filename: string } }

/** A string or blocks, as blocks with the path of each. */
export function blocksOf(content: unknown, path: string): readonly { block: JsonObject; at: string }[] {
  if (typeof content === 'string') return [{ block: { type: 'text', text: content }, at: path }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of blocks')
  return content.map((value: unknown, index) => {
    const at = `${path}.${index}`
    return { block: objectAt(value, at), at }
  })
}

const textFields = new Set(['type', 'text'])

export function textPart(block: JsonObject, at: string, { losses }: Passage): readonly ChatPart[] {
  losses.removedOthers(block, textFields)
  const text = textAt(block['text'], `${at}.text`)
  return text === '' ? [] : [{ type: 'text', text }]
}

/** What a user's message, or a tool's result, may hold besides results themselves. */
export function contentParts(block: JsonObject, at: string, passage: Passage): readonly ChatPart[] {
  switch (block['type']) {
    case 'text':
      return textPart(block, at, passage)
    case 'image':
      return [imagePart(block, at, passage)]
    case 'document':
      return documentParts(block, at, passage)
    case 'search_result':
      return searchResultParts(block, at, passage)
    default:
      throw untranslatable(at, `a block of type ${named(block['type'])} has no counterpart`)
  }
}

/** Texts only: system prompts and the messages of role system. */
export function textOf(content: unknown, path: string, passage: Passage): string {
  const texts: string[] = []
  for (const { block, at } of blocksOf(content, path)) {
    if (block['type'] !== 'text')
      throw untranslatable(at, `a block of type ${named(block['type'])} in system text`)
    for (const part of textPart(block, at, passage)) if (part.type === 'text') texts.push(part.text)
  }
  return texts.join('\n\n')
}

const imageFields = new Set(['type', 'source'])

function imagePart(block: JsonObject, at: string, { losses }: Passage): ChatPart {
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
      )
  }
}

const documentFields = new Set(['type', 'source', 'title', 'context'])

function documentParts(block: JsonObject, at: string, passage: Passage): readonly ChatPart[] {
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
      return heading === '' ? parts : [{ type: 'text', text: heading.trimEnd() }, ...parts]
    }
    case 'base64':
      return [filePart(source, block['title'], at, passage)]
    default:
      throw untranslatable(`${at}.source`, `a document by ${named(source['type'])} would have to be fetched`)
  }
}

function filePart(source: JsonObject, title: unknown, at: string, { target }: Passage): ChatPart {
  if (!target.dialect.files) throw untranslatable(at, `${target.dialect.name} servers take no documents`)
  const mediaType = textAt(source['media_type'], `${at}.source.media_type`)
  const data = textAt(source['data'], `${at}.source.data`)
  const filename = textIn(title) || 'document.pdf'
  return { type: 'file', file: { file_data: `data:${mediaType};base64,${data}`, filename } }
}

const searchResultFields = new Set(['type', 'source', 'title', 'content'])

function searchResultParts(block: JsonObject, at: string, passage: Passage): readonly ChatPart[] {
  passage.losses.removedOthers(block, searchResultFields)
  const heading = headingOf({ Title: block['title'], Source: block['source'] })
  const texts = listAt(block['content'], `${at}.content`).map((inner, index) =>
    textAt(objectAt(inner, `${at}.content.${index}`)['text'], `${at}.content.${index}.text`),
  )
  return [{ type: 'text', text: heading + texts.join('\n\n') }]
}

function headingOf(lines: Readonly<Record<string, unknown>>): string {
  let heading = ''
  for (const [label, value] of Object.entries(lines)) {
    if (isGiven(value) && value !== '') heading += `${label}: ${textIn(value)}\n`
  }
  return heading === '' ? '' : `${heading}\n`
}

const resultFields = new Set(['type', 'tool_use_id', 'content', 'is_error'])

export interface ToolResult {
  readonly id: string
  readonly texts: readonly ChatPart[]
  /** What a tool message cannot hold: it goes into the user's message that follows. */
  readonly attachments: readonly ChatPart[]
}

export function toolResult(block: JsonObject, at: string, passage: Passage): ToolResult {
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
  return { id, texts: block['is_error'] === true ? markedAsError(texts) : texts, attachments }
}

/** Chat has no field for a failed call: the text says so, and one text stays one. */
function markedAsError(texts: readonly ChatPart[]): readonly ChatPart[] {
  const [first, ...rest] = texts
  return [{ type: 'text', text: first?.type === 'text' ? `Error: ${first.text}` : 'Error' }, ...rest]
}

/** A type as it may be repeated to the caller. */
export function named(type: unknown): string {
  return typeof type === 'string' ? `"${type.slice(0, 64)}"` : 'unknown'
}
