/** The answers that are under way: for whoever must not cut them. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../core/clock.ts'

export class OpenAnswers {
  readonly #open = new Set<ServerResponse>()
  #onEmpty: () => void = () => {}

  add(res: ServerResponse): void {
    this.#open.add(res)
    res.once('close', () => {
      this.#open.delete(res)
      if (this.#open.size === 0) this.#onEmpty()
    })
  }

  on(socket: Socket): boolean {
    for (const res of this.#open) if (res.req.socket === socket) return true
    return false
  }

  /** Resolves when the last byte of the last answer has gone, at the latest after `limitMs`. */
  ended(clock: Clock, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open.size === 0) {
        resolve()
        return
      }
      const timer = clock.after(limitMs, resolve)
      this.#onEmpty = () => {
        timer.cancel()
        resolve()
      }
    })
  }
}
