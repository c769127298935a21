/** The library's message as a request of Anthropic's protocol, and that protocol's replies as the library's. */
import type { Ask, StreamEvent } from '../../core/engine.ts'
import { SignalboxError } from '../../core/errors.ts'
import type { Message } from '../../core/message.ts'
import { stripReminders } from '../person-text.ts'
import type { RequestFacts } from '../protocol.ts'
import { createSseReader } from '../sse.ts'

type Block = Readonly<Record<string, unknown>>

const MAX_TOKENS = 4_096

export function askOf(message: Message, stream: boolean): Ask {
  const { content } = message
  const body = {
    model: message.model ?? 'auto',
    max_tokens: message.maxTokens ?? MAX_TOKENS,
    ...(message.system !== undefined && { system: message.system }),
    messages: [{ role: 'user', content }],
    ...(message.tools !== undefined && { tools: message.tools }),
    ...(stream && { stream: true }),
  }
  const { priority, deadlineMs, session, tenant, context, signal } = message
  return {
    wire: 'anthropic',
    kind: 'library',
    body: Buffer.from(JSON.stringify(body)),
    query: '',
    headers: {},
    ...(priority !== undefined && { priority }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(message.class !== undefined && { class: message.class }),
    ...(session !== undefined && { session }),
    ...(tenant !== undefined && { tenant }),
    ...(context !== undefined && { context }),
    ...(signal !== undefined && { signal }),
  }
}

/** The same that a view of the request would tell, without writing the request first: 15 µs less at 2 KB. */
export function factsOf({ content, model, tools, maxTokens }: Message): RequestFacts {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content
  const texts = blocks.flatMap(({ type, text }) =>
    type === 'text' && typeof text === 'string' ? stripReminders(text).trim() : [],
  )
  const text = texts.filter((each) => each !== '').join('\n')
  return {
    model: model ?? 'auto',
    texts: text === '' ? [] : [text],
    tools: (tools?.length ?? 0) > 0,
    toolLoopOpen: blocks.some(({ type }) => type === 'tool_result'),
    thinking: false,
    effort: undefined,
    maxTokens: maxTokens ?? MAX_TOKENS,
  }
}

export interface ReadReply {
  readonly text: string
  readonly content: readonly Block[]
  readonly stopReason: string | null
}

/** Reads a whole reply of the Anthropic protocol. It came through the engine, so its shape has been checked. */
export function readReply(body: Buffer): ReadReply {
  const reply = JSON.parse(body.toString()) as { content?: readonly Block[]; stop_reason?: string | null }
  const content = reply.content ?? []
  return { text: textOf(content), content, stopReason: reply.stop_reason ?? null }
}

function textOf(content: readonly Block[]): string {
  return content.map((block) => (block['type'] === 'text' ? String(block['text']) : '')).join('')
}

interface Delta {
  readonly type?: string
  readonly text?: string
  readonly partial_json?: string
  readonly thinking?: string
  readonly signature?: string
  readonly stop_reason?: string | null
}

/** A block as it grows; its tool input arrives as pieces of JSON. */
interface Growing {
  readonly block: Record<string, unknown>
  json: string
}

type Piece = Exclude<StreamEvent, { type: 'done' }>

/** Folds a stream of the Anthropic protocol into the library's events, and at the end into a whole reply. */
export class StreamFold {
  readonly #reader = createSseReader()
  readonly #blocks: Growing[] = []
  #stopReason: string | null = null

  /** @throws SignalboxError with the words of the stream's own error event. */
  push(chunk: Buffer): readonly Piece[] {
    return this.#reader.push(chunk).flatMap(({ data }) => (data === '' ? [] : this.#fold(data)))
  }

  reply(): ReadReply {
    const content = this.#blocks.map(({ block }) => block)
    return { text: textOf(content), content, stopReason: this.#stopReason }
  }

  #fold(data: string): readonly Piece[] {
    // The engine passes on only events that its observer has read; their shape is the protocol's.
    const event = JSON.parse(data) as {
      type: string
      content_block?: Record<string, unknown>
      delta?: Delta
      error?: { message?: string }
    }
    switch (event.type) {
      case 'error':
        throw new SignalboxError('worker-stalled', event.error?.message ?? 'the stream ended with an error.')
      case 'content_block_start':
        this.#blocks.push({ block: { ...event.content_block }, json: '' })
        return []
      case 'content_block_delta':
        return this.#grow(event.delta ?? {})
      case 'content_block_stop':
        return this.#close()
      case 'message_delta':
        this.#stopReason = event.delta?.stop_reason ?? this.#stopReason
        return []
      default:
        return []
    }
  }

  #grow(delta: Delta): readonly Piece[] {
    const growing = this.#blocks.at(-1)
    if (!growing) return []
    const { block } = growing
    if (delta.thinking !== undefined) append(block, 'thinking', delta.thinking)
    if (delta.signature !== undefined) block['signature'] = delta.signature
    if (delta.partial_json !== undefined) growing.json += delta.partial_json
    if (delta.text === undefined) return []
    append(block, 'text', delta.text)
    return [{ type: 'text', text: delta.text }]
  }

  #close(): readonly Piece[] {
    const growing = this.#blocks.at(-1)
    if (growing?.block['type'] !== 'tool_use') return []
    const { block, json } = growing
    if (json !== '') block['input'] = parsed(json)
    return [
      { type: 'tool-call', id: String(block['id']), name: String(block['name']), input: block['input'] },
    ]
  }
}

function append(block: Record<string, unknown>, key: string, piece: string): void {
  const before = block[key]
  block[key] = typeof before === 'string' ? before + piece : piece
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new SignalboxError('worker-protocol', 'the worker’s tool input is no JSON.', { cause })
  }
}
