/**
 * A stream that has begun, on its way to the client. No failover from here: a failure ends it with the protocol's
 * error event, never as if all were well. It is judged once, at its end; the slot is held until then. An object,
 * not a generator: a generator that was never started would skip its `finally`, and the slot would be lost.
 */
import type { CancelSignal } from '../core/cancellation.ts'
import { SignalboxError } from '../core/errors.ts'
import { cancelled, errorOf, type Failure, failed, ok, type Outcome } from '../core/outcome.ts'
import type { Scrub } from '../core/worker.ts'
import { lastEvents } from '../wire/last-event.ts'
import type { StreamObserver } from '../wire/protocol.ts'
import { readEvent, type SseEvent, type SseReader } from '../wire/sse.ts'

export interface RelayOptions {
  readonly source: AsyncIterator<Buffer>
  readonly reader: SseReader
  readonly observer: StreamObserver
  readonly convert: (event: SseEvent) => Buffer
  /** The client has all that it asked for, though the worker goes on. */
  readonly over: () => boolean
  /** What could not be turned into the client's protocol, which has been told so. */
  readonly failure: () => Failure | undefined
  /** What is owed after a good end. */
  readonly end: () => Buffer
  /** What was held back until the first content. */
  readonly head: Buffer
  readonly scrub: Scrub | undefined
  /** Aborted when the client has gone or the deadline has passed. */
  readonly signal: CancelSignal
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

export class StreamRelay implements AsyncIterableIterator<Buffer> {
  readonly #options: RelayOptions
  #head: Buffer | undefined
  #settled = false
  /** What the client must still be told. */
  #untold: SignalboxError | undefined
  /** The event that the observer took for a failure. */
  #failedAt: SseEvent | undefined
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
    const { source, reader, observer, over, failure, scrub } = this.#options
    while (!this.#settled) {
      try {
        // After the protocol's last event nothing is waited for: a worker may keep its connection open.
        const { done, value } = observer.complete || over() ? END : await source.next()
        if (this.#settled) break
        const bytes = this.#convert(done ? lastEvents(reader) : reader.push(value))
        if (observer.failure) return await this.#giveUp(scrubbedFailure(observer.failure, scrub), bytes)
        const lost = failure()
        if (lost) return await this.#giveUpTold(lost, bytes)
        if (done) return this.#finish(bytes)
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
    const parts: Buffer[] = []
    for (const event of events) {
      observer.see(event)
      if (observer.failure) {
        this.#failedAt = event
        break
      }
      parts.push(convert(event))
    }
    const [only] = parts
    return only && parts.length === 1 ? only : Buffer.concat(parts)
  }

  #finish(last: Buffer): IteratorResult<Buffer, undefined> {
    if (this.#options.observer.phase !== 'ended' && !this.#options.over()) {
      const cut = failed('worker-stalled', 'the worker’s answer was cut off', 'worker')
      this.#settle(cut)
      return { done: false, value: Buffer.concat([last, this.#errorEvent(errorOf(cut))]) }
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
    return { done: false, value: Buffer.concat([last, this.#lastWords(failure)]) }
  }

  /** The translator has said it already, as its last bytes. */
  async #giveUpTold(failure: Failure, last: Buffer): Promise<IteratorResult<Buffer, undefined>> {
    this.#settle(failure)
    await this.#stopSource()
    return { done: false, value: last }
  }

  /** The failure for the client: the worker's own error event where it sent one, else one of ours. */
  #lastWords(failure: Failure): Buffer {
    const { observer, convert, scrub } = this.#options
    if (this.#failedAt && observer.failureIsTold) {
      const words = convert(scrub ? scrubbedEvent(this.#failedAt, scrub) : this.#failedAt)
      if (words.length > 0) return words
    }
    return this.#errorEvent(errorOf(failure))
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

/** A failure whose sentence can be told to anyone. */
export function scrubbedFailure(failure: Failure, scrub: Scrub | undefined): Failure {
  return scrub ? { ...failure, message: scrub(failure.message) } : failure
}

function scrubbedEvent({ raw }: SseEvent, scrub: Scrub): SseEvent {
  return readEvent(Buffer.from(scrub(raw.toString())))
}
