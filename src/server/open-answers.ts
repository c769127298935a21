/** The answers that are under way: for whoever must not cut them. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../core/clock.ts'
import { UnderWay } from '../core/under-way.ts'

export class OpenAnswers {
  readonly #open = new UnderWay<{ readonly res: ServerResponse; place: number }>()

  add(res: ServerResponse): void {
    const answer = { res, place: -1 }
    this.#open.add(answer)
    res.once('close', () => this.#open.remove(answer))
  }

  on(socket: Socket): boolean {
    for (const { res } of this.#open) if (res.req.socket === socket) return true
    return false
  }

  /** Resolves when the last byte of the last answer has gone, at the latest after `limitMs`. */
  ended(clock: Clock, limitMs: number): Promise<void> {
    return this.#open.ended(clock, limitMs)
  }
}
