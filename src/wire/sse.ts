/** One server-sent event with the bytes that it came as. */
export interface SseEvent {
  /** The `event:` field; '' when absent. */
  readonly name: string
  /** The `data:` lines, joined by line feeds. Decoded when first asked for. */
  readonly data: string
  /** The event's bytes, with the blank line that ends it. */
  readonly raw: Buffer
}
