/** A member whose worker is never called: for tests of what is decided before. */
import type { Worker, WorkerId } from '../core/worker.ts'
import { Member } from '../workers/member.ts'

export interface FakeMemberOptions {
  readonly id: WorkerId
  readonly pool: string
  readonly model: string
  readonly vendor?: string
  readonly slots?: number
}

export function fakeMember({ id, pool, model, vendor = 'anthropic', slots = 1 }: FakeMemberOptions): Member {
  const worker: Worker = {
    kind: 'fake',
    wire: 'anthropic',
    model,
    call: () => Promise.reject(new Error('a fake member is never called')),
    probe: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  }
  return new Member({ id, pool, worker, vendor, account: id, ownKey: true, slots, weight: 1 })
}
