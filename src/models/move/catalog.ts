import { capped } from './capped.ts'
import { expectedValue } from './expected-value.ts'
import type { MovePolicy } from './policy.ts'
import { stay } from './stay.ts'

export interface MoveOptions {
  /** 0–1: what all paid switches of a conversation may cost, in proportion to what it has cost so far. */
  readonly capShare: number
}

/** Every policy that a configuration may name: one file and one line here to add one. */
export const movePolicies = Object.freeze({
  stay: () => stay,
  'expected-value': () => expectedValue,
  capped: ({ capShare }: MoveOptions) => capped(capShare),
}) satisfies Readonly<Record<string, (options: MoveOptions) => MovePolicy>>

export type MovePolicyName = keyof typeof movePolicies

export function createMovePolicy(name: MovePolicyName, options: MoveOptions): MovePolicy {
  return movePolicies[name](options)
}
