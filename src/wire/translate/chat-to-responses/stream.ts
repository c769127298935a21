import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import { asObject } from '../../json-value.ts'
import type { SseEvent } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { CallDeltas } from '../chat-to-anthropic/call-deltas.ts'
import { visibleText } from '../chat-to-anthropic/reply.ts'
import { isFailure, isNatural } from '../chat-to-anthropic/stop-reason.ts'
import { isDone, isError } from '../chat-to-anthropic/stream.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
import { isGiven, isObject, type JsonObject, listIn, objectIn, parseExact, textIn } from '../json-tree.ts'
import type { Sides } from '../sides.ts'
import { endingOf } from './ending.ts'
import { EventWriter } from './event-writer.ts'
import { annotationsOf, reasoningOf } from './items.ts'
import { responseOf } from './response.ts'
import { StreamedOutput } from './streamed-output.ts'
import { chatUsageToResponses } from './usage.ts'

/**
 * A streamed Chat reply as the events of a response: created, in_progress, items, and completed or incomplete with the
 * whole of it; or an error, and then nothing. Nothing ends before `[DONE]`: what a finish reason announces may come
 * after it, and usage does.
 */
export function chatStreamToResponses(naming: ReplyNaming, sides: Sides): StreamTranslator {
  return new ResponsesEvents(naming, sides)
}

class ResponsesEvents implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  readonly #writer: EventWriter
  readonly #output: StreamedOutput
  readonly #calls: CallDeltas
  #begun = false
  failure: Failure | undefined
  #over = false
  #finish = ''
  #usage: JsonObject | undefined
  #tier = ''

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    this.#writer = new EventWriter(this.#frames)
    this.#output = new StreamedOutput(this.#writer, naming)
    this.#calls = new CallDeltas(this.#output, (id) => id)
  }

  push(event: SseEvent): Buffer {
    if (!this.#over && event.data !== '') this.#try(() => this.#see(event))
    return this.#frames.take()
  }

  end(): Buffer {
    if (!this.#over && this.#finish !== '') this.#try(() => this.#end())
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
    this.#tier = textIn(chunk['service_tier']) || this.#tier
    for (const choice of listIn(chunk['choices'])) {
      this.#seeChoice(objectIn(choice))
      if (isFailure(this.#finish)) {
        return this.#fail(failed('worker-failed', 'the worker’s answer ended in a failure', 'worker'))
      }
    }
  }

  #seeChoice(choice: JsonObject): void {
    if (isGiven(choice['index']) && choice['index'] !== 0) return
    // Servers that cannot stream send the whole message in one chunk.
    const delta = objectIn(choice['delta'] ?? choice['message'])
    const reasoning = reasoningOf(delta)
    if (reasoning !== '') this.#output.reasoning(reasoning)
    const text = visibleText(delta['content'])
    if (text !== '') this.#output.text(text)
    this.#output.annotations(annotationsOf(delta['annotations']))
    const refusal = textIn(delta['refusal'])
    if (refusal !== '') this.#output.refusal(refusal)
    this.#seeCalls(delta)
    const finish = textIn(choice['finish_reason'])
    if (finish !== '' && isNatural(this.#finish)) this.#finish = finish
  }

  #seeCalls(delta: JsonObject): void {
    const calls = listIn(delta['tool_calls']).map(objectIn)
    const old = delta['function_call']
    if (calls.length === 0 && !isObject(old)) return
    for (const call of calls) this.#seeCall(call)
    if (isObject(old)) this.#calls.add({ index: 0, function: old })
    this.#output.advance()
  }

  /** Calls of custom tools are told apart by their names, and put together in the same way. */
  #seeCall(call: JsonObject): void {
    const { custom } = call
    if (!isObject(custom)) return this.#calls.add(call)
    const name = textIn(custom['name'])
    if (name !== '') this.#output.customTool(name)
    this.#calls.add({ ...call, function: { name, arguments: custom['input'] } })
  }

  #begin(): void {
    if (this.#begun) return
    this.#begun = true
    const parts = { incomplete_details: null, output: [], usage: null, tier: '' }
    const response = responseOf(this.#naming, { ...parts, status: 'in_progress' })
    this.#writer.response('response.created', response)
    this.#writer.response('response.in_progress', response)
  }

  #end(): void {
    const { hasAny } = this.#output
    const ending = endingOf(this.#finish, hasAny)
    if (!ending)
      return this.#fail(failed('worker-protocol', 'the worker’s answer ended in a failure', 'worker'))
    this.#begin()
    const output = this.#output.finish(ending.status)
    const usage = chatUsageToResponses(this.#usage, this.#output.writtenChars)
    const response = responseOf(this.#naming, { ...ending, output, usage, tier: this.#tier })
    this.#writer.response(`response.${ending.status}`, response)
    this.#over = true
  }

  #fail(failure: Failure): void {
    this.failure = failure
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.#over = true
  }
}
