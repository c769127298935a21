import type { Clock, Timer } from '../core/clock.ts'
import type { DecisionRecord } from '../core/decision.ts'
import { SignalboxError } from '../core/errors.ts'
import type { LogStore } from '../core/store.ts'
import type { Log } from '../core/system.ts'

export interface DecisionWriterOptions {
  readonly stored: LogStore
  readonly clock: Clock
  readonly log: Log
  /** How long a record may wait. */
  readonly flushMs: number
}

/** Waiting for the store; beyond it the newest are dropped and counted. */
const waitingMax = 10_000
/** One append: about a millisecond of this thread, so that a burst does not hold up the messages. */
const batchMax = 128
/** Made once: at that moment every message comes by here. */
const tooSlow = new Error('it cannot keep up')

/** Brings records to the store behind the messages' backs. A store that fails costs records, never messages. */
export class DecisionWriter {
  readonly #stored: LogStore
  readonly #clock: Clock
  readonly #log: Log
  readonly #flushMs: number
  #waiting: DecisionRecord[] = []
  #writing: Promise<void> | undefined
  #timer: Timer | undefined
  #dropped = 0
  #failing = false

  constructor({ stored, clock, log, flushMs }: DecisionWriterOptions) {
    this.#stored = stored
    this.#clock = clock
    this.#log = log
    this.#flushMs = flushMs
  }

  /** Records that never reached the store, because it failed or could not keep up. */
  get dropped(): number {
    return this.#dropped
  }

  add(record: DecisionRecord): void {
    if (this.#waiting.length < waitingMax) this.#waiting.push(record)
    else this.#drop(1, tooSlow)
    if (!this.#timer && !this.#writing) this.#wait(this.#flushMs)
  }

  /** Resolves when all that waits now was written or dropped; never rejects. */
  async flush(): Promise<void> {
    await this.#writing
    // As many batches as wait now: a steady stream of messages must not keep this from ending.
    for (let batches = Math.ceil(this.#waiting.length / batchMax); batches > 0; batches--)
      await this.#writeBatch()
  }

  #wait(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => void this.#writeBatch(), { background: true })
  }

  /** One batch at a time, and between two of them the messages have their say. */
  #writeBatch(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#writing ??= this.#appendBatch().finally(() => {
      this.#writing = undefined
      if (this.#waiting.length > 0) this.#wait(this.#waiting.length < batchMax ? this.#flushMs : 0)
    })
    return this.#writing
  }

  async #appendBatch(): Promise<void> {
    const batch = this.#waiting.slice(0, batchMax)
    if (batch.length === 0) return
    this.#waiting = this.#waiting.slice(batchMax)
    try {
      await this.#stored.append(batch.map((record) => ({ id: record.id, value: record })))
      if (this.#failing) this.#log.info('decisions are written down again', { dropped: this.#dropped })
      this.#failing = false
    } catch (error) {
      this.#drop(batch.length, error)
    }
  }

  /** One sentence a streak of failures, however long it is. */
  #drop(count: number, cause: unknown): void {
    this.#dropped += count
    if (!this.#failing)
      this.#log.warn('decisions are not written down: the store fails', {
        cause: cause instanceof Error ? cause.message : String(cause),
        ...(SignalboxError.is(cause) ? { hint: cause.hint } : {}),
      })
    this.#failing = true
  }
}
