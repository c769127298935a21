import { expect } from 'vitest'
import type { Wire } from '../../core/wire.ts'
import { createSseReader, writeData, writeEvent } from '../sse.ts'
import type { ReplyNaming } from '../translation.ts'
import { translation } from './catalog.ts'

/** What the tests of translated streams share: feeding bytes in, and putting a reply together as a client would. */
export const naming: ReplyNaming = { asked: 'auto', traceId: 'ab'.repeat(16), createdS: 1_790_000_000 }

type Json = Record<string, unknown>

export function translationOf(from: Wire, to: Wire) {
  const found = translation(from, to)
  if (!found) throw new Error(`no translation from ${from} to ${to}`)
  return found
}

/** A Chat stream: objects as data events, strings as they are. */
export function chatStream(...chunks: readonly (object | string)[]): Buffer {
  return Buffer.concat(
    chunks.map((chunk) =>
      typeof chunk === 'string' ? Buffer.from(chunk) : writeData(JSON.stringify(chunk)),
    ),
  )
}

/** A chunk with one choice. */
export function chunk(delta: object, finish: string | null = null, more: object = {}): object {
  return {
    id: 'c',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  }
}

export const done = 'data: [DONE]\n\n'

export function anthropicStream(...events: readonly (object & { type: string })[]): Buffer {
  return Buffer.concat(events.map((event) => writeEvent(event.type, JSON.stringify(event))))
}

/** What the client gets when the upstream sends these bytes, cut at these places, and closes. */
export function translated(
  from: Wire,
  to: Wire,
  bytes: Buffer,
  options: { readonly cuts?: readonly number[]; readonly naming?: ReplyNaming } = {},
): string {
  const translator = translationOf(from, to).stream(options.naming ?? naming)
  const reader = createSseReader()
  const out: Buffer[] = []
  let start = 0
  for (const cut of [...(options.cuts ?? []), bytes.length]) {
    for (const event of reader.push(bytes.subarray(start, cut))) out.push(translator.push(event))
    start = cut
  }
  for (const event of reader.end()) out.push(translator.push(event))
  out.push(translator.end())
  return Buffer.concat(out).toString('utf8')
}

/** To a client of Anthropic's protocol, from a Chat worker. */
export function toAnthropic(bytes: Buffer, cuts?: readonly number[]): AnthropicRead {
  return readAnthropic(translated('anthropic', 'openai-chat', bytes, cuts ? { cuts } : {}))
}

/** To a client of the Chat protocol, from an Anthropic worker. */
export function toChat(bytes: Buffer, options: Parameters<typeof translated>[3] = {}): ChatRead {
  return readChat(translated('openai-chat', 'anthropic', bytes, options))
}

export interface AnthropicRead {
  readonly content: readonly Json[]
  readonly stop: Json | undefined
  readonly usage: Json | undefined
  readonly error: Json | undefined
  readonly isWhole: boolean
  readonly types: readonly string[]
}

/** Reads a stream as the protocol defines it, and fails on everything that it does not allow. */
export function readAnthropic(text: string): AnthropicRead {
  const content: Json[] = []
  const types: string[] = []
  let open: { index: number; block: Json; text: string; json: string } | undefined
  let stop: Json | undefined
  let usage: Json | undefined
  let error: Json | undefined
  let isWhole = false
  for (const event of eventsOf(text)) {
    const data = JSON.parse(event.data)
    expect(event.name).toBe(data.type)
    expect(isWhole || error, 'nothing follows the end').toBeFalsy()
    types.push(data.type)
    switch (data.type) {
      case 'message_start':
        expect(types).toHaveLength(1)
        expect(data.message).toMatchObject({
          id: `msg_${naming.traceId}`,
          model: 'auto',
          role: 'assistant',
          content: [],
        })
        break
      case 'content_block_start':
        expect(open, 'one block at a time').toBeUndefined()
        expect(data.index, 'numbers without gaps').toBe(content.length)
        open = { index: data.index, block: data.content_block, text: data.content_block.text ?? '', json: '' }
        content.push(open.block)
        break
      case 'content_block_delta':
        expect(data.index).toBe(open?.index)
        if (!open) break
        if (data.delta.type === 'text_delta') open.block['text'] = open.text += data.delta.text
        else if (data.delta.type === 'thinking_delta') {
          open.block['thinking'] = `${open.block['thinking']}${data.delta.thinking}`
        } else if (data.delta.type === 'signature_delta') open.block['signature'] = data.delta.signature
        else open.json += data.delta.partial_json
        break
      case 'content_block_stop':
        expect(data.index).toBe(open?.index)
        if (open?.block['type'] === 'tool_use') open.block['input'] = readInput(open.json)
        open = undefined
        break
      case 'message_delta':
        expect(open).toBeUndefined()
        expect(stop, 'one message_delta').toBeUndefined()
        stop = data.delta
        usage = data.usage
        break
      case 'message_stop':
        expect(stop).toBeDefined()
        isWhole = true
        break
      case 'error':
        error = data.error
        break
      default:
        throw new Error(`unexpected ${data.type}`)
    }
  }
  return { content, stop, usage, error, isWhole, types }
}

function readInput(json: string): unknown {
  if (json === '') return {}
  try {
    return JSON.parse(json)
  } catch {
    return { unfinished: json }
  }
}

export interface CallRead {
  readonly id: string
  readonly type: string
  readonly function: { readonly name: string; arguments: string }
  /** In place of `function`, for a tool that takes free text. */
  readonly custom?: { readonly name: string; input: string }
}

export interface ChatRead {
  readonly content: string
  readonly refusal: string
  readonly calls: readonly CallRead[]
  readonly finish: string | undefined
  readonly usage: Json | undefined
  readonly error: Json | undefined
  readonly isDone: boolean
  readonly chunks: readonly Json[]
}

export function readChat(text: string): ChatRead {
  let content = ''
  let refusal = ''
  const calls: CallRead[] = []
  const chunks: Json[] = []
  let finish: string | undefined
  let usage: Json | undefined
  let error: Json | undefined
  let isDone = false
  for (const event of eventsOf(text)) {
    if (event.data === '') continue
    expect(isDone || error, 'nothing follows the end').toBeFalsy()
    if (event.data === '[DONE]') {
      isDone = true
      continue
    }
    const data = JSON.parse(event.data)
    if (data.error) {
      error = data.error
      continue
    }
    expect(data).toMatchObject({
      id: `chatcmpl-${naming.traceId}`,
      object: 'chat.completion.chunk',
      model: 'auto',
      created: naming.createdS,
    })
    chunks.push(data)
    usage = data.usage ?? usage
    for (const { index, delta, finish_reason } of data.choices) {
      expect(index).toBe(0)
      expect(finish, 'nothing but usage follows the finish').toBeUndefined()
      if (chunks.length === 1) expect(delta.role).toBe('assistant')
      content += delta.content ?? ''
      refusal += delta.refusal ?? ''
      for (const call of delta.tool_calls ?? []) {
        const begun = calls[call.index]
        if (call.id) calls[call.index] = call
        else if (!begun) throw new Error('arguments of a call that has not begun')
        else if (begun.custom) begun.custom.input += call.custom.input
        else begun.function.arguments += call.function.arguments
      }
      finish = finish_reason ?? undefined
    }
  }
  return { content, refusal, calls, finish, usage, error, isDone, chunks }
}

function eventsOf(text: string) {
  const reader = createSseReader()
  return [...reader.push(Buffer.from(text)), ...reader.end()]
}
