import { SignalboxError } from '../core/errors.ts'

/**
 * Server-sent events (WHATWG HTML, section 9.2), as a reader that keeps every byte and a writer.
 *
 * The reader cuts a stream after each blank line. Each cut is an event with the very bytes that it came as, also
 * where it holds nothing but comments or the blank line itself: relaying all `raw`s in order relays the stream.
 * Each byte is looked at once while cutting, however small the chunks; fields are found when first asked for.
 * The events are the same wherever the bytes are cut. The price: a blank line that ends in a bare CR is known to be
 * whole only when the next byte, or the end, shows that no LF follows.
 */

/** One server-sent event with the bytes that it came as. */
export interface SseEvent {
  /** The `event:` field; '' when absent. */
  readonly name: string
  /** The `data:` lines, joined by line feeds. Decoded when first asked for. */
  readonly data: string
  /** The event's bytes, with the blank line that ends it. */
  readonly raw: Buffer
}

export interface SseReader {
  /**
   * @returns the events that are complete now. Comments and stray blank lines are events without name and data.
   * @throws SignalboxError worker-protocol when one event grows beyond the limit.
   */
  push(chunk: Buffer): readonly SseEvent[]
  /** @returns the last event, where it has data but the stream ended without its blank line. */
  end(): readonly SseEvent[]
}

export interface SseReaderOptions {
  /** The most that one event may hold; what is longer is no event of a language model. */
  readonly eventBytesMax?: number
}

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const SPACE = 0x20
const EVENT_BYTES_MAX = 16 * 1024 * 1024
const HELD_BYTES_MIN = 512

export function createSseReader(options: SseReaderOptions = {}): SseReader {
  return new Reader(options.eventBytesMax ?? EVENT_BYTES_MAX)
}

/** An event from its own bytes, as a reader would give it. */
export function readEvent(raw: Buffer): SseEvent {
  return new RawEvent(raw)
}

/** Where in `raw` the data lies; undefined when it is spread over several lines, or there is none. */
export function dataSpan(event: SseEvent): { readonly start: number; readonly end: number } | undefined {
  return (event instanceof RawEvent ? event : new RawEvent(event.raw)).dataSpan()
}

export function writeEvent(name: string, data: string): Buffer {
  return Buffer.from(`event: ${name}\n${dataLines(data)}\n`)
}

export function writeData(data: string): Buffer {
  return Buffer.from(`${dataLines(data)}\n`)
}

/** JSON has no raw line breaks, so this is one line but for foreign text. */
function dataLines(data: string): string {
  if (!data.includes('\n') && !data.includes('\r')) return `data: ${data}\n`
  return data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')
}

class Reader implements SseReader {
  readonly #eventBytesMax: number
  /** The bytes of the event under way that came in earlier chunks; grows by doubling, so copying stays linear. */
  #held: Buffer = Buffer.alloc(0)
  #heldBytes = 0
  #lineIsEmpty = true
  /** The last byte was a CR: an LF at the start of the next chunk belongs to it. */
  #afterCr = false
  /** That CR ended a blank line, so the event is whole but for that LF. */
  #whole = false
  #overflowed = false

  constructor(eventBytesMax: number) {
    this.#eventBytesMax = eventBytesMax
  }

  push(chunk: Buffer): readonly SseEvent[] {
    if (this.#overflowed) throw this.#overflow()
    const events: SseEvent[] = []
    if (chunk.length === 0) return events
    let start = 0
    let at = 0
    if (this.#afterCr) {
      this.#afterCr = false
      if (chunk[0] === LF) at = 1
      if (this.#whole) {
        events.push(this.#take(chunk, 0, at))
        start = at
      }
    }
    let lf = chunk.indexOf(LF, at)
    let cr = chunk.indexOf(CR, at)
    while (at < chunk.length) {
      if (lf !== -1 && lf < at) lf = chunk.indexOf(LF, at)
      if (cr !== -1 && cr < at) cr = chunk.indexOf(CR, at)
      const lineEnd = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr
      if (lineEnd === -1) {
        this.#lineIsEmpty = false
        break
      }
      const isBlank = this.#lineIsEmpty && lineEnd === at
      this.#lineIsEmpty = true
      at = lineEnd + 1
      if (lineEnd === cr) {
        if (at === chunk.length) {
          this.#afterCr = true
          this.#whole = isBlank
          break
        }
        if (chunk[at] === LF) at++
      }
      if (isBlank) {
        events.push(this.#take(chunk, start, at))
        start = at
      }
    }
    this.#hold(chunk, start, chunk.length)
    return events
  }

  end(): readonly SseEvent[] {
    if (this.#heldBytes === 0) return []
    const isWhole = this.#whole
    const last = this.#take(this.#held, 0, 0)
    this.#lineIsEmpty = true
    this.#afterCr = false
    return isWhole || last.data !== '' ? [last] : []
  }

  /** The event that ends with these bytes. */
  #take(chunk: Buffer, start: number, end: number): SseEvent {
    this.#whole = false
    if (this.#heldBytes === 0) {
      if (end - start > this.#eventBytesMax) throw this.#overflow()
      return new RawEvent(chunk.subarray(start, end))
    }
    this.#hold(chunk, start, end)
    const raw = this.#held.subarray(0, this.#heldBytes)
    this.#held = Buffer.alloc(0)
    this.#heldBytes = 0
    return new RawEvent(raw)
  }

  #hold(chunk: Buffer, start: number, end: number): void {
    const bytes = this.#heldBytes + end - start
    if (bytes > this.#eventBytesMax) throw this.#overflow()
    if (bytes > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(2 * bytes, HELD_BYTES_MIN))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    chunk.copy(this.#held, this.#heldBytes, start, end)
    this.#heldBytes = bytes
  }

  #overflow(): SignalboxError {
    this.#overflowed = true
    this.#held = Buffer.alloc(0)
    this.#heldBytes = 0
    return new SignalboxError(
      'worker-protocol',
      `one stream event is longer than ${this.#eventBytesMax} bytes`,
    )
  }
}

/** Finds its fields when first asked; decodes its data only when that is asked for. */
class RawEvent implements SseEvent {
  readonly raw: Buffer
  #name: string | undefined
  #data: string | undefined
  /** Where the value of the first data line lies; start −1 when there is none. */
  #dataStart = -1
  #dataEnd = -1
  /** Start and end of the values of further data lines. */
  #moreData: number[] | undefined

  constructor(raw: Buffer) {
    this.raw = raw
  }

  get name(): string {
    return this.#name ?? this.#findFields()
  }

  get data(): string {
    if (this.#data === undefined) {
      if (this.#name === undefined) this.#findFields()
      this.#data = this.#decodeData()
    }
    return this.#data
  }

  dataSpan(): { readonly start: number; readonly end: number } | undefined {
    if (this.#name === undefined) this.#findFields()
    if (this.#dataStart === -1 || this.#moreData) return undefined
    return { start: this.#dataStart, end: this.#dataEnd }
  }

  #findFields(): string {
    const raw = this.raw
    let name = ''
    // Only the first event of a stream can begin with a byte order mark; elsewhere no field begins so.
    let at = raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0
    let lf = raw.indexOf(LF, at)
    let cr = raw.indexOf(CR, at)
    while (at < raw.length) {
      if (lf !== -1 && lf < at) lf = raw.indexOf(LF, at)
      if (cr !== -1 && cr < at) cr = raw.indexOf(CR, at)
      let lineEnd = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr
      if (lineEnd === -1) lineEnd = raw.length
      const first = raw[at]
      if (first === 0x64 && isField(raw, at, lineEnd, 'data')) {
        this.#addData(valueStart(raw, at + 4, lineEnd), lineEnd)
      } else if (first === 0x65 && isField(raw, at, lineEnd, 'event')) {
        name = raw.toString('utf8', valueStart(raw, at + 5, lineEnd), lineEnd)
      }
      at = lineEnd + 1
    }
    this.#name = name
    return name
  }

  #addData(start: number, end: number): void {
    if (this.#dataStart === -1) {
      this.#dataStart = start
      this.#dataEnd = end
    } else {
      this.#moreData ??= []
      this.#moreData.push(start, end)
    }
  }

  #decodeData(): string {
    if (this.#dataStart === -1) return ''
    const first = this.raw.toString('utf8', this.#dataStart, this.#dataEnd)
    if (!this.#moreData) return first
    const lines = [first]
    for (let at = 0; at < this.#moreData.length; at += 2) {
      lines.push(this.raw.toString('utf8', this.#moreData[at], this.#moreData[at + 1]))
    }
    return lines.join('\n')
  }
}

/** The line is `field`, or begins with `field:`. */
function isField(raw: Buffer, at: number, lineEnd: number, field: string): boolean {
  const end = at + field.length
  if (end > lineEnd || (end < lineEnd && raw[end] !== COLON)) return false
  for (let index = 1; index < field.length; index++) {
    if (raw[at + index] !== field.charCodeAt(index)) return false
  }
  return true
}

/** One space after the colon belongs to the syntax. */
function valueStart(raw: Buffer, at: number, lineEnd: number): number {
  if (at >= lineEnd) return lineEnd
  return raw[at + 1] === SPACE && at + 1 < lineEnd ? at + 2 : at + 1
}
