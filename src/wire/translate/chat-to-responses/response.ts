import type { ReplyNaming } from '../../translation.ts'
import type { JsonObject } from '../json-tree.ts'
import type { Ending } from './ending.ts'

export interface ResponseParts extends Pick<Ending, 'incomplete_details'> {
  readonly status: Ending['status'] | 'in_progress'
  readonly output: readonly JsonObject[]
  readonly usage: JsonObject | null
  /** The tier that was billed; '' where nobody told. */
  readonly tier: string
}

/** A response. What it repeats of its request is not known here: those fields stand at their defaults. */
export function responseOf({ traceId, createdS, asked }: ReplyNaming, parts: ResponseParts): JsonObject {
  return {
    id: `resp_${traceId}`,
    object: 'response',
    created_at: createdS,
    status: parts.status,
    background: false,
    error: null,
    incomplete_details: parts.incomplete_details,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model: asked,
    output: parts.output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    ...(parts.tier !== '' && { service_tier: parts.tier }),
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: parts.usage,
  }
}
