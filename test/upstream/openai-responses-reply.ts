/** A response, whole and as the events that lead to it. */
import { type Answer, idOf, isObject, type Json, tokensOf } from './api.ts'
import { encrypted } from './openai-responses-input.ts'

/** @param answer a `stopReason` is why it is incomplete. */
export function responseOf(id: string, answer: Answer, request: Json): Json {
  const cut = answer.stopReason
  return {
    id,
    object: 'response',
    created_at: 1_790_000_000,
    status: cut === undefined ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: cut === undefined ? null : { reason: cut },
    instructions: request['instructions'] ?? null,
    max_output_tokens: request['max_output_tokens'] ?? null,
    model: request['model'],
    output: itemsOf(answer, request),
    parallel_tool_calls: request['parallel_tool_calls'] ?? true,
    previous_response_id: request['previous_response_id'] ?? null,
    reasoning: request['reasoning'] ?? { effort: null, summary: null },
    service_tier: 'default',
    store: request['store'] ?? true,
    temperature: request['temperature'] ?? 1,
    text: request['text'] ?? { format: { type: 'text' } },
    tool_choice: request['tool_choice'] ?? 'auto',
    tools: request['tools'] ?? [],
    top_p: request['top_p'] ?? 1,
    truncation: 'disabled',
    usage: usage(answer),
    metadata: request['metadata'] ?? {},
  }
}

function itemsOf(answer: Answer, request: Json): readonly Json[] {
  const text = answer.text ?? (answer.tools ? '' : 'Hello from the stub.')
  const { reasoning } = request
  const summarized = isObject(reasoning) && typeof reasoning['summary'] === 'string'
  const thoughts = (answer.thinking === undefined ? [] : [answer.thinking]).map((thinking) => ({
    id: `rs_${idOf(request)}`,
    type: 'reasoning',
    summary: summarized ? [{ type: 'summary_text', text: thinking }] : [],
    encrypted_content: encrypted(request['model'], thinking),
  }))
  const message = {
    id: `msg_${idOf(request)}`,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  }
  const calls = (answer.tools ?? []).map(({ id, name, input }, index) => ({
    id: `fc_${idOf(request)}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: id ?? `call_${idOf(request)}_${index}`,
    name,
    arguments: JSON.stringify(input),
  }))
  return [...thoughts, ...(text === '' ? [] : [message]), ...calls]
}

/** All events of a stream that ends as the response does. */
export function responseEvents(response: Json): readonly string[] {
  const opened = { ...response, status: 'in_progress', output: [], usage: null, incomplete_details: null }
  const items = Array.isArray(response['output']) ? response['output'].filter(isObject) : []
  const events: Json[] = [
    { type: 'response.created', response: opened },
    { type: 'response.in_progress', response: opened },
    ...items.flatMap((item, index) => itemEvents(item, index)),
    { type: `response.${String(response['status'])}`, response },
  ]
  return events.map((data, index) => event({ ...data, sequence_number: index }))
}

function itemEvents(item: Json, index: number): readonly Json[] {
  const at = { item_id: item['id'], output_index: index }
  const { opened, events } = partsOf(item, at)
  return [
    { type: 'response.output_item.added', output_index: index, item: opened },
    ...events,
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

interface Parts {
  /** The item as it is announced. */
  readonly opened: Json
  readonly events: readonly Json[]
}

function partsOf(item: Json, at: Json): Parts {
  if (item['type'] === 'function_call') {
    const text = String(item['arguments'])
    const deltas = tokensOf(text).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...at,
      delta,
    }))
    const done = { type: 'response.function_call_arguments.done', ...at, arguments: text }
    return { opened: { ...item, status: 'in_progress', arguments: '' }, events: [...deltas, done] }
  }
  if (item['type'] === 'reasoning') {
    const summary = Array.isArray(item['summary']) ? item['summary'].filter(isObject) : []
    const events = summary.flatMap((part, number) => {
      const where = { ...at, summary_index: number }
      const text = String(part['text'])
      return [
        { type: 'response.reasoning_summary_part.added', ...where, part: { ...part, text: '' } },
        ...tokensOf(text).map((delta) => ({
          type: 'response.reasoning_summary_text.delta',
          ...where,
          delta,
        })),
        { type: 'response.reasoning_summary_text.done', ...where, text },
        { type: 'response.reasoning_summary_part.done', ...where, part },
      ]
    })
    // The announcement may hold only a part of it.
    return { opened: { ...item, summary: [], encrypted_content: 'cGFydGlhbA==' }, events }
  }
  const [part = {}] = Array.isArray(item['content']) ? item['content'].filter(isObject) : []
  const where = { ...at, content_index: 0 }
  const text = String(part['text'])
  return {
    opened: { ...item, status: 'in_progress', content: [] },
    events: [
      { type: 'response.content_part.added', ...where, part: { ...part, text: '' } },
      ...tokensOf(text).map((delta) => ({
        type: 'response.output_text.delta',
        ...where,
        delta,
        logprobs: [],
      })),
      { type: 'response.output_text.done', ...where, text, logprobs: [] },
      { type: 'response.content_part.done', ...where, part },
    ],
  }
}

export function failedEvent(message = 'The server had an error.', code = 'server_error'): string {
  const response = {
    id: 'resp_stub',
    object: 'response',
    created_at: 1_790_000_000,
    status: 'failed',
    error: { code, message },
    incomplete_details: null,
    output: [],
    usage: null,
  }
  return event({ type: 'response.failed', response, sequence_number: 1000 })
}

function usage(answer: Answer): Json {
  const { input = 12, output = 6, cacheRead = 0 } = answer.usage ?? {}
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  }
}

function event(data: Json): string {
  return `event: ${String(data['type'])}\ndata: ${JSON.stringify(data)}\n\n`
}
