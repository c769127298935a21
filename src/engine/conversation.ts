/**
 * What a conversation is known by: its own id, else a hash of its opening. Most messages need the key of none, so both
 * are made when first asked for: a hash costs some microseconds.
 */
import { hash } from 'node:crypto'
import type { Ask } from '../core/engine.ts'
import { keptIds } from '../wire/openai-responses/kept-state.ts'
import type { RequestView } from '../wire/protocol.ts'
import type { Replies } from './replies.ts'

const DIGITS = 32

export class Conversation {
  readonly #ask: Ask
  readonly #view: RequestView
  readonly #replies: Replies
  #id: string | undefined
  #key: string | undefined

  constructor(ask: Ask, view: RequestView, replies: Replies) {
    this.#ask = ask
    this.#view = view
    this.#replies = replies
  }

  get id(): string {
    this.#id ??= this.#ask.session ?? this.#continued() ?? this.#view.session ?? this.#openingHash()
    return this.#id
  }

  /** Of a request that goes on from a reply: its cache key may be that of many. */
  #continued(): string | undefined {
    for (const id of keptIds(this.#view)) {
      const kept = this.#replies.find(id)
      if (kept) return kept.conversation
    }
    return undefined
  }

  #openingHash(): string {
    return hash('sha256', this.#view.opening, 'hex').slice(0, DIGITS)
  }

  /** Keeps callers apart who use the same id. */
  get key(): string {
    const { tenant, credentials = {} } = this.#ask
    this.#key ??= hash('sha256', JSON.stringify([tenant, Object.values(credentials), this.id]), 'hex')
    return this.#key
  }
}
