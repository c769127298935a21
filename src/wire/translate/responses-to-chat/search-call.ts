import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'
import type { Passage } from '../passage.ts'

/**
 * A search that the vendor made in an earlier turn, as the text that another model can read: what was done, and where
 * the answers came from.
 */
export function searchCallText(item: JsonObject, { losses }: Passage): string {
  losses.removed('web_search_call')
  const { sources, ...action } = objectIn(item['action'])
  const lines = listIn(sources).map((source) => `- ${textIn(objectIn(source)['url'])}`)
  return [`[web_search: ${JSON.stringify(action)}]`, ...lines].join('\n')
}
