import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workerId, type Worker } from '../core/worker.ts'
import { Fleet, type Lease } from './fleet.ts'
import { Member } from './member.ts'

const idle: Worker = {
  kind: 'idle',
  wires: ['anthropic'],
  model: 'm',
  call: () => Promise.reject(new Error('not called')),
  probe: () => Promise.resolve(true),
  close: () => Promise.resolve(),
}

function members(count: number, slots = 2): Member[] {
  return Array.from(
    { length: count },
    (_, i) =>
      new Member({
        id: workerId('pool', i + 1),
        pool: 'pool',
        worker: idle,
        vendor: 'v',
        account: 'a',
        ownKey: true,
        slots,
        weight: 1,
      }),
  )
}

describe('fleet', () => {
  it('holds a slot until the lease is released, and only once', () => {
    const [member] = members(1, 1) as [Member]
    const fleet = new Fleet([member])
    const group = fleet.group('pool', 'pool', () => true)
    const lease = fleet.acquire(member, 100)
    expect(group.ready).toEqual([])
    expect(group.usable).toBe(true)
    lease.release()
    lease.release()
    expect(member.inFlight).toBe(0)
    expect(member.outstandingTokens).toBe(0)
    expect(group.ready).toEqual([member])
  })

  it('tells when a worker comes free', () => {
    const [member] = members(1, 1) as [Member]
    const fleet = new Fleet([member])
    const freed: string[] = []
    fleet.onFree((free) => freed.push(free.id))
    const lease = fleet.acquire(member, 1)
    expect(freed).toEqual([])
    lease.release()
    expect(freed).toEqual(['pool-1'])
  })

  it('keeps degraded workers apart and unhealthy ones out', () => {
    const [a, b, c] = members(3) as [Member, Member, Member]
    const fleet = new Fleet([a, b, c])
    const group = fleet.group('pool', 'pool', () => true)
    b.state = 'degraded'
    c.state = 'unhealthy'
    for (const member of [b, c]) fleet.refresh(member)
    expect(group.ready).toEqual([a])
    expect(group.reserve).toEqual([b])
    a.draining = true
    b.gate = 'shut'
    for (const member of [a, b]) fleet.refresh(member)
    expect(group.usable).toBe(false)
  })

  it('keeps its lists equal to a filter over all members, whatever happens', () => {
    const change = fc.record({
      who: fc.nat(5),
      what: fc.constantFrom(
        'acquire',
        'release',
        'degraded',
        'healthy',
        'unhealthy',
        'drain',
        'undrain',
        'pause',
        'resume',
      ),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const all = members(6)
        const fleet = new Fleet(all)
        const groups = [
          fleet.group('everyone', 'all', () => true),
          fleet.group('pool', 'even', (m) => Number(m.id.at(-1)) % 2 === 0),
        ]
        const leases = new Map<Member, Lease[]>()
        for (const { who, what } of changes) {
          const member = all[who] as Member
          const held = leases.get(member) ?? []
          if (what === 'acquire' && member.free) leases.set(member, [...held, fleet.acquire(member, 5)])
          else if (what === 'release') held.pop()?.release()
          else if (what === 'drain' || what === 'undrain') member.draining = what === 'drain'
          else if (what === 'pause' || what === 'resume') member.pausedUntilMs = what === 'pause' ? 9 : 0
          else if (what !== 'acquire') member.state = what
          fleet.refresh(member)
        }
        for (const group of groups) {
          const expected = group.members.filter((m) => m.free)
          expect(new Set(group.ready)).toEqual(new Set(expected.filter((m) => m.state === 'healthy')))
          expect(new Set(group.reserve)).toEqual(new Set(expected.filter((m) => m.state === 'degraded')))
          expect(group.usable).toBe(group.members.some((m) => m.usable))
        }
      }),
    )
  })
})
