import { SignalboxError } from '../../src/core/errors.ts'
import type { Wire } from '../../src/core/wire.ts'
import type { ReplyNaming } from '../../src/wire/translation.ts'
import { shown } from './changes.ts'
import { type Json, translationOf } from './mapping.ts'
import { code } from './text.ts'

/** How replies of each protocol end, and what they count, in the others. */

export const naming: ReplyNaming = { asked: 'auto', traceId: 'ab'.repeat(16), createdS: 1_790_000_000 }

/** One way in which a worker's reply ends. */
export interface Ending {
  readonly what: string
  readonly reply: Json
}

const text = 'Hello.'

function chatReply(finish: string | null, message: Json): Json {
  return {
    object: 'chat.completion',
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  }
}

function anthropicReply(stop: string, content: readonly Json[], more: Json = {}): Json {
  return { type: 'message', role: 'assistant', model: 'm', content, stop_reason: stop, ...more }
}

function responsesReply(status: string, output: readonly Json[], more: Json = {}): Json {
  return { id: 'resp_1', object: 'response', model: 'm', status, output, ...more }
}

const chatCalls: Json = {
  content: null,
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'read', arguments: '{}' } }],
}
const textBlock: Json = { type: 'text', text }
const toolUse: Json = { type: 'tool_use', id: 'toolu_1', name: 'read', input: {} }
const message: Json = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }
const refusal: Json = { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }
const functionCall: Json = { type: 'function_call', call_id: 'call_1', name: 'read', arguments: '{}' }
const incomplete = (reason: string): Json => ({ incomplete_details: { reason } })

export const endings: Readonly<Record<Wire, readonly Ending[]>> = {
  anthropic: [
    { what: '`end_turn`', reply: anthropicReply('end_turn', [textBlock]) },
    {
      what: '`stop_sequence`',
      reply: anthropicReply('stop_sequence', [textBlock], { stop_sequence: 'END' }),
    },
    { what: '`tool_use`', reply: anthropicReply('tool_use', [textBlock, toolUse]) },
    { what: '`tool_use`, no call', reply: anthropicReply('tool_use', [textBlock]) },
    { what: '`max_tokens`', reply: anthropicReply('max_tokens', [textBlock]) },
    {
      what: '`model_context_window_exceeded`',
      reply: anthropicReply('model_context_window_exceeded', [textBlock]),
    },
    {
      what: '`refusal`',
      reply: anthropicReply('refusal', [], { stop_details: { type: 'refusal', explanation: 'No.' } }),
    },
    { what: '`pause_turn`', reply: anthropicReply('pause_turn', [textBlock]) },
    { what: '`end_turn`, nothing said', reply: anthropicReply('end_turn', []) },
  ],
  'openai-chat': [
    { what: '`stop`', reply: chatReply('stop', { content: text }) },
    { what: '`stop`, a stop string named', reply: stoppedBy('END') },
    { what: '`stop`, a call', reply: chatReply('stop', chatCalls) },
    { what: '`stop`, a refusal', reply: chatReply('stop', { content: null, refusal: 'No.' }) },
    { what: '`tool_calls`', reply: chatReply('tool_calls', chatCalls) },
    { what: '`tool_calls`, no call', reply: chatReply('tool_calls', { content: text }) },
    { what: '`length`', reply: chatReply('length', { content: text }) },
    { what: '`content_filter`', reply: chatReply('content_filter', { content: '' }) },
    { what: '`error`', reply: chatReply('error', { content: text }) },
    { what: 'none, text', reply: chatReply(null, { content: text }) },
    { what: 'none, nothing said', reply: chatReply(null, { content: '' }) },
    { what: 'unknown, text', reply: chatReply('whatever', { content: text }) },
  ],
  'openai-responses': [
    { what: '`completed`', reply: responsesReply('completed', [message]) },
    { what: '`completed`, a call', reply: responsesReply('completed', [message, functionCall]) },
    { what: '`completed`, a refusal', reply: responsesReply('completed', [refusal]) },
    {
      what: '`incomplete`: `max_output_tokens`',
      reply: responsesReply('incomplete', [message], incomplete('max_output_tokens')),
    },
    {
      what: '`incomplete`: `content_filter`',
      reply: responsesReply('incomplete', [message], incomplete('content_filter')),
    },
    {
      what: '`incomplete`: another reason',
      reply: responsesReply('incomplete', [message], incomplete('steered')),
    },
    {
      what: '`failed`',
      reply: responsesReply('failed', [], { error: { code: 'server_error', message: 'x' } }),
    },
    { what: '`cancelled`', reply: responsesReply('cancelled', [message]) },
    { what: '`completed`, nothing said', reply: responsesReply('completed', []) },
  ],
}

/** vLLM says which one it was. */
function stoppedBy(stop: string): Json {
  const choice = {
    index: 0,
    message: { role: 'assistant', content: text },
    finish_reason: 'stop',
    stop_reason: stop,
  }
  return { object: 'chat.completion', model: 'm', choices: [choice] }
}

/** How the client sees a reply end. */
export function endingCell(client: Wire, worker: Wire, { reply }: Ending): string {
  try {
    return endOf[client](translatedReply(client, worker, reply))
  } catch (error) {
    return errorCell(error)
  }
}

function translatedReply(client: Wire, worker: Wire, reply: Json): Json {
  const bytes = translationOf(client, worker).reply(Buffer.from(JSON.stringify(reply)), naming)
  return JSON.parse(bytes.toString())
}

function errorCell(error: unknown): string {
  if (!SignalboxError.is(error)) throw error
  return `error ${code(error.code)}`
}

const given = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))

const endOf: Readonly<Record<Wire, (reply: Json) => string>> = {
  anthropic({ stop_reason, stop_sequence, stop_details }) {
    return code(shown(given({ stop_reason, stop_sequence, stop_details })))
  },
  'openai-chat'({ choices }) {
    const [choice = {}] = choices as readonly Json[]
    const { refusal } = choice['message'] as Json
    return code(shown(given({ finish_reason: choice['finish_reason'], refusal })))
  },
  'openai-responses'({ status, incomplete_details }) {
    return code(shown(given({ status, incomplete_details })))
  },
}

const ended: Readonly<Record<Wire, Json>> = {
  anthropic: anthropicReply('end_turn', [textBlock], {
    usage: {
      input_tokens: 100,
      cache_read_input_tokens: 1_000,
      cache_creation_input_tokens: 20,
      output_tokens: 30,
      output_tokens_details: { thinking_tokens: 7 },
    },
  }),
  'openai-chat': {
    ...chatReply('stop', { content: text }),
    usage: {
      prompt_tokens: 1_120,
      prompt_tokens_details: { cached_tokens: 1_000, cache_write_tokens: 20 },
      completion_tokens: 30,
      completion_tokens_details: { reasoning_tokens: 7 },
      total_tokens: 1_150,
    },
  },
  'openai-responses': responsesReply('completed', [message], {
    usage: {
      input_tokens: 1_120,
      input_tokens_details: { cached_tokens: 1_000, cache_write_tokens: 20 },
      output_tokens: 30,
      output_tokens_details: { reasoning_tokens: 7 },
      total_tokens: 1_150,
    },
  }),
}

/** The usage of the same reply, by worker; for a client of the worker's own protocol as it came. */
export function usageCell(client: Wire, worker: Wire): string {
  const reply = client === worker ? ended[worker] : translatedReply(client, worker, ended[worker])
  return Object.entries(reply['usage'] as Json)
    .map(([name, value]) => code(`${name}: ${shown(value)}`))
    .join('<br>')
}

export function usageMissingCell(client: Wire, worker: Wire): string {
  if (client === worker) return 'as it came'
  const { usage: _, ...reply } = ended[worker]
  return code(shown(translatedReply(client, worker, reply)['usage']))
}
