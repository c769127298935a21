/**
 * How much memory the bodies of all requests may hold together, from their first byte until their answer has gone:
 * the queue is bounded in messages, and a thousand of the longest would not fit.
 */
export class BodyBudget {
  readonly #bytesMax: number
  #held = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get held(): number {
    return this.#held
  }

  /** @returns false, and takes nothing, when so much is not free. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#bytesMax) return false
    this.#held += bytes
    return true
  }

  give(bytes: number): void {
    this.#held -= bytes
  }
}
