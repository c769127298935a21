import { type Failure, failed } from '../../core/outcome.ts'
import { withOutput } from '../estimated-usage.ts'
import { asArray, asObject, asText, type JsonObject, parseJson } from '../json-value.ts'
import type { ReplyFacts, StreamObserver } from '../protocol.ts'
import type { SseEvent } from '../sse.ts'
import { describeError } from '../upstream-error.ts'
import { failureOf } from '../upstream-failure.ts'
import { chatUsage } from './usage.ts'

/**
 * Follows a streamed completion, as OpenAI and all who imitate it send it. It has ended once a choice gave its
 * finish reason, or `[DONE]` came after a choice; later chunks are still read, for the usage comes last. An error
 * stays one, even when `[DONE]` follows.
 */
export function observeChat(): StreamObserver {
  return new Observer()
}

class Observer implements StreamObserver {
  phase: StreamObserver['phase'] = 'head'
  failure: Failure | undefined
  failureIsTold = false
  complete = false
  #model: string | undefined
  #stopReason: string | undefined
  #usage: JsonObject | undefined
  #serviceTier: unknown
  #sawChoice = false
  #writtenChars = 0

  get facts(): ReplyFacts {
    const told = chatUsage(this.#usage, this.#serviceTier)
    return {
      model: this.#model,
      usage: this.#usage ? told : withOutput(told, this.#writtenChars),
      stopReason: this.#stopReason,
    }
  }

  see(event: SseEvent): void {
    if (this.phase === 'failed' || this.complete) return
    const { data } = event
    if (data === '') return
    if (event.name === 'error') this.#failAt(parseJson(data) ?? data)
    else if (data.trim() === '[DONE]') this.#end()
    else this.#read(parseJson(data))
  }

  #end(): void {
    this.complete = true
    if (this.#sawChoice) this.phase = 'ended'
    else this.#fail(failed('worker-protocol', 'the worker ended its stream without an answer', 'worker'))
  }

  #read(value: unknown): void {
    const chunk = asObject(value)
    if (Array.isArray(value) || (chunk && isError(chunk))) {
      this.#failAt(value)
      return
    }
    if (!chunk) {
      this.#fail(failed('worker-protocol', 'the worker sent a stream chunk that is no JSON object', 'worker'))
      return
    }
    // Some servers send an empty name first, and some change it on the way.
    this.#model ??= asText(chunk['model'])
    // It may come in any chunk, and in several: the last one counts, they are never summed.
    this.#usage = asObject(chunk['usage']) ?? this.#usage
    this.#serviceTier = chunk['service_tier'] ?? this.#serviceTier
    for (const choice of asArray(chunk['choices']) ?? []) this.#readChoice(asObject(choice))
  }

  #readChoice(choice: JsonObject | undefined): void {
    if (!choice || this.phase === 'failed') return
    this.#sawChoice = true
    const finish = asText(choice['finish_reason'])
    if (finish === 'error') {
      this.#fail(failed('worker-failed', 'the worker ended its stream with an error', 'worker'))
      return
    }
    const delta = asObject(choice['delta'])
    if (this.phase === 'head' && hasContent(delta)) this.phase = 'content'
    if (delta) this.#writtenChars += writtenChars(delta)
    if (finish === undefined) return
    // Of two finishes the first one is meant: a late `stop` after `tool_calls` would hide the calls.
    this.#stopReason ??= finish
    this.phase = 'ended'
  }

  /** Clients look for `error` and for nothing else. */
  #failAt(value: unknown): void {
    this.failureIsTold = (asObject(value)?.['error'] ?? null) !== null
    this.#fail(failureOf(describeError(value)))
  }

  #fail(failure: Failure): void {
    this.phase = 'failed'
    this.failure = failure
  }
}

/** An error in the chunk's place: nested, or flat as vLLM writes it. */
function isError(chunk: JsonObject): boolean {
  return (chunk['error'] ?? null) !== null || chunk['object'] === 'error'
}

const contentKeys = [
  'content',
  'tool_calls',
  'function_call',
  'refusal',
  'reasoning',
  'reasoning_content',
  'reasoning_text',
  'reasoning_details',
  'audio',
] as const

/** How long is what the delta says, thinks and calls. */
function writtenChars(delta: JsonObject): number {
  let chars = 0
  for (const key of textKeys) {
    const text = delta[key]
    if (typeof text === 'string') chars += text.length
  }
  for (const call of asArray(delta['tool_calls']) ?? []) {
    const called = asObject(asObject(call)?.['function'])
    chars += (asText(called?.['name']) ?? '').length + (asText(called?.['arguments']) ?? '').length
  }
  return chars
}

const textKeys = ['content', 'refusal', 'reasoning', 'reasoning_content', 'reasoning_text'] as const

/** Something of the answer is in it: more than a role, null, or an empty text or list. */
function hasContent(delta: JsonObject | undefined): boolean {
  if (!delta) return false
  return contentKeys.some((key) => {
    const value = delta[key]
    if (typeof value === 'string' || Array.isArray(value)) return value.length > 0
    return asObject(value) !== undefined
  })
}
