import { type Failure, failed } from '../../core/outcome.ts'
import { withOutput } from '../estimated-usage.ts'
import { asArray, asObject, asText, type JsonObject, parseJson } from '../json-value.ts'
import type { ReplyFacts, StreamObserver } from '../protocol.ts'
import type { SseEvent } from '../sse.ts'
import { describeError } from '../upstream-error.ts'
import { failureOf } from '../upstream-failure.ts'
import { isAnswer, responseFacts } from './reply.ts'

/**
 * Follows a streamed response. It ends with `response.completed` or `response.incomplete` and by nothing else: no
 * `[DONE]` need follow, and one that comes before says nothing. Deltas, nearly all of a stream, are known by their
 * event's name and never parsed. Events that are not known pass.
 */
export function observeResponses(): StreamObserver {
  return new Observer()
}

class Observer implements StreamObserver {
  phase: StreamObserver['phase'] = 'head'
  failure: Failure | undefined
  failureIsTold = false
  complete = false
  #facts: ReplyFacts = responseFacts({})
  #usageIsTold = false
  #writtenBytes = 0

  get facts(): ReplyFacts {
    if (this.#usageIsTold) return this.#facts
    return { ...this.#facts, usage: withOutput(this.#facts.usage, this.#writtenBytes) }
  }

  see(event: SseEvent): void {
    if (this.phase === 'failed' || this.complete) return
    const { name } = event
    if (name.endsWith('.delta')) {
      this.#write(event)
      return
    }
    if (event.data === '' || event.data.trim() === '[DONE]') return
    if (name === 'error') this.#failAt(parseJson(event.data) ?? event.data)
    else this.#read(event, asObject(parseJson(event.data)))
  }

  #read(event: SseEvent, data: JsonObject | undefined): void {
    if (!data) {
      this.#fail(failed('worker-protocol', 'the worker sent a stream event that is no JSON object', 'worker'))
      return
    }
    // Some servers leave the event's name out: the data says the same.
    const type = asText(data['type']) ?? event.name
    const response = asObject(data['response'])
    if (response) this.#readResponse(type, response)
    else if (isError(type, data)) this.#failAt(data)
    else if (type.endsWith('.delta')) this.#write(event)
    else if (isContent(type, data)) this.phase = 'content'
  }

  #write({ raw }: SseEvent): void {
    this.phase = 'content'
    this.#writtenBytes += deltaBytes(raw)
  }

  #readResponse(type: string, response: JsonObject): void {
    const told = responseFacts(response)
    this.#facts = { ...told, model: told.model ?? this.#facts.model }
    this.#usageIsTold = told.usage.outputTokens > 0
    if (type === 'response.failed') this.#failAt(response['error'] ?? {})
    else if (type === 'response.completed' || type === 'response.incomplete') this.#end(response)
  }

  #end(response: JsonObject): void {
    // Some servers leave out of the last event what they have sent before.
    if (!isAnswer({ ...response, output: response['output'] ?? [] })) {
      this.#fail(readStreamError(response['error'] ?? {}))
      return
    }
    this.phase = 'ended'
    this.complete = true
  }

  #failAt(error: unknown): void {
    this.failureIsTold = asObject(error) !== undefined
    this.#fail(readStreamError(error))
  }

  #fail(failure: Failure): void {
    this.phase = 'failed'
    this.failure = failure
  }
}

function readStreamError(value: unknown): Failure {
  return failureOf(describeError(value))
}

/** An error in the event's place: as the protocol has it, nested, or in the way of Chat Completions. */
function isError(type: string, data: JsonObject): boolean {
  return type === 'error' || type === 'response.failed' || (data['error'] ?? null) !== null
}

/** Something of the answer itself, or of what the vendor's tools do for it. */
function isContent(type: string, data: JsonObject): boolean {
  if (type === 'response.output_item.added' || type === 'response.output_item.done') {
    return !isEmptyItem(asObject(data['item']))
  }
  return false
}

/** Messages and reasoning open before their first word: nothing of the answer is there yet. */
function isEmptyItem(item: JsonObject | undefined): boolean {
  const type = item?.['type']
  if (type !== 'message' && type !== 'reasoning') return item === undefined
  return [item?.['content'], item?.['summary']].every((list) => (asArray(list) ?? []).length === 0)
}

const DELTA = Buffer.from('"delta":')
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** How long the text of a delta is; what else stands in the event can be longer by far. */
function deltaBytes(raw: Buffer): number {
  const key = raw.indexOf(DELTA)
  const start = key === -1 ? -1 : raw.indexOf(QUOTE, key + DELTA.length)
  if (start === -1) return 0
  let end = start + 1
  while (end < raw.length && raw[end] !== QUOTE) end += raw[end] === BACKSLASH ? 2 : 1
  return end - start - 1
}
