import { type Failure, failed } from '../../core/outcome.ts'
import { withOutput } from '../estimated-usage.ts'
import { asObject, asText, type JsonObject, parseJson } from '../json-value.ts'
import type { ReplyFacts, StreamObserver } from '../protocol.ts'
import type { SseEvent } from '../sse.ts'
import { readAnthropicStreamError } from './failure.ts'
import { anthropicUsage, laterUsage } from './usage.ts'

/**
 * Follows a streamed message. Deltas, nearly all of a stream, are known by their event's name and never parsed.
 * The end is `message_stop` and nothing else.
 */
export function observeAnthropic(): StreamObserver {
  return new Observer()
}

class Observer implements StreamObserver {
  phase: StreamObserver['phase'] = 'head'
  failure: Failure | undefined
  failureIsTold = false
  complete = false
  #model: string | undefined
  #stopReason: string | undefined
  #usage: JsonObject = {}
  /** What the start says of the output is but a beginning. */
  #outputIsTold = false
  #writtenBytes = 0

  get facts(): ReplyFacts {
    const told = anthropicUsage(this.#usage)
    const usage = this.#outputIsTold ? told : withOutput(told, this.#writtenBytes)
    return { model: this.#model, usage, stopReason: this.#stopReason }
  }

  see(event: SseEvent): void {
    if (this.phase === 'failed' || this.phase === 'ended') return
    switch (event.name) {
      case 'content_block_delta':
        this.#write(event)
        return
      case 'ping':
      case 'content_block_stop':
        return
      default:
        if (event.data !== '') this.#read(event)
    }
  }

  #read(event: SseEvent): void {
    const data = asObject(parseJson(event.data))
    if (!data) {
      this.#fail(failed('worker-protocol', 'the worker sent a stream event that is no JSON object', 'worker'))
      return
    }
    // Some servers leave the event's name out: the data says the same.
    switch (event.name || data['type']) {
      case 'message_start':
        this.#start(asObject(data['message']))
        break
      case 'content_block_start':
        if (!isEmptyText(asObject(data['content_block']))) this.phase = 'content'
        break
      case 'content_block_delta':
        this.#write(event)
        break
      case 'message_delta':
        this.#usage = laterUsage(this.#usage, data['usage'])
        this.#outputIsTold ||= asObject(data['usage']) !== undefined
        this.#stopReason = asText(asObject(data['delta'])?.['stop_reason']) ?? this.#stopReason
        break
      case 'message_stop':
        this.phase = 'ended'
        this.complete = true
        break
      case 'error':
        this.failureIsTold = asObject(data['error']) !== undefined
        this.#fail(readAnthropicStreamError(data))
    }
  }

  #write({ raw }: SseEvent): void {
    this.phase = 'content'
    this.#writtenBytes += Math.max(raw.length - DELTA_FRAME_BYTES, 1)
  }

  #start(message: JsonObject | undefined): void {
    this.#model = asText(message?.['model'])
    this.#usage = laterUsage(this.#usage, message?.['usage'])
  }

  #fail(failure: Failure): void {
    this.phase = 'failed'
    this.failure = failure
  }
}

/** What a delta has around its text. */
const DELTA_FRAME_BYTES =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}\n\n'
    .length

/** A text block opens before its first word: nothing of the answer is there yet. */
function isEmptyText(block: JsonObject | undefined): boolean {
  return !block || (block['type'] === 'text' && (block['text'] ?? '') === '')
}
