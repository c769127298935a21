import { SignalboxError } from '../../../core/errors.ts'
import { failed, type Failure } from '../../../core/outcome.ts'
import { type SseEvent, writeData } from '../../sse.ts'
import type { ReplyNaming, StreamTranslator } from '../../translation.ts'
import { errorFrame, streamFailure } from '../failure.ts'
import { Frames } from '../frames.ts'
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
  readonly input: unknown
  hasArguments: boolean
}

class ChatChunks implements StreamTranslator {
  readonly #naming: ReplyNaming
  readonly #sides: Sides
  readonly #frames = new Frames()
  /** What all chunks begin with. */
  readonly #head: string
  #begun = false
  /** Something of the answer itself has come. */
  #said = false
  #over = false
  #calls = 0
  #openCall: OpenCall | undefined
  #stopReason = ''
  #stopDetails: unknown
  #usage: JsonObject = {}

  constructor(naming: ReplyNaming, sides: Sides) {
    this.#naming = naming
    this.#sides = sides
    const { traceId, createdS, asked } = naming
    const head = {
      id: `chatcmpl-${traceId}`,
      object: 'chat.completion.chunk',
      created: createdS,
      model: asked,
    }
    this.#head = JSON.stringify(head).slice(0, -1)
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
        return this.#begin()
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
    const call = { index: this.#calls, id: textIn(block['id']), type: 'function' }
    this.#openCall = { number: this.#calls++, input: block['input'], hasArguments: false }
    const named = { ...call, function: { name: textIn(block['name']), arguments: '' } }
    this.#delta(JSON.stringify({ tool_calls: [named] }))
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
    if (text !== '') this.#delta(`{"content":${JSON.stringify(text)}}`)
  }

  #arguments(text: string): void {
    const call = this.#openCall
    if (!call || text === '') return
    call.hasArguments = true
    this.#delta(`{"tool_calls":[{"index":${call.number},"function":{"arguments":${JSON.stringify(text)}}}]}`)
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
    this.#openCall = undefined
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
    this.#chunk('{"role":"assistant","content":"","refusal":null}', 'null', '')
  }

  #delta(delta: string): void {
    this.#begin()
    this.#said = true
    this.#chunk(delta, 'null', '')
  }

  #finish(): void {
    if (this.#stopReason === '' && !this.#said) {
      return this.#fail(failed('worker-protocol', 'the worker ended its answer before it began', 'worker'))
    }
    const finish = finishReason(this.#stopReason, this.#calls > 0)
    if (finish === undefined) return this.#fail(failed('worker-protocol', notWhole().message, 'worker'))
    const refusal = this.#stopReason === 'refusal' ? refusalText(this.#stopDetails) : null
    if (refusal !== null) this.#delta(JSON.stringify({ refusal }))
    this.#begin()
    const usage = `"usage":${JSON.stringify(usageToChat(this.#usage))}`
    if (this.#naming.usageChunk) {
      this.#chunk('{}', `"${finish}"`, '')
      this.#frames.add(writeData(`${this.#head},"choices":[],${usage}}`))
    } else {
      this.#chunk('{}', `"${finish}"`, `,${usage}`)
    }
    this.#frames.add(DONE)
    this.#over = true
  }

  #fail(failure: Failure): void {
    this.#frames.add(errorFrame(failure, this.#sides, this.#naming))
    this.#over = true
  }

  #chunk(delta: string, finish: string, more: string): void {
    const choice = `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}`
    this.#frames.add(writeData(`${this.#head},"choices":[${choice}]${more}}`))
  }
}

const DONE = writeData('[DONE]')

function tooDeep(): SignalboxError {
  return new SignalboxError('worker-protocol', 'the worker’s tool arguments are nested too deeply')
}
