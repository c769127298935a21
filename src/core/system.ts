import { type Clock, systemClock } from './clock.ts'
import { type Random, systemRandom } from './random.ts'

/** Where sentences for the operator go. Fields never hold message text or secrets. */
export interface Log {
  info(text: string, fields?: Readonly<Record<string, unknown>>): void
  warn(text: string, fields?: Readonly<Record<string, unknown>>): void
  error(text: string, fields?: Readonly<Record<string, unknown>>): void
}

export const silentLog: Log = { info() {}, warn() {}, error() {} }

/** All that is not pure comes in by this one argument. */
export interface System {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export function realSystem(log: Log = silentLog): System {
  return { clock: systemClock, random: systemRandom(), log }
}
