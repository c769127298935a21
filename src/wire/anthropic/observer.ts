import { type Failure, failed } from '../../core/outcome.ts'
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
  complete = false
  #model: string | undefined
  #stopReason: string | undefined
  #usage: JsonObject = {}

  get facts(): ReplyFacts {
    return { model: this.#model, usage: anthropicUsage(this.#usage), stopReason: this.#stopReason }
  }

  see(event: SseEvent): void {
    if (this.phase === 'failed' || this.phase === 'ended') return
    switch (event.name) {
      case 'content_block_delta':
        this.phase = 'content'
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
        this.phase = 'content'
        break
      case 'message_delta':
        this.#usage = laterUsage(this.#usage, data['usage'])
        this.#stopReason = asText(asObject(data['delta'])?.['stop_reason']) ?? this.#stopReason
        break
      case 'message_stop':
        this.phase = 'ended'
        this.complete = true
        break
      case 'error':
        this.#fail(readAnthropicStreamError(data))
    }
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

/** A text block opens before its first word: nothing of the answer is there yet. */
function isEmptyText(block: JsonObject | undefined): boolean {
  return !block || (block['type'] === 'text' && (block['text'] ?? '') === '')
}
