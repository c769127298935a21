import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import { asObject } from '../../json-value.ts'
import { type SseEvent, writeEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { BlockWriter } from '../chat-to-anthropic/block-writer.ts'
import { Segments } from '../chat-to-anthropic/segments.ts'
import { isLength, stopOf } from '../chat-to-anthropic/stop-reason.ts'
import { isDone } from '../chat-to-anthropic/stream.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
import { isGiven, isObject, type JsonObject, objectIn, parseExact, textIn } from '../json-tree.ts'
import { safeguardResults } from '../safeguards.ts'
import type { Sides } from '../sides.ts'
import { finishOf } from './ending.ts'
import { ItemEvents } from './item-events.ts'
import { usageToAnthropic } from './usage.ts'

/**
 * A streamed response as the events of an Anthropic message: message_start, blocks, one message_delta, message_stop;
 * or an error, and then nothing. It ends with the response's own last event, or where a stop sequence appears.
 */
export function responsesStreamToAnthropic(naming: ReplyNaming, sides: Sides): StreamTranslator {
  return new AnthropicEvents(naming, sides)
}

class AnthropicEvents implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  readonly #segments: Segments
  readonly #items: ItemEvents
  #begun = false
  failure: Failure | undefined
  over = false

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    this.#segments = new Segments(new BlockWriter(this.#frames), naming)
    this.#items = new ItemEvents(this.#segments, naming)
  }

  push(event: SseEvent): Buffer {
    if (!this.over && event.data !== '') this.#try(() => this.#see(event))
    return this.#frames.take()
  }

  /** This protocol ends by an event of its own: without it the reply was cut. */
  end(): Buffer {
    return this.#frames.take()
  }

  #try(step: () => void): void {
    try {
      step()
    } catch (error) {
      const { code, message } = SignalboxError.from(error)
      this.#fail(failed(code, message, 'worker'))
    }
  }

  #see(frame: SseEvent): void {
    if (isDone(frame.data)) return
    let event: unknown
    try {
      event = parseExact(frame.data)
    } catch {
      return this.#fail(failed('worker-protocol', 'the worker sent an event that is not JSON', 'worker'))
    }
    if (!isObject(event)) return this.#fail(streamFailure(frame, this.#sides))
    const type = textIn(event['type']) || frame.name
    switch (type) {
      case 'response.completed':
      case 'response.incomplete':
        return this.#complete(frame, objectIn(event['response']))
      case 'response.failed':
      case 'error':
        return this.#fail(streamFailure(frame, this.#sides))
      case 'keepalive':
        this.#frames.add(this.#sides.client.ping)
        return undefined
      default:
    }
    if (frame.name === 'error' || isGiven(event['error']))
      return this.#fail(streamFailure(frame, this.#sides))
    this.#begin()
    this.#items.see(type, event)
    if (this.#items.stopText !== undefined) this.#end({}, undefined)
    return undefined
  }

  /** Some servers say `completed` of what failed: the worker's own protocol knows. */
  #complete(frame: SseEvent, response: JsonObject): void {
    const observer = this.#sides.worker.observe()
    observer.see(frame)
    if (observer.failure) return this.#fail(observer.failure)
    this.#begin()
    this.#items.complete(response)
    return this.#end(response, asObject(response['usage']))
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    const message = {
      id: `msg_${this.#naming.traceId}`,
      type: 'message',
      role: 'assistant',
      model: this.#naming.asked,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      // Not known before the end; the true figures stand in message_delta.
      usage: {
        input_tokens: 0,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 0,
      },
    }
    this.#frames.add(writeEvent('message_start', JSON.stringify({ type: 'message_start', message })))
  }

  #end(response: JsonObject, usage: JsonObject | undefined): void {
    const { refusal, stopText } = this.#items
    const segments = this.#segments
    const finish = finishOf(response)
    segments.finish(isLength(finish) || stopText !== undefined)
    const { hasCalls, hasText } = segments
    const stop = stopOf({ finish, stopText, refusal, hasCalls, hasText })
    if (!stop)
      return this.#fail(failed('worker-protocol', 'the worker’s answer ended in a failure', 'worker'))
    const delta = { ...stop, ...safeguardResults(this.#naming) }
    const data = { type: 'message_delta', delta, usage: usageToAnthropic(usage, segments.writtenChars) }
    this.#frames.add(writeEvent('message_delta', JSON.stringify(data)))
    this.#frames.add(writeEvent('message_stop', '{"type":"message_stop"}'))
    this.over = true
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.over = true
  }
}
