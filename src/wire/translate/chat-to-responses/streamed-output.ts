import { SignalboxError } from '../../../core/errors.ts'
import type { ReplyNaming } from '../../translation.ts'
import { Call } from '../chat-to-anthropic/call.ts'
import type { CallSink } from '../chat-to-anthropic/call-deltas.ts'
import type { JsonObject } from '../json-tree.ts'
import { derivedToolId } from '../tool-ids.ts'
import type { EventWriter, Place } from './event-writer.ts'
import { itemId } from './items.ts'
import { type InputForm, type OpenCall, openCall } from './open-call.ts'
import {
  type OpenItem,
  type OpenMessage,
  openMessage,
  type OpenReasoning,
  openReasoning,
} from './open-text.ts'

/**
 * The output of a streamed response: items in the order in which they begin. Text and reasoning end when something
 * else begins. Calls stay open to the end, because servers stream several of them at once.
 *
 * Text of white space alone never becomes a message.
 */
export class StreamedOutput implements CallSink {
  readonly #writer: EventWriter
  readonly #traceId: string
  readonly #wrapped: ReadonlySet<string> | undefined
  /** The names of tools that the server calls as custom ones. */
  readonly #custom = new Set<string>()
  readonly #output: JsonObject[] = []
  readonly #calls: StreamedCall[] = []
  /** Those that have begun and not ended, by their place in the output. */
  readonly #open = new Map<number, OpenItem>()
  #begun = 0
  /** The message or reasoning that is being written, and its place. */
  #current: { readonly item: OpenMessage | OpenReasoning; readonly index: number } | undefined
  #blank = ''
  #keptChars = 0
  hasAny = false
  writtenChars = 0

  constructor(writer: EventWriter, { traceId, customTools }: ReplyNaming) {
    this.#writer = writer
    this.#traceId = traceId
    this.#wrapped = customTools
  }

  text(text: string): void {
    this.hasAny = true
    this.#count(text)
    if (this.#current?.item.kind !== 'message' && text.trim() === '') {
      this.#blank += text
      return
    }
    const led = this.#blank + text
    this.#blank = ''
    this.#message().text(led)
  }

  refusal(text: string): void {
    this.hasAny = true
    this.#count(text)
    this.#message().refusal(text)
  }

  annotations(annotations: readonly JsonObject[]): void {
    const item = this.#current?.item
    if (annotations.length === 0 || item?.kind !== 'message') return
    this.#bound(JSON.stringify(annotations))
    item.annotations(annotations)
  }

  reasoning(text: string): void {
    this.#bound(text)
    const current = this.#current?.item
    if (current?.kind === 'reasoning') return current.add(text)
    const item = this.#begin('rs', (place) => openReasoning(this.#writer, place))
    this.#current = { item, index: this.#begun - 1 }
    item.add(text)
  }

  openCall(order: number): Call {
    if (this.#calls.length === CALLS_MAX) throw tooMuch()
    const call = new Call(order, this.#calls.length)
    this.#calls.push({ call, opened: undefined })
    return call
  }

  addArguments(call: Call, text: string): void {
    this.#count(text)
    call.add(text)
  }

  customTool(name: string): void {
    if (this.#custom.size < CALLS_MAX) this.#custom.add(name)
  }

  /** Sends of the calls what can be sent now: one is told of when its name is known, and its id or all of it. */
  advance(): void {
    for (const entry of this.#calls) {
      if (entry.call.id !== '' || entry.call.isComplete) this.#startCall(entry)
      entry.opened?.advance()
    }
  }

  /** The reply is over. @returns the whole output. */
  finish(status: 'completed' | 'incomplete'): readonly JsonObject[] {
    for (const entry of this.#calls) this.#startCall(entry)
    const last = this.#begun - 1
    for (const [index, item] of this.#open) {
      // What was cut was cut in the last of them.
      this.#output[index] = item.close(index === last ? status : 'completed')
    }
    this.#open.clear()
    return this.#output
  }

  #message(): OpenMessage {
    const current = this.#current?.item
    if (current?.kind === 'message') return current
    const item = this.#begin('msg', (place) => openMessage(this.#writer, place))
    this.#current = { item, index: this.#begun - 1 }
    return item
  }

  /** A call that never names its tool is no call. */
  #startCall(entry: StreamedCall): void {
    const { call, opened } = entry
    if (opened || call.name === '') return
    this.hasAny = true
    const form = this.#formOf(call.name)
    const callId = call.id || derivedToolId(this.#traceId, call.number)
    entry.opened = this.#begin(form === 'arguments' ? 'fc' : 'ctc', (place) =>
      openCall(this.#writer, place, call, { callId, form }),
    )
  }

  /** Begins an item in the next place of the output. */
  #begin<Item extends OpenItem>(prefix: Parameters<typeof itemId>[0], open: (place: Place) => Item): Item {
    this.#closeCurrent()
    const index = this.#begun++
    const item = open({ id: itemId(prefix, this.#traceId, index), index })
    this.#open.set(index, item)
    return item
  }

  #formOf(name: string): InputForm {
    if (this.#custom.has(name)) return 'raw'
    return this.#wrapped?.has(name) ? 'wrapped' : 'arguments'
  }

  #closeCurrent(): void {
    if (!this.#current) return
    const { item, index } = this.#current
    this.#output[index] = item.close('completed')
    this.#open.delete(index)
    this.#current = undefined
  }

  #count(text: string): void {
    this.writtenChars += text.length
    this.#bound(text)
  }

  /** All of it is kept, for the last event says it once more. */
  #bound(text: string): void {
    this.#keptChars += text.length
    if (this.#keptChars > KEPT_CHARS_MAX) throw tooMuch()
  }
}

interface StreamedCall {
  readonly call: Call
  /** Once it has begun. */
  opened: OpenCall | undefined
}

const CALLS_MAX = 1_000
const KEPT_CHARS_MAX = 16 * 1024 * 1024

function tooMuch(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker wrote or called more than any reply holds')
}
