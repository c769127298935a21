import type { Protocol } from '../protocol.ts'

/** The two protocols between which a reply goes. */
export interface Sides {
  readonly client: Protocol
  readonly worker: Protocol
}
