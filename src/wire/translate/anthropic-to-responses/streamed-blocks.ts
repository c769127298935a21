import { SignalboxError } from '../../../core/errors.ts'
import type { ReplyNaming } from '../../translation.ts'
import { Call } from '../chat-to-anthropic/call.ts'
import type { EventWriter, Place } from '../chat-to-responses/event-writer.ts'
import { callItemId, type ItemStatus, itemId } from '../chat-to-responses/items.ts'
import { openCall } from '../chat-to-responses/open-call.ts'
import { type OpenItem, openMessage } from '../chat-to-responses/open-text.ts'
import { type JsonObject, objectIn, textIn, writeJson } from '../json-tree.ts'
import { openThinking } from './open-thinking.ts'
import { thinkingSeal } from './thinking.ts'

/** A content block under way. Its item opens with the first thing that it says. */
interface OpenBlock {
  add(delta: JsonObject): void
  /** Ends it. @returns its item; undefined for a block that said nothing, or that only its vendor understands. */
  close(status: ItemStatus): JsonObject | undefined
}

const CHARS_MAX = 16 * 1024 * 1024

/** The blocks of a streamed Anthropic reply as the items of a response: one for each, in their order. */
export class StreamedBlocks {
  readonly #writer: EventWriter
  readonly #naming: ReplyNaming
  readonly #output: JsonObject[] = []
  #open: OpenBlock | undefined
  #calls = 0
  writtenChars = 0
  /** The model that says it answers. */
  model = ''
  /** Something of the answer itself has come. */
  hasAny = false

  constructor(writer: EventWriter, naming: ReplyNaming) {
    this.#writer = writer
    this.#naming = naming
  }

  /** Only the end of the reply tells whether a block was cut, so one ends when the next begins. */
  start(block: JsonObject): void {
    this.#close('completed')
    this.#open = this.#openBlock(block)
    this.#open?.add(block)
  }

  add(delta: JsonObject): void {
    this.#open?.add(delta)
  }

  refuse(explanation: string): void {
    this.#close('completed')
    const item = openMessage(this.#writer, this.#place('msg'))
    item.refusal(explanation)
    this.#output.push(item.close('completed'))
  }

  /** The reply is over. @returns the whole output. */
  finish(status: ItemStatus): readonly JsonObject[] {
    this.#close(status)
    return this.#output
  }

  #close(status: ItemStatus): void {
    const item = this.#open?.close(status)
    if (item) this.#output.push(item)
    this.#open = undefined
  }

  #openBlock(block: JsonObject): OpenBlock | undefined {
    switch (block['type']) {
      case 'text':
        return this.#text()
      case 'tool_use':
        return this.#call(block)
      case 'thinking':
      case 'redacted_thinking':
        return this.#thinking(block)
      default:
        return undefined
    }
  }

  #text(): OpenBlock {
    let item: ReturnType<typeof openMessage> | undefined
    return {
      add: (delta) => {
        const text = this.#counted(textIn(delta['text']))
        if (text === '') return
        item ??= openMessage(this.#writer, this.#place('msg'))
        item.text(text)
      },
      close: (status) => item?.close(status),
    }
  }

  #call(block: JsonObject): OpenBlock {
    const name = textIn(block['name'])
    const form = this.#naming.customTools?.has(name) ? 'wrapped' : 'arguments'
    const kind = form === 'wrapped' ? 'custom' : 'function'
    const call = new Call(this.#calls, this.#calls++)
    call.name = name
    const index = this.#output.length
    const place = { id: callItemId(kind, this.#naming.traceId, index), index }
    const item = openCall(this.#writer, place, call, { callId: textIn(block['id']), form })
    this.hasAny = true
    return {
      add: (delta) => {
        call.add(this.#counted(textIn(delta['partial_json'])))
        item.advance()
      },
      close: (status) => {
        // Arguments that did not come in pieces stand in the block's start.
        if (call.text === '') call.add(writeJson(objectIn(block['input']), tooDeep))
        return item.close(status)
      },
    }
  }

  #thinking(block: JsonObject): OpenBlock {
    const told: Record<string, unknown> = { type: block['type'], data: block['data'], signature: '' }
    const model = this.#naming.served ?? this.model
    let item: (OpenItem & { add(text: string): void }) | undefined
    const open = () => openThinking(this.#writer, this.#place('rs'), () => thinkingSeal(told, model))
    return {
      add: (delta) => {
        told['signature'] = textIn(told['signature']) + textIn(delta['signature'])
        const text = this.#counted(textIn(delta['thinking']))
        if (text === '') return
        item ??= open()
        item.add(text)
      },
      close: (status) => {
        if (!item && thinkingSeal(told, model) !== '') item = open()
        return item?.close(status)
      },
    }
  }

  #place(prefix: 'msg' | 'rs'): Place {
    const index = this.#output.length
    return { id: itemId(prefix, this.#naming.traceId, index), index }
  }

  /** All of it is kept, for the last event says it once more. */
  #counted(text: string): string {
    if (text === '') return text
    this.hasAny = true
    this.writtenChars += text.length
    if (this.writtenChars > CHARS_MAX) {
      throw new SignalboxError('worker-protocol', 'the worker wrote or called more than any reply holds')
    }
    return text
  }
}

function tooDeep(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s tool arguments are nested too deeply')
}
