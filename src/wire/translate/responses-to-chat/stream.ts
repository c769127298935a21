import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import { asObject } from '../../json-value.ts'
import type { SseEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
import { isGiven, isObject, type JsonObject, objectIn, parseExact, textIn } from '../json-tree.ts'
import type { Sides } from '../sides.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { finishReasonOf } from './finish-reason.ts'
import { StreamedItems } from './streamed-items.ts'
import { responsesUsageToChat } from './usage.ts'

/**
 * A streamed response as Chat chunks: the role first, one finish, usage, `[DONE]`; or an error, and then nothing. A
 * response ends by an event of its own and by nothing else.
 */
export function responsesStreamToChat(naming: ReplyNaming, sides: Sides): StreamTranslator {
  return new ChatChunks(naming, sides)
}

class ChatChunks implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  readonly #writer: ChunkWriter
  readonly #items: StreamedItems
  failure: Failure | undefined
  #over = false

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    this.#writer = new ChunkWriter(this.#frames, naming)
    this.#items = new StreamedItems(this.#writer, naming)
  }

  push(event: SseEvent): Buffer {
    if (!this.#over && event.data !== '') this.#try(event)
    return this.#frames.take()
  }

  /** Without its last event the response was cut. */
  end(): Buffer {
    return this.#frames.take()
  }

  #try(event: SseEvent): void {
    try {
      this.#see(event)
      if (this.#items.isStopped && !this.#over) this.#end('stop', {})
    } catch (error) {
      const { code, message } = SignalboxError.from(error)
      this.#fail(failed(code, message, 'worker'))
    }
  }

  #see(frame: SseEvent): void {
    if (frame.data.charCodeAt(0) === 0x5b && frame.data.trim() === '[DONE]') return
    let event: unknown
    try {
      event = parseExact(frame.data)
    } catch {
      return this.#fail(failed('worker-protocol', 'the worker sent an event that is not JSON', 'worker'))
    }
    if (!isObject(event) || frame.name === 'error' || isGiven(event['error'])) {
      return this.#fail(streamFailure(frame, this.#sides))
    }
    // Some servers leave one of the two out.
    this.#seeEvent(textIn(event['type']) || frame.name, event, frame)
  }

  #seeEvent(type: string, event: JsonObject, frame: SseEvent): void {
    switch (type) {
      case 'response.output_text.delta':
        return this.#items.text(event)
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#items.input(event)
      case 'response.refusal.delta':
        return this.#items.refusal(event)
      case 'response.output_item.added':
        return this.#items.add(event)
      case 'response.output_item.done':
        return this.#items.done(event)
      case 'response.output_text.annotation.added':
        return this.#items.annotation(event)
      case 'response.created':
        return this.#writer.begin()
      case 'keepalive':
        return this.#frames.add(this.#sides.client.ping)
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(type, objectIn(event['response']))
      case 'error':
      case 'response.failed':
      case 'response.cancelled':
        return this.#fail(streamFailure(frame, this.#sides))
      default:
        return undefined
    }
  }

  #finish(type: string, response: JsonObject): void {
    const items = this.#items
    items.finish(response['output'])
    if (items.isStopped) return
    const said = { hasCalls: items.hasCalls, hasAny: items.hasCalls || items.writtenChars > 0 }
    const status = textIn(response['status']) || type.slice('response.'.length)
    const finish = finishReasonOf({ ...response, status }, said)
    if (finish === undefined) {
      return this.#fail(failed('worker-protocol', 'the worker’s response is not an answer', 'worker'))
    }
    this.#end(finish, response)
  }

  /** @param response the worker's last word, where the answer lasted until then. */
  #end(finish: string, response: JsonObject): void {
    const tier = textIn(response['service_tier'])
    const usage = responsesUsageToChat(asObject(response['usage']), this.#items.writtenChars)
    this.#writer.finish(finish, usage, tier === '' ? {} : { service_tier: tier })
    this.#over = true
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.#over = true
  }
}
