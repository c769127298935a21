import { invalid, isGiven, type JsonObject, listAt, objectAt, textAt, textIn } from './json-tree.ts'
import type { Passage } from './passage.ts'

/** How Anthropic's content blocks are read, wherever they go. */

/** A string or blocks, as blocks with the path of each. */
export function blocksOf(content: unknown, path: string): readonly { block: JsonObject; at: string }[] {
  if (typeof content === 'string') return [{ block: { type: 'text', text: content }, at: path }]
  if (!Array.isArray(content)) throw invalid(path, 'must be a string or an array of blocks')
  return content.map((value: unknown, index) => {
    const at = `${path}.${index}`
    return { block: objectAt(value, at), at }
  })
}

const searchResultFields = new Set(['type', 'source', 'title', 'content'])

/** Other protocols have no search results: they become text that says where it comes from. */
export function searchResultText(block: JsonObject, at: string, { losses }: Passage): string {
  losses.removedOthers(block, searchResultFields)
  const heading = headingOf({ Title: block['title'], Source: block['source'] })
  const texts = listAt(block['content'], `${at}.content`).map((inner, index) =>
    textAt(objectAt(inner, `${at}.content.${index}`)['text'], `${at}.content.${index}.text`),
  )
  return heading + texts.join('\n\n')
}

/** Where all tools are sent whole it is enough to name the one that was found. */
export function toolReferenceText(block: JsonObject, at: string): string {
  return `[The tool ${textAt(block['tool_name'], `${at}.tool_name`)} can be called now.]`
}

/** What is to be known of a text before it is read; labels without a value are left out. */
export function headingOf(lines: Readonly<Record<string, unknown>>): string {
  let heading = ''
  for (const [label, value] of Object.entries(lines)) {
    if (isGiven(value) && value !== '') heading += `${label}: ${textIn(value)}\n`
  }
  return heading === '' ? '' : `${heading}\n`
}

/** A type as it may be repeated to the caller. */
export function named(type: unknown): string {
  return typeof type === 'string' ? `"${type.slice(0, 64)}"` : 'unknown'
}
