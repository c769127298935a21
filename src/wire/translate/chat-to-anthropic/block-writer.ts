import { writeEvent } from '../../sse.ts'
import type { Frames } from '../frames.ts'

/** Writes the events of content blocks, numbered from 0 without gaps. The caller keeps one open at a time. */
export class BlockWriter {
  readonly #frames: Frames
  #blocks = 0

  constructor(frames: Frames) {
    this.#frames = frames
  }

  startText(): number {
    return this.#start('{"type":"text","text":""}')
  }

  startCall(id: string, name: string): number {
    return this.#start(JSON.stringify({ type: 'tool_use', id, name, input: {} }))
  }

  startThinking(): number {
    return this.#start('{"type":"thinking","thinking":"","signature":""}')
  }

  /** Reasoning that cannot be read; it is whole from the start. */
  startRedacted(data: string): number {
    return this.#start(JSON.stringify({ type: 'redacted_thinking', data }))
  }

  thinking(block: number, text: string): void {
    this.#delta(block, `{"type":"thinking_delta","thinking":${JSON.stringify(text)}}`)
  }

  signature(block: number, signature: string): void {
    this.#delta(block, `{"type":"signature_delta","signature":${JSON.stringify(signature)}}`)
  }

  text(block: number, text: string): void {
    this.#delta(block, `{"type":"text_delta","text":${JSON.stringify(text)}}`)
  }

  arguments(block: number, text: string): void {
    this.#delta(block, `{"type":"input_json_delta","partial_json":${JSON.stringify(text)}}`)
  }

  stop(block: number): void {
    this.#frames.add(writeEvent('content_block_stop', `{"type":"content_block_stop","index":${block}}`))
  }

  #start(contentBlock: string): number {
    const block = this.#blocks++
    const data = `{"type":"content_block_start","index":${block},"content_block":${contentBlock}}`
    this.#frames.add(writeEvent('content_block_start', data))
    return block
  }

  // Built by hand: two of three events of a stream are these, and a tree to stringify costs twice as much.
  #delta(block: number, delta: string): void {
    const data = `{"type":"content_block_delta","index":${block},"delta":${delta}}`
    this.#frames.add(writeEvent('content_block_delta', data))
  }
}
