/**
 * The body of a streamed reply: bytes are pushed in as they come and read out once, in order. Bounded: when about
 * 1 MiB waits to be read, the source is asked to pause, and to go on when half of it is gone, so a slow reader
 * costs the worker's connection, never our memory. Written by hand because a Node stream costs several times as
 * much per chunk and an async generator cannot be cancelled while it waits.
 */
import { SignalboxError } from '../../core/errors.ts'

export const BUFFERED_BYTES_MAX = 1024 * 1024

/** A waiting chunk holds an object and a slot besides its bytes: a drip of single bytes is bounded too. */
const CHUNK_OVERHEAD_BYTES = 256

/** Where the bytes come from, as far as the reader can influence it. */
export interface ReplySource {
  pause(): void
  resume(): void
  /** The reader wants no more; called at most once, and not after the end. */
  cancel(): void
}

type Step = IteratorResult<Buffer, undefined>

interface Waiter {
  resolve(step: Step): void
  reject(error: unknown): void
}

const done: Step = { done: true, value: undefined }

type End = { readonly kind: 'end' } | { readonly kind: 'failed'; readonly error: unknown }

export class ReplyStream implements AsyncIterableIterator<Buffer, undefined, undefined> {
  readonly #source: ReplySource
  #chunks: Buffer[] = []
  #weightBytes = 0
  #paused = false
  #waiter: Waiter | undefined
  #end: End | undefined

  constructor(source: ReplySource) {
    this.#source = source
  }

  /** True while the source is asked to wait for the reader. */
  get paused(): boolean {
    return this.#paused
  }

  push(chunk: Buffer): void {
    if (this.#end || chunk.length === 0) return
    if (this.#waiter) {
      this.#settleWaiter((waiter) => waiter.resolve({ done: false, value: chunk }))
      return
    }
    this.#chunks.push(chunk)
    this.#weightBytes += chunk.length + CHUNK_OVERHEAD_BYTES
    if (!this.#paused && this.#weightBytes >= BUFFERED_BYTES_MAX) {
      this.#paused = true
      this.#source.pause()
    }
  }

  /** No more bytes will come; what waits can still be read. */
  end(): void {
    this.#finish({ kind: 'end' })
  }

  /** The source broke: the reader gets what had come before, then the error. */
  fail(error: unknown): void {
    this.#finish({ kind: 'failed', error })
  }

  /** The reader is to hear it at once; what waits is dropped. */
  abort(error: unknown): void {
    if (this.#end) return
    this.#drop()
    this.fail(error)
  }

  next(): Promise<Step> {
    const chunk = this.#chunks.shift()
    if (chunk) {
      this.#weightBytes -= chunk.length + CHUNK_OVERHEAD_BYTES
      if (this.#paused && !this.#end && this.#weightBytes <= BUFFERED_BYTES_MAX / 2) {
        this.#paused = false
        this.#source.resume()
      }
      return Promise.resolve({ done: false, value: chunk })
    }
    if (this.#end) return this.#ended()
    if (this.#waiter) {
      return Promise.reject(
        new SignalboxError('invariant-violated', 'a reply has one reader, one read at a time'),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
    })
  }

  return(): Promise<Step> {
    this.#drop()
    if (!this.#end) {
      this.#finish({ kind: 'end' })
      this.#source.cancel()
    }
    this.#end = { kind: 'end' }
    return Promise.resolve(done)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** An error is told once; who reads on after it finds the end. */
  #ended(): Promise<Step> {
    const end = this.#end
    this.#end = { kind: 'end' }
    return end?.kind === 'failed' ? Promise.reject(end.error) : Promise.resolve(done)
  }

  #finish(end: End): void {
    if (this.#end) return
    this.#end = end
    this.#settleWaiter((waiter) => {
      this.#ended().then(waiter.resolve, waiter.reject)
    })
  }

  #settleWaiter(settle: (waiter: Waiter) => void): void {
    const waiter = this.#waiter
    if (!waiter) return
    this.#waiter = undefined
    settle(waiter)
  }

  #drop(): void {
    this.#chunks = []
    this.#weightBytes = 0
  }
}
