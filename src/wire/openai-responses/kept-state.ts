import { asObject, asText } from '../json-value.ts'
import type { RequestView } from '../protocol.ts'

/** The ids of what a request goes on from and OpenAI keeps: the reply before it, or a conversation. */
export function keptIds({ wire, shape }: RequestView): readonly string[] {
  if (wire !== 'openai-responses') return []
  const { previous_response_id: reply, conversation } = shape.fields
  return [asText(reply), asText(conversation) ?? asText(asObject(conversation)?.['id'])].filter(
    (id) => id !== undefined,
  )
}
