/**
 * The simulated model's answer, whole and as a stream: well-formed to the last field, the same for the same request,
 * and saying that it is simulated. One token is four characters.
 */
import type { Random } from '../../core/random.ts'
import { hex128 } from '../../core/random.ts'
import type { SimulatedRequest } from './simulated-request.ts'

const TOKEN_CHARACTERS = 4
const ECHO_CHARACTERS = 80

/** The same answer in both forms; only the one that is asked for is made. */
export interface SimulatedReply {
  whole(): Buffer
  events(): SimulatedEvents
}

export interface SimulatedEvents {
  /** All that comes before the first token. */
  readonly head: Buffer
  readonly tokens: readonly Buffer[]
  readonly tail: Buffer
}

export function composeReply(request: SimulatedRequest, model: string, random: Random): SimulatedReply {
  const id = `msg_${hex128(random)}`
  const { forcedTool } = request
  const answer =
    forcedTool === undefined ? words(request, model) : toolCall(forcedTool, `toolu_${hex128(random)}`)
  const input = {
    input_tokens: request.inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  }
  const usage = { ...input, output_tokens: answer.deltas.length }
  const base = { id, type: 'message', role: 'assistant', model }
  const open = {
    ...base,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...input, output_tokens: 1 },
  }
  const stop = { stop_reason: answer.stopReason, stop_sequence: null }
  return {
    whole: () => Buffer.from(JSON.stringify({ ...base, content: [answer.block], ...stop, usage })),
    events: () => ({
      head: Buffer.concat([
        event({ type: 'message_start', message: open }),
        event({ type: 'content_block_start', index: 0, content_block: answer.opening }),
      ]),
      tokens: answer.deltas.map((delta) => event({ type: 'content_block_delta', index: 0, delta })),
      tail: Buffer.concat([
        event({ type: 'content_block_stop', index: 0 }),
        event({ type: 'message_delta', delta: stop, usage }),
        event({ type: 'message_stop' }),
      ]),
    }),
  }
}

/** The vendor's error envelope. */
export function errorBody(type: string, message: string): Buffer {
  return Buffer.from(JSON.stringify({ type: 'error', error: { type, message } }))
}

export function errorEvent(type: string, message: string): Buffer {
  return event({ type: 'error', error: { type, message } })
}

interface AnswerBlock {
  readonly block: object
  readonly opening: object
  readonly deltas: readonly object[]
  readonly stopReason: 'end_turn' | 'max_tokens' | 'tool_use'
}

function words(request: SimulatedRequest, model: string): AnswerBlock {
  const echo = Array.from(request.text.slice(0, 2 * ECHO_CHARACTERS))
  const asked =
    echo.length > ECHO_CHARACTERS ? `${echo.slice(0, ECHO_CHARACTERS - 1).join('')}…` : echo.join('')
  const about = asked.trim() === '' ? 'your message' : `“${asked.trim()}”`
  const text = `This is a simulated answer of ${model} to ${about}. No model was asked; Signalbox made it up to show the way.`
  const all = cut(text)
  const tokens = all.slice(0, request.maxTokens)
  return {
    block: { type: 'text', text: tokens.join('') },
    opening: { type: 'text', text: '' },
    deltas: tokens.map((token) => ({ type: 'text_delta', text: token })),
    stopReason: tokens.length < all.length ? 'max_tokens' : 'end_turn',
  }
}

function toolCall(name: string, id: string): AnswerBlock {
  const block = { type: 'tool_use', id, name, input: {} }
  return {
    block,
    opening: block,
    deltas: [{ type: 'input_json_delta', partial_json: '{}' }],
    stopReason: 'tool_use',
  }
}

/** By whole characters, so that no surrogate pair is torn. */
function cut(text: string): readonly string[] {
  const characters = Array.from(text)
  const tokens: string[] = []
  for (let start = 0; start < characters.length; start += TOKEN_CHARACTERS) {
    tokens.push(characters.slice(start, start + TOKEN_CHARACTERS).join(''))
  }
  return tokens
}

function event(data: { readonly type: string } & Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
}
