import { writeEvent } from '../../sse.ts'
import type { Frames } from '../frames.ts'
import type { JsonObject } from '../json-tree.ts'

/** Where in a response a piece belongs. */
export interface Place {
  readonly id: string
  /** Of the item in the output. */
  readonly index: number
}

/** Writes the events of a response, numbered without gaps. */
export class EventWriter {
  readonly #frames: Frames
  #number = 0

  constructor(frames: Frames) {
    this.#frames = frames
  }

  /** An event about the whole response. */
  response(type: string, response: JsonObject): void {
    this.#write(type, `"response":${JSON.stringify(response)}`)
  }

  item(
    type: 'response.output_item.added' | 'response.output_item.done',
    index: number,
    item: JsonObject,
  ): void {
    this.#write(type, `"output_index":${index},"item":${JSON.stringify(item)}`)
  }

  /** An event about an item. */
  inItem(type: string, { id, index }: Place, fields: JsonObject): void {
    const more = JSON.stringify(fields).slice(1, -1)
    this.#write(type, `"item_id":"${id}","output_index":${index},${more}`)
  }

  /**
   * A piece of an item's text. Built by hand: nearly all events of a stream are these, and a tree to stringify costs
   * twice as much.
   */
  delta(type: string, { id, index }: Place, more: string, delta: string): void {
    this.#write(type, `"item_id":"${id}","output_index":${index},${more}"delta":${JSON.stringify(delta)}`)
  }

  #write(type: string, fields: string): void {
    this.#frames.add(writeEvent(type, `{"type":"${type}","sequence_number":${this.#number++},${fields}}`))
  }
}
