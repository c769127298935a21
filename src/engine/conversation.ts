/**
 * What a conversation is known by: its own id, else a hash of its opening. Most messages need the key of none, so both
 * are made when first asked for: a hash costs some microseconds.
 */
import { hash } from 'node:crypto'
import type { Ask } from '../core/engine.ts'
import type { RequestView } from '../wire/protocol.ts'

const DIGITS = 32

export class Conversation {
  readonly #ask: Ask
  readonly #view: RequestView
  #id: string | undefined
  #key: string | undefined

  constructor(ask: Ask, view: RequestView) {
    this.#ask = ask
    this.#view = view
  }

  get id(): string {
    this.#id ??=
      this.#ask.session ?? this.#view.session ?? hash('sha256', this.#view.opening, 'hex').slice(0, DIGITS)
    return this.#id
  }

  /** Keeps callers apart who use the same id. */
  get key(): string {
    const { tenant, credentials = {} } = this.#ask
    this.#key ??= hash('sha256', JSON.stringify([tenant, Object.values(credentials), this.id]), 'hex')
    return this.#key
  }
}
