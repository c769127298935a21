import type { Wire } from '../../src/core/wire.ts'
import { createSseReader, type SseEvent, writeData, writeEvent } from '../../src/wire/sse.ts'
import { shown } from './changes.ts'
import { type Json, translationOf } from './mapping.ts'
import { naming } from './replies.ts'
import { code } from './text.ts'

/** One streamed reply of each protocol, a text and a call, and what each of its events becomes. */

const named = (type: string, fields: Json = {}): Buffer =>
  writeEvent(type, JSON.stringify({ type, ...fields }))
const chunk = (delta: Json, finish: string | null = null): Buffer =>
  writeData(
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: finish }],
    }),
  )
const callDelta = (fields: Json): Json => ({ tool_calls: [{ index: 0, ...fields }] })

const message: Json = { id: 'msg_1', type: 'message', role: 'assistant', content: [] }
const call: Json = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'read', arguments: '' }
const said: Json = { ...message, content: [{ type: 'output_text', text: 'Hello.' }] }
const called: Json = { ...call, arguments: '{"path":"a.ts"}' }
const textAt: Json = { item_id: 'msg_1', output_index: 0, content_index: 0 }
const callAt: Json = { item_id: 'fc_1', output_index: 1 }
const response: Json = { id: 'resp_1', object: 'response', model: 'm', status: 'in_progress', output: [] }
const usage: Json = { input_tokens: 9, output_tokens: 8, total_tokens: 17 }

const streams: Readonly<Record<Wire, readonly Buffer[]>> = {
  anthropic: [
    named('message_start', {
      message: { type: 'message', role: 'assistant', content: [], usage: { input_tokens: 9 } },
    }),
    named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    named('ping'),
    named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hello.' } }),
    named('content_block_stop', { index: 0 }),
    named('content_block_start', {
      index: 1,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'read', input: {} },
    }),
    named('content_block_delta', {
      index: 1,
      delta: { type: 'input_json_delta', partial_json: '{"path":"a.ts"}' },
    }),
    named('content_block_stop', { index: 1 }),
    named('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 8 } }),
    named('message_stop'),
  ],
  'openai-chat': [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'Hello.' }),
    chunk(callDelta({ id: 'call_1', type: 'function', function: { name: 'read', arguments: '' } })),
    chunk(callDelta({ function: { arguments: '{"path":"a.ts"}' } })),
    chunk({}, 'tool_calls'),
    writeData(
      JSON.stringify({
        object: 'chat.completion.chunk',
        choices: [],
        usage: { prompt_tokens: 9, completion_tokens: 8 },
      }),
    ),
    writeData('[DONE]'),
  ],
  'openai-responses': [
    named('response.created', { response }),
    named('response.output_item.added', { output_index: 0, item: message }),
    named('response.content_part.added', { ...textAt, part: { type: 'output_text', text: '' } }),
    named('response.output_text.delta', { ...textAt, delta: 'Hello.' }),
    named('response.output_text.done', { ...textAt, text: 'Hello.' }),
    named('response.content_part.done', { ...textAt, part: { type: 'output_text', text: 'Hello.' } }),
    named('response.output_item.done', { output_index: 0, item: said }),
    named('response.output_item.added', { output_index: 1, item: call }),
    named('response.function_call_arguments.delta', { ...callAt, delta: '{"path":"a.ts"}' }),
    named('response.function_call_arguments.done', { ...callAt, arguments: '{"path":"a.ts"}' }),
    named('response.output_item.done', { output_index: 1, item: called }),
    named('response.completed', {
      response: { ...response, status: 'completed', output: [said, called], usage },
    }),
  ],
}

/** A row for each event of the worker's, and one for its end where that brings something more. */
export function streamRows(worker: Wire, clients: readonly Wire[]): readonly (readonly string[])[] {
  const translators = clients.map((client) =>
    translationOf(client, worker).stream({ ...naming, usageChunk: true }),
  )
  const rows = streams[worker].map((bytes) => {
    const events = eventsOf(bytes)
    return [
      described(events),
      ...translators.map((translator) =>
        described(events.flatMap((event) => eventsOf(translator.push(event)))),
      ),
    ]
  })
  const last = translators.map((translator) => described(eventsOf(translator.end())))
  return last.every((cell) => cell === '') ? rows : [...rows, ['the end', ...last]]
}

function eventsOf(bytes: Buffer): readonly SseEvent[] {
  const reader = createSseReader()
  return [...reader.push(bytes), ...reader.end()].filter(({ data, name }) => data !== '' || name !== '')
}

function described(events: readonly SseEvent[]): string {
  return events.map((event) => code(describedEvent(event))).join('<br>')
}

function describedEvent({ name, data }: SseEvent): string {
  if (data === '[DONE]') return data
  const event = JSON.parse(data) as Json
  if (name !== '') return [name, ...kindsIn(event)].join(' ')
  const [choice] = event['choices'] as readonly Json[]
  if (!choice) return `usage: ${shown(event['usage'])}`
  const { delta, finish_reason: finish } = choice
  return finish === null ? `delta: ${shown(delta)}` : `finish_reason: ${shown(finish)}`
}

/** What kind of block, item, part or delta an event is about. */
function kindsIn(event: Json): readonly string[] {
  return ['content_block', 'delta', 'item', 'part'].flatMap((field) => {
    const value = event[field]
    if (typeof value !== 'object' || value === null) return []
    const { type, stop_reason: stop } = value as Json
    return [type ?? stop].filter((kind) => typeof kind === 'string')
  })
}
