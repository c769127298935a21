import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import type { SseEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { unwrapped } from '../chat-to-responses/items.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
import { ChunkWriter } from '../responses-to-chat/chunk-writer.ts'
import type { Sides } from '../sides.ts'
import { isObject, type JsonObject, objectIn, parseExact, textIn, writeJson } from '../json-tree.ts'
import { notWhole, refusalText } from './reply.ts'
import { finishReason } from './stop-reason.ts'
import { mergedUsage, usageToChat } from './usage.ts'

/** A streamed Anthropic reply as Chat chunks: the role first, one finish, usage, `[DONE]`. */
export function streamToChat(naming: ReplyNaming, sides: Sides): StreamTranslator {
  return new ChatChunks(naming, sides)
}

/** A call under way: its number among the calls, and what its block began with. */
interface OpenCall {
  readonly number: number
  readonly kind: 'function' | 'custom'
  readonly input: unknown
  hasArguments: boolean
  /** Of a custom tool, whose input lies wrapped in arguments: they must be whole before it can be sent. */
  held: string
}

class ChatChunks implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  readonly #writer: ChunkWriter
  /** Something of the answer itself has come. */
  #said = false
  failure: Failure | undefined
  #over = false
  #calls = 0
  #openCall: OpenCall | undefined
  #stopReason = ''
  #stopDetails: unknown
  #usage: JsonObject | undefined
  #writtenChars = 0

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    this.#writer = new ChunkWriter(this.#frames, naming)
  }

  push(event: SseEvent): Buffer {
    if (!this.#over && event.data !== '') this.#see(event)
    return this.#frames.take()
  }

  /** This protocol ends by an event of its own: without it the reply was cut. */
  end(): Buffer {
    return this.#frames.take()
  }

  #see(frame: SseEvent): void {
    let event: unknown
    try {
      event = parseExact(frame.data)
    } catch {
      return this.#fail(failed('worker-protocol', 'the worker sent an event that is not JSON', 'worker'))
    }
    if (frame.name === 'error' || !isObject(event)) return this.#fail(streamFailure(frame, this.#sides))
    switch (event['type']) {
      case 'content_block_delta':
        return this.#seeDelta(objectIn(event['delta']))
      case 'content_block_start':
        return this.#seeBlock(objectIn(event['content_block']))
      case 'content_block_stop':
        return this.#closeCall()
      case 'message_start':
        this.#usage = mergedUsage(this.#usage, objectIn(event['message'])['usage'])
        return this.#writer.begin()
      case 'message_delta':
        return this.#seeMessageDelta(event)
      case 'message_stop':
        return this.#finish()
      case 'ping':
        this.#frames.add(this.#sides.client.ping)
        return undefined
      case 'error':
        return this.#fail(streamFailure(frame, this.#sides))
      default:
        return undefined
    }
  }

  #seeBlock(block: JsonObject): void {
    if (block['type'] === 'text') return this.#text(textIn(block['text']))
    if (block['type'] !== 'tool_use') return
    const name = textIn(block['name'])
    const kind = this.#naming.customTools?.has(name) ? 'custom' : 'function'
    this.#openCall = { number: this.#calls++, kind, input: block['input'], hasArguments: false, held: '' }
    this.#said = true
    const asChat = { id: textIn(block['id']) }
    this.#writer.beginCall(this.#openCall.number, { kind, name, asChat })
  }

  #seeDelta(delta: JsonObject): void {
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(textIn(delta['text']))
      case 'input_json_delta':
        return this.#arguments(textIn(delta['partial_json']))
      default:
        return undefined
    }
  }

  #text(text: string): void {
    if (text === '') return
    this.#said = true
    this.#writtenChars += text.length
    this.#writer.text(text)
  }

  #arguments(text: string): void {
    const call = this.#openCall
    if (!call || text === '') return
    call.hasArguments = true
    this.#writtenChars += text.length
    if (call.kind === 'function') this.#writer.input(call.number, call.kind, text)
    else if (call.held.length + text.length <= HELD_CHARS_MAX) call.held += text
    else
      this.#fail(
        failed('worker-protocol', 'the worker called a tool with more than any reply holds', 'worker'),
      )
  }

  /** Arguments that did not come in pieces stand in the block's start. */
  #closeCall(): void {
    const call = this.#openCall
    if (call && !call.hasArguments) {
      try {
        this.#arguments(writeJson(objectIn(call.input), tooDeep))
      } catch (error) {
        const { code, message } = SignalboxError.from(error)
        this.#fail(failed(code, message, 'worker'))
      }
    }
    if (call?.kind === 'custom' && !this.#over) {
      this.#writer.input(call.number, call.kind, unwrapped(call.held))
    }
    this.#openCall = undefined
  }

  #seeMessageDelta(event: JsonObject): void {
    const delta = objectIn(event['delta'])
    this.#stopReason = textIn(delta['stop_reason']) || this.#stopReason
    this.#stopDetails = delta['stop_details'] ?? this.#stopDetails
    this.#usage = mergedUsage(this.#usage, event['usage'])
  }

  #finish(): void {
    if (this.#stopReason === '' && !this.#said) {
      return this.#fail(failed('worker-protocol', 'the worker ended its answer before it began', 'worker'))
    }
    const finish = finishReason(this.#stopReason, this.#calls > 0)
    if (finish === undefined) return this.#fail(failed('worker-protocol', notWhole().message, 'worker'))
    const refusal = this.#stopReason === 'refusal' ? refusalText(this.#stopDetails) : null
    if (refusal !== null) this.#writer.delta({ refusal })
    this.#writer.finish(finish, usageToChat(this.#usage, this.#writtenChars), {})
    this.#over = true
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.#over = true
  }
}

const HELD_CHARS_MAX = 16 * 1024 * 1024

function tooDeep(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s tool arguments are nested too deeply')
}
