import { SignalboxError } from '../core/errors.ts'

/**
 * Walks over JSON in a Buffer without building a tree. Accepts exactly the grammar of RFC 8259 for objects, arrays,
 * numbers and literals; of strings it finds the end. What is inside a string is not judged beyond that, but for
 * control characters in short ones: a wrong escape costs a byte loop over all text to find, and the worker that
 * the text is for refuses it anyway.
 *
 * Linear in the bytes, not recursive, bounded in depth. A string is scanned bytewise for its first bytes (most keys
 * and values are short, and a native call costs as much as forty bytes), then by jumping to the next quote.
 */
export class JsonScanner {
  readonly body: Buffer
  /** The next byte to look at. */
  at: number
  /** The text of the string read last, without its quotes. */
  textStart = 0
  textEnd = 0
  /** False when the string read last certainly holds no escapes. */
  textMayHaveEscapes = false
  /** What is open around the cursor, outermost first. */
  readonly #containers: Container[] = []

  constructor(body: Buffer, at = 0) {
    this.body = body
    this.at = at
  }

  /** Moves to the next byte that is no white space. @returns it, or −1 at the end. */
  space(): number {
    const body = this.body
    for (let at = this.at; at < body.length; at++) {
      const byte = body[at]
      if (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) {
        this.at = at
        return byte ?? END
      }
    }
    this.at = body.length
    return END
  }

  /** Enters the object at the cursor. @returns whether it has a member; then the cursor is at its key. */
  firstMember(): boolean {
    this.at++
    this.#enter(OBJECT)
    const byte = this.space()
    if (byte === QUOTE) return true
    if (byte !== CLOSE_OBJECT) throw this.#malformed('a key or } is expected')
    return this.#leave()
  }

  /** After a member's value. @returns whether another member follows; then the cursor is at its key. */
  nextMember(): boolean {
    const byte = this.space()
    if (byte === COMMA) {
      this.at++
      if (this.space() !== QUOTE) throw this.#malformed('a key is expected')
      return true
    }
    if (byte !== CLOSE_OBJECT) throw this.#malformed('a comma or } is expected')
    return this.#leave()
  }

  /** Reads a member's key; it is the string read last, and the cursor is at the value. */
  key(): void {
    this.string()
    if (this.space() !== COLON) throw this.#malformed('a colon is expected')
    this.at++
    this.space()
  }

  /** Enters the array at the cursor. @returns whether it has an element; then the cursor is at it. */
  firstElement(): boolean {
    this.at++
    this.#enter(ARRAY)
    if (this.space() !== CLOSE_ARRAY) return true
    return this.#leave()
  }

  /** After an element. @returns whether another element follows; then the cursor is at it. */
  nextElement(): boolean {
    const byte = this.space()
    if (byte === COMMA) {
      this.at++
      this.space()
      return true
    }
    if (byte !== CLOSE_ARRAY) throw this.#malformed('a comma or ] is expected')
    return this.#leave()
  }

  /** Passes over the value at the cursor, whatever it holds. */
  value(): void {
    const outside = this.#containers.length
    let expectsValue = true
    while (expectsValue) {
      const byte = this.space()
      if (byte === OPEN_OBJECT) {
        if (this.firstMember()) {
          this.key()
          continue
        }
      } else if (byte === OPEN_ARRAY) {
        if (this.firstElement()) continue
      } else this.#scalar(byte)
      expectsValue = false
      while (!expectsValue && this.#containers.length > outside) {
        if (this.#containers[this.#containers.length - 1] === ARRAY) expectsValue = this.nextElement()
        else if (this.nextMember()) {
          this.key()
          expectsValue = true
        }
      }
    }
  }

  /** Passes over the string whose opening quote is at the cursor. */
  string(): void {
    const body = this.body
    const start = this.at + 1
    let at = start
    let mayHaveEscapes = false
    let nearBytes = NEAR_BYTES
    for (;;) {
      const near = Math.min(at + nearBytes, body.length)
      while (at < near) {
        const byte = body[at] as number // at is below the length
        if (byte === QUOTE) return this.#endString(start, at, mayHaveEscapes)
        if (byte < SPACE) throw malformed(at, 'a control character must be written as an escape')
        at++
        if (byte === BACKSLASH) {
          at++
          mayHaveEscapes = true
        }
      }
      mayHaveEscapes = true
      const quote = body.indexOf(QUOTE, at)
      if (quote === -1) throw malformed(start - 1, 'this string has no end')
      let before = quote - 1
      while (before >= at && body[before] === BACKSLASH) before--
      if ((quote - 1 - before) % 2 === 0) return this.#endString(start, quote, mayHaveEscapes)
      at = quote + 1
      nearBytes = NEAR_BYTES_WITHIN
    }
  }

  /** Refuses anything but white space up to the end. */
  end(): void {
    if (this.space() !== END) throw this.#malformed('nothing may follow the object')
  }

  #endString(start: number, end: number, mayHaveEscapes: boolean): void {
    this.textStart = start
    this.textEnd = end
    this.textMayHaveEscapes = mayHaveEscapes
    this.at = end + 1
  }

  #scalar(byte: number): void {
    if (byte === QUOTE) this.string()
    else if (byte === MINUS || isDigit(byte)) this.#number()
    else if (byte === LOWER_T) this.#literal('true')
    else if (byte === LOWER_F) this.#literal('false')
    else if (byte === LOWER_N) this.#literal('null')
    else throw this.#malformed('a value is expected')
  }

  #number(): void {
    const body = this.body
    let at = this.at
    if (body[at] === MINUS) at++
    at = body[at] === ZERO ? at + 1 : this.#digits(at)
    if (body[at] === DOT) at = this.#digits(at + 1)
    if (body[at] === LOWER_E || body[at] === UPPER_E) {
      at++
      at = this.#digits(body[at] === PLUS || body[at] === MINUS ? at + 1 : at)
    }
    this.at = at
  }

  /** @returns where the digits end; there must be one at least. */
  #digits(from: number): number {
    const body = this.body
    let at = from
    while (at < body.length && isDigit(body[at])) at++
    if (at > from) return at
    this.at = from
    throw this.#malformed('a digit is expected')
  }

  #literal(word: string): void {
    for (let index = 0; index < word.length; index++) {
      if (this.body[this.at + index] !== word.charCodeAt(index)) throw this.#malformed(`${word} is expected`)
    }
    this.at += word.length
  }

  #enter(container: Container): void {
    if (this.#containers.push(container) > DEPTH_MAX) {
      throw new SignalboxError('invalid-message', `the body is nested more than ${DEPTH_MAX} levels deep`, {
        hint: `Send JSON of at most ${DEPTH_MAX} levels.`,
      })
    }
  }

  #leave(): false {
    this.#containers.pop()
    this.at++
    return false
  }

  #malformed(expected: string): SignalboxError {
    return malformed(this.at, this.at >= this.body.length ? `${expected}, but the body ends` : expected)
  }
}

/** The deepest nesting that is read; beyond it, parsers that recurse run out of stack. */
export const DEPTH_MAX = 512

export function malformed(at: number, what: string): SignalboxError {
  return new SignalboxError('malformed-json', `the body is not valid JSON at byte ${at}: ${what}`)
}

const OBJECT = 0
const ARRAY = 1
type Container = typeof OBJECT | typeof ARRAY

/** Measured on agents' bodies: at 0, 1 KB takes half as long again; at 32, 400 KB takes a quarter longer. */
const NEAR_BYTES = 12
/** After an escaped quote: what is quoted in code is short, what follows it is long. At 16, 400 KB takes 110 µs, not 91. */
const NEAR_BYTES_WITHIN = 8

const END = -1
const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
export const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const UPPER_E = 0x45
export const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const LOWER_E = 0x65
const LOWER_F = 0x66
const LOWER_N = 0x6e
const LOWER_T = 0x74
export const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
