/** Holds the mode of the engine, publishes its changes, and lets time bring it back. */
import { type Clock, every } from '../core/clock.ts'
import type { Events, Mode } from '../core/events.ts'
import { type ModeEvent, type ModeState, normalMode, transition } from './mode.ts'

const CHECK_MS = 1_000

export class ModeKeeper {
  readonly #clock: Clock
  readonly #events: Events
  readonly #timer
  #state: ModeState = normalMode

  /** @param isStranded a route has no worker of its own: as long as that is so, the emergency lasts. */
  constructor(clock: Clock, events: Events, isStranded: () => boolean) {
    this.#clock = clock
    this.#events = events
    this.#timer = every(clock, CHECK_MS, () => this.note(isStranded() ? 'no-worker-in-route' : 'time'))
  }

  get current(): Mode {
    return this.#state.mode
  }

  note(event: ModeEvent): void {
    const before = this.#state
    this.#state = transition(before, event, this.#clock.now())
    const { mode, cause } = this.#state
    if (mode !== before.mode) this.#events.publish('mode-changed', { from: before.mode, to: mode, cause })
  }

  close(): void {
    this.#timer.cancel()
  }
}
