import type { CancelSignal } from '../../core/cancellation.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { WireReply } from '../../core/worker.ts'
import { ReplyStream } from './reply-stream.ts'

/**
 * One call under way: what will be answered, at most one timer for what comes next, and an end that frees both,
 * whoever brings it about (the plan, the caller's signal, the reader, the worker's closing).
 */
export class SimulatedCall {
  /** Rejects with a SignalboxError, or with the signal's reason. */
  readonly reply: Promise<WireReply>
  readonly #clock: Clock
  readonly #signal: CancelSignal
  readonly #onOver: (call: SimulatedCall) => void
  #resolve: (reply: WireReply) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #timer: Timer | undefined
  #stream: ReplyStream | undefined
  #over = false

  constructor(clock: Clock, signal: CancelSignal, onOver: (call: SimulatedCall) => void) {
    this.#clock = clock
    this.#signal = signal
    this.#onOver = onOver
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Runs the next step of the plan, unless the call is over by then. Replaces the step that was planned before. */
  later(delayMs: number, step: () => void): void {
    if (this.#over) return
    this.#timer?.cancel()
    this.#timer = this.#clock.after(delayMs, step)
  }

  answer(reply: WireReply): void {
    if (this.#finish()) this.#resolve(reply)
  }

  /** The head of a streamed reply; `push` and `end` bring the rest. The plan's few bytes need no brake. */
  begin(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#over) return
    this.#stream = new ReplyStream({ pause: () => {}, resume: () => {}, cancel: () => void this.#finish() })
    this.#resolve({ status, headers, body: this.#stream })
  }

  push(chunk: Buffer): void {
    this.#stream?.push(chunk)
  }

  end(): void {
    if (this.#finish()) this.#stream?.end()
  }

  /** The worker fails: before the reply, or in the middle of its stream. */
  fail(error: unknown): void {
    if (!this.#finish()) return
    if (this.#stream) this.#stream.fail(error)
    else this.#reject(error)
  }

  /** Given up from our side: the reader hears it at once. */
  cut(reason: unknown): void {
    if (!this.#finish()) return
    if (this.#stream) this.#stream.abort(reason)
    else this.#reject(reason)
  }

  get streaming(): boolean {
    return this.#stream !== undefined
  }

  readonly #onAbort = (): void => this.cut(this.#signal.reason)

  /** @returns false when it was over already. */
  #finish(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#timer?.cancel()
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#onOver(this)
    return true
  }
}
