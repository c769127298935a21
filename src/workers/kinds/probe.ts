/**
 * Asks whether anybody is there: true once the head of a reply below 500 has come. The body is read and forgotten, up
 * to a limit, so that the connection can be used again.
 */
import type { CancelSignal } from '../../core/cancellation.ts'
import type { Dispatcher } from 'undici'
import type { Clock, Timer } from '../../core/clock.ts'

export const PROBE_MS = 5_000
const PROBE_BYTES_MAX = 64 * 1024

export class Probe implements Dispatcher.DispatchHandler {
  readonly alive: Promise<boolean>
  readonly #signal: CancelSignal
  readonly #timer: Timer
  #settle: (alive: boolean) => void = () => {}
  #controller: Dispatcher.DispatchController | undefined
  #over = false
  #bytes = 0

  constructor(clock: Clock, signal: CancelSignal) {
    this.#signal = signal
    this.alive = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#timer = clock.after(PROBE_MS, this.#giveUp, { background: true })
    signal.addEventListener('abort', this.#giveUp, { once: true })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#over) this.#giveUp()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    if (status >= 200) this.#settle(status < 500)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > PROBE_BYTES_MAX) this.#giveUp()
  }

  onResponseEnd(): void {
    this.#finish()
  }

  onResponseError(): void {
    this.#finish()
  }

  readonly #giveUp = (): void => {
    this.#finish()
    this.#controller?.abort(new Error('given up'))
  }

  #finish(): void {
    this.#over = true
    this.#settle(false)
    this.#timer.cancel()
    this.#signal.removeEventListener('abort', this.#giveUp)
  }
}
