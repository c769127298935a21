/**
 * One request and its reply on an upstream's connection, as undici's dispatcher tells it: the head, then bytes, then
 * the end or an error. Turns that into a WireReply: whole, or a stream from its head on.
 *
 * Two times are watched by our own clock: until a whole reply is there or a streamed one begins (`timeoutMs`), and
 * between two pieces of a body (`idleMs`; it stands still while the reader makes us wait). undici's timers are off:
 * they do not count the wait for a connection, and no test could move them.
 */
import type { CancelSignal } from '../../core/cancellation.ts'
import type { Dispatcher } from 'undici'
import type { Clock, Timer } from '../../core/clock.ts'
import { SignalboxError } from '../../core/errors.ts'
import type { WireReply } from '../../core/worker.ts'
import { transportFault } from './fault.ts'
import { passedBackHeaders } from './headers.ts'
import { ReplyStream } from './reply-stream.ts'

export const REPLY_BYTES_MAX = 64 * 1024 * 1024
/** An error is a sentence; one that is longer than this is none. */
export const ERROR_BYTES_MAX = 1024 * 1024

export interface ExchangeOptions {
  readonly clock: Clock
  readonly signal: CancelSignal
  /** The request asked for a stream; the reply may be whole all the same. */
  readonly stream: boolean
  readonly timeoutMs: number
  readonly idleMs: number
  /** The most that a whole reply may have. Default 64 MiB. */
  readonly bytesMax?: number
}

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2]

export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with a SignalboxError, or with the signal's reason. */
  readonly reply: Promise<WireReply>
  readonly #options: ExchangeOptions
  #resolve: (reply: WireReply) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #controller: Dispatcher.DispatchController | undefined
  #over = false
  #timer: Timer
  /** Until then a whole reply must be there, or a streamed one have begun. */
  readonly #replyByMs: number
  /** When the last byte came; undefined before the first. */
  #lastByteMs: number | undefined
  #stream: ReplyStream | undefined
  #status = 0
  #headers: Readonly<Record<string, string>> = {}
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    options.signal.addEventListener('abort', this.#onAbort, { once: true })
    const { clock, timeoutMs, idleMs } = options
    this.#replyByMs = clock.now() + timeoutMs
    this.#timer = clock.after(Math.min(timeoutMs, idleMs), () => this.#watch())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: it must not reach the worker any more.
    if (this.#over) controller.abort(new Error('given up'))
    else this.#controller = controller
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    // 100–199 announce a reply, they are none.
    if (status < 200 || this.#over) return
    const encoding = headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity') {
      this.#cut(new SignalboxError('worker-protocol', 'the reply is compressed, which was not asked for'))
      return
    }
    this.#status = status
    this.#headers = passedBackHeaders(headers)
    if (this.#options.stream && status < 300 && isEventStream(this.#headers['content-type']))
      this.#beginStream()
    this.#lastByteMs = this.#options.clock.now()
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return
    this.#lastByteMs = this.#options.clock.now()
    if (this.#stream) {
      this.#stream.push(chunk)
      return
    }
    this.#bytes += chunk.length
    if (this.#bytes > (this.#status >= 400 ? ERROR_BYTES_MAX : (this.#options.bytesMax ?? REPLY_BYTES_MAX))) {
      this.#cut(new SignalboxError('worker-protocol', 'the reply is too large'))
      return
    }
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#finish()
    if (this.#stream) {
      this.#stream.end()
      return
    }
    const [first] = this.#chunks
    const body = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#bytes)
    this.#resolve({ status: this.#status, headers: this.#headers, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#over) return
    this.#finish()
    if (this.#stream) this.#stream.fail(transportFault(error, 'stream'))
    else this.#reject(transportFault(error, this.#status === 0 ? 'waiting' : 'body'))
  }

  #beginStream(): void {
    this.#stream = new ReplyStream({
      pause: () => this.#controller?.pause(),
      resume: () => {
        this.#lastByteMs = this.#options.clock.now()
        this.#controller?.resume()
      },
      cancel: () => this.#close(),
    })
    this.#resolve({ status: this.#status, headers: this.#headers, body: this.#stream })
  }

  /** One timer for both times, set again when it falls due and not with every byte: setting one costs a microsecond. */
  #watch(): void {
    const { clock, timeoutMs, idleMs } = this.#options
    const nowMs = clock.now()
    if (this.#stream?.paused) this.#lastByteMs = nowMs
    const idleAtMs = this.#lastByteMs === undefined ? Number.POSITIVE_INFINITY : this.#lastByteMs + idleMs
    const replyByMs = this.#stream ? Number.POSITIVE_INFINITY : this.#replyByMs
    if (nowMs >= replyByMs) this.#cut(new SignalboxError('worker-timeout', `no reply within ${timeoutMs} ms`))
    else if (nowMs >= idleAtMs) this.#cut(this.#stalled())
    else this.#timer = clock.after(Math.min(idleAtMs, replyByMs, nowMs + idleMs) - nowMs, () => this.#watch())
  }

  #stalled(): SignalboxError {
    const code = this.#stream ? 'worker-stalled' : 'worker-timeout'
    return new SignalboxError(code, `nothing came for ${this.#options.idleMs} ms in the middle of the reply`)
  }

  readonly #onAbort = (): void => this.#cut(this.#options.signal.reason)

  /** Ends it from our side. */
  #cut(reason: unknown): void {
    if (this.#over) return
    this.#close()
    if (this.#stream) this.#stream.abort(reason)
    else this.#reject(reason)
  }

  #close(): void {
    this.#finish()
    this.#controller?.abort(new Error('given up'))
  }

  #finish(): void {
    this.#over = true
    this.#timer.cancel()
    this.#options.signal.removeEventListener('abort', this.#onAbort)
  }
}

function isEventStream(contentType: string | undefined): boolean {
  return contentType !== undefined && /^text\/event-stream *(;|$)/i.test(contentType)
}
