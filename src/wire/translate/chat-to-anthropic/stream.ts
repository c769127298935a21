import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import { asObject } from '../../json-value.ts'
import { type SseEvent, writeEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
import { safeguardResults } from '../safeguards.ts'
import type { Sides } from '../sides.ts'
import { isGiven, isObject, type JsonObject, listIn, objectIn, parseExact, textIn } from '../json-tree.ts'
import { StopScanner } from '../stop-scanner.ts'
import { BlockWriter } from './block-writer.ts'
import { CallDeltas } from './call-deltas.ts'
import { visibleText } from './reply.ts'
import { Segments } from './segments.ts'
import { isFailure, isLength, isNatural, stopOf } from './stop-reason.ts'
import { usageToAnthropic } from './usage.ts'

/**
 * A streamed Chat reply as the events of an Anthropic message: message_start, blocks, one message_delta, message_stop;
 * or an error, and then nothing. Nothing ends before `[DONE]`: what a finish reason announces may come after it, and
 * usage does.
 */
export function streamToAnthropic(naming: ReplyNaming, sides: Sides): StreamTranslator {
  return new AnthropicEvents(naming, sides)
}

class AnthropicEvents implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  readonly #segments: Segments
  readonly #calls: CallDeltas
  #begun = false
  readonly #scanner: StopScanner
  failure: Failure | undefined
  over = false
  #finish = ''
  #stopText: string | undefined
  #refusal = ''
  #usage: JsonObject | undefined

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    this.#segments = new Segments(new BlockWriter(this.#frames), naming)
    this.#calls = new CallDeltas(this.#segments)
    this.#scanner = new StopScanner(naming.stopSequences ?? [])
  }

  push(event: SseEvent): Buffer {
    if (!this.over && event.data !== '') this.#try(() => this.#see(event))
    return this.#frames.take()
  }

  end(): Buffer {
    if (!this.over && this.#finish !== '') this.#try(() => this.#end())
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

  #see(event: SseEvent): void {
    const { name, data } = event
    if (isDone(data)) return this.#end()
    let chunk: unknown
    try {
      chunk = parseExact(data)
    } catch {
      return this.#fail(failed('worker-protocol', 'the worker sent an event that is not JSON', 'worker'))
    }
    if (name === 'error' || !isObject(chunk) || isError(chunk)) {
      return this.#fail(streamFailure(event, this.#sides))
    }
    this.#begin()
    // The last figures hold: some servers repeat the sum so far in every chunk.
    this.#usage = asObject(chunk['usage']) ?? this.#usage
    for (const choice of listIn(chunk['choices'])) {
      this.#seeChoice(objectIn(choice))
      if (this.#scanner.hit !== undefined) return this.#end()
      if (isFailure(this.#finish)) return this.#fail(FAILED)
    }
  }

  #seeChoice(choice: JsonObject): void {
    if (isGiven(choice['index']) && choice['index'] !== 0) return
    // Servers that cannot stream send the whole message in one chunk.
    const delta = objectIn(choice['delta'] ?? choice['message'])
    const text = visibleText(delta['content'])
    this.#say(text)
    const refusal = textIn(delta['refusal'])
    this.#refusal += refusal
    this.#say(refusal)
    // Nothing counts after a stop sequence.
    if (this.#scanner.hit !== undefined) return
    this.#seeCalls(delta)
    this.#seeFinish(choice)
  }

  #say(text: string): void {
    if (text === '') return
    const shown = this.#scanner.push(text)
    if (shown !== '') this.#segments.text(shown)
  }

  #endText(): void {
    const held = this.#scanner.flush()
    if (held !== '') this.#segments.text(held)
  }

  #seeCalls(delta: JsonObject): void {
    const calls = listIn(delta['tool_calls'])
    const old = delta['function_call']
    if (calls.length === 0 && !isObject(old)) return
    this.#endText()
    for (const call of calls) this.#calls.add(objectIn(call))
    if (isObject(old)) this.#calls.add({ index: 0, function: old })
    this.#segments.advance()
  }

  #seeFinish(choice: JsonObject): void {
    const finish = textIn(choice['finish_reason'])
    if (finish !== '' && isNatural(this.#finish)) this.#finish = finish
    if (typeof choice['stop_reason'] === 'string') this.#stopText = choice['stop_reason']
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

  #end(): void {
    const segments = this.#segments
    const { hit } = this.#scanner
    this.#endText()
    const ending = {
      finish: hit === undefined ? this.#finish : 'stop',
      stopText: hit ?? this.#stopText,
      refusal: hit === undefined ? this.#refusal : '',
    }
    segments.finish(isLength(this.#finish) || hit !== undefined)
    const stop = stopOf({ ...ending, hasCalls: segments.hasCalls, hasText: segments.hasText })
    if (!stop)
      return this.#fail(failed('worker-protocol', 'the worker’s answer ended in a failure', 'worker'))
    this.#begin()
    const usage = usageToAnthropic(this.#usage, segments.writtenChars)
    const delta = { ...stop, ...safeguardResults(this.#naming) }
    this.#frames.add(writeEvent('message_delta', JSON.stringify({ type: 'message_delta', delta, usage })))
    this.#frames.add(writeEvent('message_stop', '{"type":"message_stop"}'))
    this.over = true
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.over = true
  }
}

const FAILED = failed('worker-failed', 'the worker’s answer ended in a failure', 'worker')

export function isDone(data: string): boolean {
  return data.charCodeAt(0) === 0x5b && data.trim() === '[DONE]'
}

/** Errors come under `error`, flat (vLLM), or as a bare message where choices should be. */
export function isError(chunk: JsonObject): boolean {
  if (isGiven(chunk['error']) || chunk['object'] === 'error') return true
  return !Array.isArray(chunk['choices']) && (isGiven(chunk['message']) || isGiven(chunk['detail']))
}
