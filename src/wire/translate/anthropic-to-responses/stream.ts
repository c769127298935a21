import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import type { SseEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { notWhole, refusalText } from '../anthropic-to-chat/reply.ts'
import { mergedUsage } from '../anthropic-to-chat/usage.ts'
import { EventWriter } from '../chat-to-responses/event-writer.ts'
import { responseOf } from '../chat-to-responses/response.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
import { isObject, type JsonObject, objectIn, parseExact, textIn } from '../json-tree.ts'
import type { Sides } from '../sides.ts'
import { endingOfStop } from './ending.ts'
import { StreamedBlocks } from './streamed-blocks.ts'
import { anthropicUsageToResponses } from './usage.ts'

/**
 * A streamed Anthropic reply as the events of a response: created, in_progress, items, and completed or incomplete with
 * the whole of it; or an error, and then nothing.
 */
export function anthropicStreamToResponses(naming: ReplyNaming, sides: Sides): StreamTranslator {
  return new ResponsesEvents(naming, sides)
}

class ResponsesEvents implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  readonly #writer: EventWriter
  readonly #blocks: StreamedBlocks
  #begun = false
  failure: Failure | undefined
  #over = false
  #stopReason = ''
  #stopDetails: unknown
  #usage: JsonObject | undefined

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    this.#writer = new EventWriter(this.#frames)
    this.#blocks = new StreamedBlocks(this.#writer, naming)
  }

  push(event: SseEvent): Buffer {
    if (!this.#over && event.data !== '') this.#try(() => this.#see(event))
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
    let event: unknown
    try {
      event = parseExact(frame.data)
    } catch {
      return this.#fail(failed('worker-protocol', 'the worker sent an event that is not JSON', 'worker'))
    }
    if (frame.name === 'error' || !isObject(event)) return this.#fail(streamFailure(frame, this.#sides))
    switch (event['type']) {
      case 'content_block_delta':
        return this.#blocks.add(objectIn(event['delta']))
      case 'content_block_start':
        this.#begin()
        return this.#blocks.start(objectIn(event['content_block']))
      case 'message_start': {
        const message = objectIn(event['message'])
        this.#usage = mergedUsage(this.#usage, message['usage'])
        this.#blocks.model = textIn(message['model'])
        return this.#begin()
      }
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

  #seeMessageDelta(event: JsonObject): void {
    const delta = objectIn(event['delta'])
    this.#stopReason = textIn(delta['stop_reason']) || this.#stopReason
    this.#stopDetails = delta['stop_details'] ?? this.#stopDetails
    this.#usage = mergedUsage(this.#usage, event['usage'])
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    const parts = { incomplete_details: null, output: [], usage: null, tier: '' }
    const response = responseOf(this.#naming, { ...parts, status: 'in_progress' })
    this.#writer.response('response.created', response)
    this.#writer.response('response.in_progress', response)
  }

  #finish(): void {
    if (this.#stopReason === '' && !this.#blocks.hasAny) {
      return this.#fail(failed('worker-protocol', 'the worker ended its stream without an answer', 'worker'))
    }
    const ending = endingOfStop(this.#stopReason)
    if (!ending) return this.#fail(failed('worker-protocol', notWhole().message, 'worker'))
    this.#begin()
    const refusal = this.#stopReason === 'refusal' ? refusalText(this.#stopDetails) : null
    if (refusal !== null) this.#blocks.refuse(refusal)
    const output = this.#blocks.finish(ending.status)
    const usage = anthropicUsageToResponses(this.#usage, this.#blocks.writtenChars)
    const response = responseOf(this.#naming, { ...ending, output, usage, tier: '' })
    this.#writer.response(`response.${ending.status}`, response)
    this.#over = true
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.#over = true
  }
}
