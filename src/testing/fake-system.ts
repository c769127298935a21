import { seededRandom } from '../core/random.ts'
import type { Log, System } from '../core/system.ts'
import { type VirtualClock, virtualClock } from '../core/virtual-clock.ts'

/** One sentence that was logged. */
export interface Sentence {
  readonly level: keyof Log
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** A System in which time stands still until it is moved, chance repeats itself, and nothing is printed. */
export interface FakeSystem extends System {
  readonly clock: VirtualClock
  /** What was logged, oldest first. */
  readonly logged: readonly Sentence[]
}

export interface FakeSystemOptions {
  /** The same seed gives the same chances; 1 unless said otherwise. */
  readonly seed?: number
  /** What the wall clock shows at the start, in milliseconds since 1970. */
  readonly wallStartMs?: number
}

export function fakeSystem({ seed = 1, wallStartMs }: FakeSystemOptions = {}): FakeSystem {
  const logged: Sentence[] = []
  const logAt =
    (level: keyof Log) =>
    (text: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      logged.push({ level, text, fields })
    }
  return Object.freeze<FakeSystem>({
    clock: virtualClock(0, wallStartMs),
    random: seededRandom(seed),
    log: { info: logAt('info'), warn: logAt('warn'), error: logAt('error') },
    logged,
  })
}
