import { type JsonObject, listIn, objectIn, textIn } from '../json-tree.ts'

/**
 * What the vendor's own tools did in earlier turns, as the text that another model can read: what was asked, and
 * where the answers came from. What they found is sealed for their own vendor.
 * @returns undefined for blocks that are not about searching the web.
 */
export function searchText(block: JsonObject): string | undefined {
  switch (block['type']) {
    case 'server_tool_use':
      return isSearch(block['name'])
        ? `[${textIn(block['name'])}: ${JSON.stringify(objectIn(block['input']))}]`
        : undefined
    case 'web_search_tool_result':
      return ['[Search results]', ...listIn(block['content']).map(sourceLine)].join('\n')
    case 'web_fetch_tool_result':
      return `[Fetched ${textIn(objectIn(block['content'])['url'])}]`
    default:
      return undefined
  }
}

function isSearch(name: unknown): boolean {
  return name === 'web_search' || name === 'web_fetch'
}

function sourceLine(result: unknown): string {
  const { title, url } = objectIn(result)
  return `- ${textIn(title)} ${textIn(url)}`
}

const searchFields = new Set(['type', 'name', 'allowed_domains', 'user_location'])

/** Anthropic's search tool of whatever version as OpenAI's. */
export function searchTool(tool: JsonObject): {
  readonly tool: JsonObject
  readonly known: ReadonlySet<string>
} {
  const domains = listIn(tool['allowed_domains'])
  const location = tool['user_location'] ?? undefined
  return {
    tool: {
      type: 'web_search',
      ...(domains.length > 0 && { filters: { allowed_domains: domains } }),
      ...(location !== undefined && { user_location: location }),
    },
    known: searchFields,
  }
}
