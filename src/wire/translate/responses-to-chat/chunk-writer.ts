import { writeData } from '../../sse.ts'
import type { ReplyNaming } from '../../translation.ts'
import type { Frames } from '../frames.ts'
import type { JsonObject } from '../json-tree.ts'
import type { ItemCall } from './output-items.ts'

type BegunCall = Pick<ItemCall, 'kind' | 'name'> & { readonly asChat: { readonly id: string } }

/** Writes a Chat stream: the role in the first chunk, one finish, usage where it is wanted, `[DONE]`. */
export class ChunkWriter {
  readonly #frames: Frames
  readonly #usageChunk: boolean
  /** What all chunks begin with. */
  readonly #head: string
  #begun = false

  constructor(frames: Frames, { traceId, createdS, asked, usageChunk }: ReplyNaming) {
    this.#frames = frames
    this.#usageChunk = usageChunk === true
    const head = {
      id: `chatcmpl-${traceId}`,
      object: 'chat.completion.chunk',
      created: createdS,
      model: asked,
    }
    this.#head = JSON.stringify(head).slice(0, -1)
  }

  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#chunk('{"role":"assistant","content":"","refusal":null}', 'null', '')
  }

  text(text: string): void {
    this.#delta(`{"content":${JSON.stringify(text)}}`)
  }

  /** What is rare enough to be written from a tree. */
  delta(delta: JsonObject): void {
    this.#delta(JSON.stringify(delta))
  }

  beginCall(index: number, { kind, name, asChat: { id } }: BegunCall): void {
    const called = kind === 'custom' ? { custom: { name, input: '' } } : { function: { name, arguments: '' } }
    this.delta({ tool_calls: [{ index, id, type: kind, ...called }] })
  }

  input(index: number, kind: ItemCall['kind'], text: string): void {
    const input = kind === 'custom' ? '"custom":{"input":' : '"function":{"arguments":'
    this.#delta(`{"tool_calls":[{"index":${index},${input}${JSON.stringify(text)}}}]}`)
  }

  /** @param more further fields of the last chunk, such as the tier. */
  finish(reason: string, usage: JsonObject, more: JsonObject): void {
    this.begin()
    const told = `,"usage":${JSON.stringify(usage)}`
    const extra = Object.entries(more).map(([key, value]) => `,"${key}":${JSON.stringify(value)}`)
    if (this.#usageChunk) {
      this.#chunk('{}', `"${reason}"`, '')
      this.#frames.add(writeData(`${this.#head},"choices":[]${told}${extra.join('')}}`))
    } else {
      this.#chunk('{}', `"${reason}"`, told + extra.join(''))
    }
    this.#frames.add(DONE)
  }

  #delta(delta: string): void {
    this.begin()
    this.#chunk(delta, 'null', '')
  }

  #chunk(delta: string, finish: string, more: string): void {
    const choice = `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}`
    this.#frames.add(writeData(`${this.#head},"choices":[${choice}]${more}}`))
  }
}

const DONE = writeData('[DONE]')
