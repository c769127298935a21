/**
 * A stream that has begun, on its way to the client. No failover from here: a failure ends it with the protocol's
 * error event, never as if all were well. It is judged once, at its end; the slot is held until then. An object,
 * not a generator: a generator that was never started would skip its `finally`, and the slot would be lost.
 */
import { SignalboxError } from '../core/errors.ts'
import { cancelled, errorOf, type Failure, failed, ok, type Outcome } from '../core/outcome.ts'
import type { StreamObserver } from '../wire/protocol.ts'
import type { SseEvent, SseReader } from '../wire/sse.ts'

export interface RelayOptions {
  readonly source: AsyncIterator<Buffer>
  readonly reader: SseReader
  readonly observer: StreamObserver
  readonly convert: (event: SseEvent) => Buffer
  /** The client has all that it asked for, though the worker goes on. */
  readonly over: () => boolean
  /** What is owed after a good end. */
  readonly end: () => Buffer
  /** What was held back until the first content. */
  readonly head: Buffer
  /** Aborted when the client has gone or the deadline has passed. */
  readonly signal: AbortSignal
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

export class StreamRelay implements AsyncIterableIterator<Buffer> {
  readonly #options: RelayOptions
  #head: Buffer | undefined
  #settled = false
  /** What the client must still be told. */
  #untold: SignalboxError | undefined
  #onEnd: (outcome: Outcome) => void = () => {}
  #errorEvent: (error: SignalboxError) => Buffer = () => Buffer.alloc(0)
  readonly #onAbort = (): void => {
    this.#untold = SignalboxError.from(this.#options.signal.reason)
    void this.#abandon()
  }

  constructor(options: RelayOptions) {
    this.#options = options
    this.#head = options.head
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** @param onEnd told once how the stream ended. @param errorEvent an error in the client's protocol. */
  attach(onEnd: (outcome: Outcome) => void, errorEvent: (error: SignalboxError) => Buffer): void {
    this.#onEnd = onEnd
    this.#errorEvent = errorEvent
  }

  get facts(): StreamObserver['facts'] {
    return this.#options.observer.facts
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#head) {
      const value = this.#head
      this.#head = undefined
      return { done: false, value }
    }
    const { source, reader, observer, over } = this.#options
    while (!this.#settled) {
      try {
        // After the protocol's last event nothing is waited for: a worker may keep its connection open.
        const { done, value } = observer.complete || over() ? END : await source.next()
        if (this.#settled) break
        const bytes = this.#convert(done ? reader.end() : reader.push(value))
        if (done) return this.#finish(bytes)
        const { failure } = observer
        if (failure) return await this.#giveUp(failure, bytes)
        if (bytes.length > 0) return { done: false, value: bytes }
      } catch (error) {
        if (this.#settled) break
        this.#untold = SignalboxError.from(error)
        this.#settle(failed(this.#untold.code, this.#untold.message, 'worker'))
      }
    }
    const untold = this.#untold
    this.#untold = undefined
    return untold ? { done: false, value: this.#errorEvent(untold) } : { done: true, value: undefined }
  }

  /** The client has gone: nobody reads on. */
  async return(): Promise<IteratorResult<Buffer, undefined>> {
    await this.#abandon()
    return { done: true, value: undefined }
  }

  #convert(events: readonly SseEvent[]): Buffer {
    const { observer, convert } = this.#options
    const [only, ...more] = events
    if (!only) return Buffer.alloc(0)
    observer.see(only)
    if (more.length === 0) return convert(only)
    const parts = [convert(only)]
    for (const event of more) {
      observer.see(event)
      parts.push(convert(event))
    }
    return Buffer.concat(parts)
  }

  #finish(last: Buffer): IteratorResult<Buffer, undefined> {
    const { phase, failure } = this.#options.observer
    if (phase !== 'ended' && !this.#options.over()) {
      const cut = failure ?? failed('worker-stalled', 'the worker’s answer was cut off', 'worker')
      this.#settle(cut)
      return this.#lastWords(last, cut)
    }
    void this.#stopSource()
    const owed = this.#options.end()
    const value = owed.length > 0 ? Buffer.concat([last, owed]) : last
    this.#settle(ok)
    return value.length > 0 ? { done: false, value } : { done: true, value: undefined }
  }

  /** The worker has said that it failed, or said nonsense: what follows would be no answer. */
  async #giveUp(failure: Failure, last: Buffer): Promise<IteratorResult<Buffer, undefined>> {
    this.#settle(failure)
    await this.#stopSource()
    return this.#lastWords(last, failure)
  }

  /** The failure for the client: the worker's own last words where it has some, else an error event of ours. */
  #lastWords(last: Buffer, failure: Failure): IteratorResult<Buffer, undefined> {
    if (last.length > 0 && this.#options.observer.failure) return { done: false, value: last }
    const event = this.#errorEvent(errorOf(failure))
    return { done: false, value: Buffer.concat([last, event]) }
  }

  async #abandon(): Promise<void> {
    if (this.#settled) return
    this.#settle(cancelled)
    await this.#stopSource()
  }

  async #stopSource(): Promise<void> {
    try {
      await this.#options.source.return?.()
    } catch {
      // It was given up anyway; its outcome is told.
    }
  }

  #settle(outcome: Outcome): void {
    if (this.#settled) return
    this.#settled = true
    this.#options.signal.removeEventListener('abort', this.#onAbort)
    this.#onEnd(outcome)
  }
}
