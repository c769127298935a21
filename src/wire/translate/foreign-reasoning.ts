import type { Wire } from '../../core/wire.ts'
import { parseChecked } from '../json-value.ts'
import type { Edit } from '../splice.ts'
import { MARK, unwrapReasoning } from './carried-reasoning.ts'
import { type JsonObject, listIn, objectIn } from './json-tree.ts'

/**
 * What must leave a request that passes untranslated: reasoning of the other vendor, from turns that were answered
 * there. Its wrapped seal is none of the worker's own, and would be refused.
 * @returns removals for `splice`; nearly always none, and then the body is only searched for the mark.
 */
export function foreignReasoning(body: Buffer, wire: Wire): readonly Edit[] {
  if (wire === 'openai-chat' || !body.includes(MARK)) return []
  const root = objectIn(parseChecked(body.toString('utf8')))
  return wire === 'anthropic' ? foreignBlocks(root) : foreignItems(root)
}

/** A turn of nothing else leaves as a whole: one without content is refused. */
function foreignBlocks(root: JsonObject): readonly Edit[] {
  return listIn(root['messages']).flatMap((message, index) => {
    const content = listIn(objectIn(message)['content']).map(objectIn)
    const places = content.flatMap((block, at) => (isFrom('openai', block) ? [at] : []))
    if (places.length > 0 && places.length === content.length) return [removal('messages', index)]
    return places.map((at) => removal('messages', index, 'content', at))
  })
}

function foreignItems(root: JsonObject): readonly Edit[] {
  return listIn(root['input']).flatMap((item, index) =>
    isFrom('anthropic', objectIn(item)) ? [removal('input', index)] : [],
  )
}

function isFrom(
  vendor: 'anthropic' | 'openai',
  { type, signature, data, encrypted_content }: JsonObject,
): boolean {
  switch (type) {
    case 'thinking':
      return unwrapReasoning(signature)?.vendor === vendor
    case 'redacted_thinking':
      return unwrapReasoning(data)?.vendor === vendor
    case 'reasoning':
      return unwrapReasoning(encrypted_content)?.vendor === vendor
    default:
      return false
  }
}

function removal(...path: Edit['path']): Edit {
  return { path, value: undefined }
}
