import { ArgumentScanner } from './calls.ts'

/** One call of a tool in a streamed reply, as far as it has come. */
export class Call {
  readonly kind = 'call'
  /** The number that the server gave it among the calls. */
  readonly order: number
  /** Its number in order of arrival: what an id is derived from. */
  readonly number: number
  readonly #scanner = new ArgumentScanner()
  id = ''
  name = ''
  /** All arguments so far. */
  text = ''
  /** Those that have not been sent: apart, because cutting them out of a growing text would copy it each time. */
  unsent = ''
  sentChars = 0
  /** The number of its block; −1 before that is open. */
  block = -1

  constructor(order: number, number: number) {
    this.order = order
    this.number = number
  }

  /** The server said that no more arguments come. */
  isClosed = false

  /** Nothing more comes, or the outermost bracket of the arguments is closed. */
  get isComplete(): boolean {
    return this.isClosed || this.#scanner.complete
  }

  add(text: string): void {
    this.text += text
    this.unsent += text
    this.#scanner.add(text)
  }

  /** Marks what was held back as sent. @returns it. */
  send(): string {
    const text = this.unsent
    this.unsent = ''
    this.sentChars += text.length
    return text
  }
}
