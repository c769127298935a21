import { blocksOf, headingOf, named, searchResultText, toolReferenceText } from '../anthropic-blocks.ts'
import { type JsonObject, objectAt, textAt, textIn, untranslatable } from '../json-tree.ts'
import type { Part } from './breakpoints.ts'
import type { RequestPassage } from './request-passage.ts'

/** Anthropic's content blocks as the parts of Responses items. Texts that are empty are left out: they say nothing. */

/** What a user's message, or a tool's result, may hold besides results themselves. */
export function inputParts(block: JsonObject, at: string, passage: RequestPassage): readonly Part[] {
  const parts = partsOf(block, at, passage)
  passage.breakpoints.mark(parts, block['cache_control'])
  return parts
}

function partsOf(block: JsonObject, at: string, passage: RequestPassage): readonly Part[] {
  switch (block['type']) {
    case 'text':
      return textParts(block, at, passage)
    case 'image':
      return [imagePart(block, at, passage)]
    case 'document':
      return documentParts(block, at, passage)
    case 'search_result':
      return [inputText(searchResultText({ ...block, cache_control: undefined }, at, passage))]
    case 'tool_reference':
      return [inputText(toolReferenceText(block, at))]
    default:
      throw untranslatable(at, `a block of type ${named(block['type'])} has no counterpart`)
  }
}

function inputText(text: string): Part {
  return { type: 'input_text', text }
}

/** Texts only: system prompts and the messages of role system. */
export function systemParts(content: unknown, path: string, passage: RequestPassage): readonly Part[] {
  return blocksOf(content, path).flatMap(({ block, at }) => {
    if (block['type'] !== 'text')
      throw untranslatable(at, `a block of type ${named(block['type'])} in system text`)
    return inputParts(block, at, passage)
  })
}

const textFields = new Set(['type', 'text', 'cache_control'])

function textParts(block: JsonObject, at: string, { losses }: RequestPassage): readonly Part[] {
  losses.removedOthers(block, textFields)
  const text = textAt(block['text'], `${at}.text`)
  return text === '' ? [] : [inputText(text)]
}

const imageFields = new Set(['type', 'source', 'cache_control'])

function imagePart(block: JsonObject, at: string, { losses }: RequestPassage): Part {
  losses.removedOthers(block, imageFields)
  const source = objectAt(block['source'], `${at}.source`)
  switch (source['type']) {
    case 'base64':
      return { type: 'input_image', image_url: dataUrl(source, at), detail: 'auto' }
    case 'url':
      return { type: 'input_image', image_url: textAt(source['url'], `${at}.source.url`), detail: 'auto' }
    default:
      throw untranslatable(
        `${at}.source`,
        `an image by ${named(source['type'])} lies where the worker cannot reach it`,
        'image_block',
      )
  }
}

const documentFields = new Set(['type', 'source', 'title', 'context', 'cache_control'])

function documentParts(block: JsonObject, at: string, passage: RequestPassage): readonly Part[] {
  passage.losses.removedOthers(block, documentFields)
  const source = objectAt(block['source'], `${at}.source`)
  const { title, context } = block
  const heading = headingOf({ Title: title, Context: context })
  switch (source['type']) {
    case 'text':
      return [inputText(heading + textAt(source['data'], `${at}.source.data`))]
    case 'content': {
      const parts = blocksOf(source['content'], `${at}.source.content`).flatMap((inner) =>
        inputParts(inner.block, inner.at, passage),
      )
      return [...headingParts(heading), ...parts]
    }
    case 'base64':
      return [
        ...headingParts(headingOf({ Context: context })),
        { type: 'input_file', filename: textIn(title) || NAMELESS, file_data: dataUrl(source, at) },
      ]
    case 'url':
      // A file by URL has no name of its own there.
      return [
        ...headingParts(heading),
        { type: 'input_file', file_url: textAt(source['url'], `${at}.source.url`) },
      ]
    default:
      throw untranslatable(
        `${at}.source`,
        `a document by ${named(source['type'])} lies where the worker cannot reach it`,
        'document_block',
      )
  }
}

/** Data without a name is refused. */
const NAMELESS = 'document.pdf'

function headingParts(heading: string): readonly Part[] {
  return heading === '' ? [] : [inputText(heading.trimEnd())]
}

function dataUrl(source: JsonObject, at: string): string {
  const mediaType = textAt(source['media_type'], `${at}.source.media_type`)
  return `data:${mediaType};base64,${textAt(source['data'], `${at}.source.data`)}`
}

const resultFields = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control'])

/** What a tool gave back; pictures and documents stay where they are. */
export function resultOutput(
  block: JsonObject,
  at: string,
  passage: RequestPassage,
): string | readonly Part[] {
  passage.losses.removedOthers(block, resultFields)
  const content = block['content'] ?? []
  const parts = blocksOf(content, `${at}.content`).flatMap((inner) =>
    inputParts(inner.block, inner.at, passage),
  )
  const output = block['is_error'] === true ? markedAsError(parts) : parts
  passage.breakpoints.mark(output, block['cache_control'])
  const [first, ...others] = output
  if (first === undefined) return ''
  // One text is sent as a string, which every server takes.
  const isPlain = others.length === 0 && first['type'] === 'input_text' && !first['prompt_cache_breakpoint']
  return isPlain ? textIn(first['text']) : output
}

/** There is no field for a failed call: the text says so, and one text stays one. */
function markedAsError(parts: readonly Part[]): readonly Part[] {
  const [first] = parts
  if (first?.['type'] !== 'input_text') return [inputText('Error'), ...parts]
  first['text'] = `Error: ${textIn(first['text'])}`
  return parts
}
