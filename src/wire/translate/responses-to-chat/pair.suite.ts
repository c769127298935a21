import OpenAI from 'openai'
import { expect } from 'vitest'
import { protocols } from '../../catalog.ts'
import { createSseReader, type SseEvent, writeEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator, TranslatedRequest } from '../../translation.ts'
import { chatReplyToResponses } from '../chat-to-responses/reply.ts'
import { chatRequestToResponses } from '../chat-to-responses/request.ts'
import { chatStreamToResponses } from '../chat-to-responses/stream.ts'
import { target, type TargetOptions } from '../requests.suite.ts'
import { naming, readChat } from '../streams.suite.ts'
import { responsesReplyToChat } from './reply.ts'
import { responsesRequestToChat } from './request.ts'
import { responsesStreamToChat } from './stream.ts'

/** What the tests between Chat and Responses share. */
export type Json = Record<string, unknown>

const chat = protocols['openai-chat']
const responses = protocols['openai-responses']

export function bytesOf(body: object | string): Buffer {
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

export interface PairRequest extends Omit<TranslatedRequest, 'body'> {
  readonly body: Json
}

function read(translated: TranslatedRequest): PairRequest {
  return { ...translated, body: JSON.parse(translated.body.toString('utf8')) }
}

const messages = [{ role: 'user', content: 'Hi' }]

/** A request of a Chat client, for a worker that speaks Responses. */
export function toResponsesRequest(body: object, options?: TargetOptions): PairRequest {
  return read(chatRequestToResponses(bytesOf({ model: 'auto', messages, ...body }), target(options)))
}

/** A request of a Responses client, for a Chat worker. */
export function toChatRequest(body: object, options?: TargetOptions): PairRequest {
  return read(responsesRequestToChat(bytesOf({ model: 'auto', input: 'Hi', ...body }), target(options)))
}

/** The reply that a Chat client gets. */
export function chatReply(body: object | string): Json {
  return JSON.parse(responsesReplyToChat(bytesOf(body), naming, responses).toString('utf8'))
}

/** The reply that a Responses client gets. */
export function responsesReply(body: object | string, customTools?: ReadonlySet<string>): Json {
  const named = { ...naming, ...(customTools && { customTools }) }
  return JSON.parse(chatReplyToResponses(bytesOf(body), named, chat).toString('utf8'))
}

export interface StreamOptions {
  readonly cuts?: readonly number[]
  readonly naming?: ReplyNaming
  readonly customTools?: ReadonlySet<string>
}

export function chatStreamOf(bytes: Buffer, options: StreamOptions = {}): string {
  const sides = { client: chat, worker: responses }
  return played(responsesStreamToChat(options.naming ?? naming, sides), bytes, options)
}

export function responsesStreamOf(bytes: Buffer, options: StreamOptions = {}): string {
  const { customTools } = options
  const named = { ...(options.naming ?? naming), ...(customTools && { customTools }) }
  return played(chatStreamToResponses(named, { client: responses, worker: chat }), bytes, options)
}

/** What a Chat client reads of a streamed response. */
export function toChat(bytes: Buffer, options?: StreamOptions): ReturnType<typeof readChat> {
  return readChat(chatStreamOf(bytes, options))
}

function played(translator: StreamTranslator, bytes: Buffer, { cuts = [] }: StreamOptions): string {
  const reader = createSseReader()
  const out: Buffer[] = []
  const push = (events: readonly SseEvent[]): void => {
    for (const event of events) out.push(translator.push(event))
  }
  let start = 0
  for (const cut of [...cuts, bytes.length]) {
    push(reader.push(bytes.subarray(start, cut)))
    start = cut
  }
  push(reader.end())
  out.push(translator.end())
  return Buffer.concat(out).toString('utf8')
}

export interface ResponsesEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** Responses events as an upstream sends them, numbered. */
export function responsesEvents(...events: readonly ResponsesEvent[]): Buffer {
  return Buffer.concat(
    events.map((event, index) =>
      writeEvent(event.type, JSON.stringify({ ...event, sequence_number: index })),
    ),
  )
}

const ends: readonly unknown[] = ['response.completed', 'response.incomplete', 'response.failed']

export interface ResponsesRead {
  readonly types: readonly string[]
  readonly events: readonly Json[]
  /** The response in the last event. */
  readonly response: Json
  readonly output: readonly Json[]
}

/** Reads a stream as the protocol defines it, and fails on everything that it does not allow. */
export function readResponses(text: string): ResponsesRead {
  const reader = createSseReader()
  const events: Json[] = []
  const written = new Map<string, string>()
  for (const event of [...reader.push(Buffer.from(text)), ...reader.end()]) {
    const data = JSON.parse(event.data)
    expect(data.type).toBe(event.name)
    expect(ends, 'nothing follows the end').not.toContain(events.at(-1)?.['type'])
    if (data.type !== 'response.failed') expect(data.sequence_number, 'without gaps').toBe(events.length)
    const place = `${data.item_id} ${data.content_index}`
    if (data.type.endsWith('.delta')) written.set(place, (written.get(place) ?? '') + data.delta)
    const whole = data.text ?? data.arguments ?? data.input ?? data.refusal
    if (whole !== undefined) expect(whole, 'what came in pieces').toBe(written.get(place) ?? '')
    events.push(data)
  }
  const types = events.map((event) => String(event['type']))
  const response = (events.at(-1)?.['response'] ?? {}) as Json
  return { types, events, response, output: (response['output'] ?? []) as Json[] }
}

/** What OpenAI's own library makes of a stream; it throws at whatever breaks the protocol. */
export async function readBySdk(stream: string): Promise<Json> {
  const client = new OpenAI({
    apiKey: 'none',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } })),
  })
  const { output_text: _, ...response } = await client.responses
    .stream({ model: 'auto', input: 'Hi' })
    .finalResponse()
  return { ...response }
}
