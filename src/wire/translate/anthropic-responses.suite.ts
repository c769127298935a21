import { expect } from 'vitest'
import { createSseReader, writeEvent } from '../sse.ts'
import type { ReplyNaming, TranslatedRequest } from '../translation.ts'
import { target, type TargetOptions } from './requests.suite.ts'
import { type AnthropicRead, naming, readAnthropic, translated, translationOf } from './streams.suite.ts'

/** What the tests between Anthropic's protocol and Responses share. */
export type Json = Record<string, unknown>

/** Parsed JSON that a test looks into as it pleases. */
export type Parsed = ReturnType<typeof JSON.parse>

export interface PairRequest extends Omit<TranslatedRequest, 'body'> {
  readonly body: Parsed
}

const there = translationOf('anthropic', 'openai-responses')
const back = translationOf('openai-responses', 'anthropic')

function read(found: TranslatedRequest): PairRequest {
  return { ...found, body: JSON.parse(found.body.toString('utf8')) }
}

/** A request of a client of Anthropic's protocol, for a worker that speaks Responses. */
export function toResponsesRequest(body: object, options?: TargetOptions): PairRequest {
  const whole = { model: 'auto', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], ...body }
  return read(there.request(Buffer.from(JSON.stringify(whole)), target(options)))
}

/** A request of a client of Responses, for an Anthropic worker. */
export function toAnthropicRequest(body: object, options?: TargetOptions): PairRequest {
  const whole = { model: 'auto', input: 'Hi', ...body }
  return read(back.request(Buffer.from(JSON.stringify(whole)), target(options)))
}

/** The input items of an Anthropic conversation. */
export function inputOf(messages: readonly object[], options?: TargetOptions): PairRequest['body'] {
  return toResponsesRequest({ messages }, options).body.input
}

export const served: ReplyNaming = { ...naming, served: 'target-model' }

/** The reply that a client of Anthropic's protocol gets. */
export function anthropicReply(response: object | string, named: ReplyNaming = served): Parsed {
  const body = typeof response === 'string' ? response : JSON.stringify(response)
  return JSON.parse(there.reply(Buffer.from(body), named).toString('utf8'))
}

/** The reply that a client of Responses gets. */
export function responsesReply(message: object | string, named: ReplyNaming = served): Parsed {
  const body = typeof message === 'string' ? message : JSON.stringify(message)
  return JSON.parse(back.reply(Buffer.from(body), named).toString('utf8'))
}

/** Events of a streamed response as an upstream sends them, numbered. */
export function responsesStream(...events: readonly (Json & { readonly type: string })[]): Buffer {
  return Buffer.concat(
    events.map((event, index) =>
      writeEvent(event.type, JSON.stringify({ ...event, sequence_number: index })),
    ),
  )
}

interface StreamOptions {
  readonly cuts?: readonly number[]
  readonly naming?: ReplyNaming
}

/** What a client of Anthropic's protocol reads of a streamed response. */
export function toAnthropic(bytes: Buffer, options: StreamOptions = {}): AnthropicRead {
  return readAnthropic(translated('anthropic', 'openai-responses', bytes, { naming: served, ...options }))
}

/** The bytes that a client of Responses gets of a streamed message. */
export function responsesBytes(bytes: Buffer, options: StreamOptions = {}): string {
  return translated('openai-responses', 'anthropic', bytes, { naming: served, ...options })
}

export interface ResponsesRead {
  /** The last event's response. */
  readonly response: Parsed
  readonly error: Json | undefined
  readonly types: readonly string[]
  /** Items as their own last events tell them. */
  readonly items: readonly Json[]
}

/** Reads a stream as the protocol defines it, and fails on everything that it does not allow. */
export function readResponses(text: string): ResponsesRead {
  const types: string[] = []
  const items: Json[] = []
  const open = new Map<number, { readonly id: string; text: string; whole: string | undefined }>()
  let response: Parsed
  let error: Json | undefined
  const reader = createSseReader()
  for (const event of [...reader.push(Buffer.from(text)), ...reader.end()]) {
    if (event.data === '') continue
    const data = JSON.parse(event.data)
    expect(event.name).toBe(data.type)
    expect(response || error, 'nothing follows the end').toBeFalsy()
    if (data.type === 'response.failed') {
      error = data.error
      continue
    }
    expect(data.sequence_number, 'numbers without gaps').toBe(types.length)
    types.push(data.type)
    const item = open.get(data.output_index)
    if (data.item_id !== undefined) expect(item?.id, data.type).toBe(data.item_id)
    switch (data.type) {
      case 'response.output_item.added':
        expect(data.output_index).toBe(open.size)
        open.set(data.output_index, { id: data.item.id, text: '', whole: undefined })
        break
      case 'response.output_item.done':
        expect(item?.id).toBe(data.item.id)
        expect(item?.whole ?? '', 'deltas add up').toBe(item?.text)
        items[data.output_index] = data.item
        break
      case 'response.completed':
      case 'response.incomplete':
        response = data.response
        expect(response.output, 'told twice, the same').toEqual(items)
        break
      default:
        if (item && data.type.endsWith('.delta')) item.text += data.delta
        const whole = data.text ?? data.arguments ?? data.input ?? data.refusal
        if (item && whole !== undefined) item.whole = `${item.whole ?? ''}${whole}`
    }
  }
  return { response, error, types, items }
}

/** What a client of Responses reads of a streamed message. */
export function toResponses(bytes: Buffer, options: StreamOptions = {}): ResponsesRead {
  return readResponses(responsesBytes(bytes, options))
}
