/** A member whose worker is never called: for tests of what is decided before. */
import type { Worker, WorkerId } from '../core/worker.ts'
import { Member } from '../workers/member.ts'

export interface FakeMemberOptions {
  readonly id: WorkerId
  readonly pool: string
  readonly model: string
  readonly vendor?: string
  readonly slots?: number
  readonly account?: string
  readonly ownKey?: boolean
  /** What its probe finds; alive where left out. */
  readonly alive?: () => boolean
}

export function fakeMember(options: FakeMemberOptions): Member {
  const { id, pool, model, vendor = 'anthropic', slots = 1, account = id, ownKey = true } = options
  const { alive = () => true } = options
  const worker: Worker = {
    kind: 'fake',
    wires: ['anthropic'],
    model,
    call: () => Promise.reject(new Error('a fake member is never called')),
    probe: () => Promise.resolve(alive()),
    close: () => Promise.resolve(),
  }
  return new Member({ id, pool, worker, vendor, account, ownKey, slots, weight: 1 })
}
