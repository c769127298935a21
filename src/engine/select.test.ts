import { describe, expect, it } from 'vitest'
import type { Strategy } from '../balance/strategy.ts'
import { workerId } from '../core/worker.ts'
import { Fleet } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'
import { fakeMember } from './member-harness.ts'
import { createPlans } from './plan.ts'
import { createSelector, type Seeker } from './select.ts'

const first: Strategy = { name: 'first', pick: (candidates) => candidates[0] }

function world() {
  const opus = fakeMember({ id: workerId('opus', 1), pool: 'opus', model: 'o' })
  const sonnet = [1, 2].map((n) => fakeMember({ id: workerId('sonnet', n), pool: 'sonnet', model: 's' })) as [
    Member,
    Member,
  ]
  const haiku = fakeMember({ id: workerId('haiku', 1), pool: 'haiku', model: 'h' })
  const fleet = new Fleet([opus, ...sonnet, haiku])
  const plans = createPlans({
    fleet,
    routes: { strategic: ['opus', 'sonnet'], tactical: ['sonnet', 'haiku'] },
    pools: ['opus', 'sonnet', 'haiku'],
    fallbackClass: 'strategic',
    intercept: [],
  })
  const tried = new Set<Member>()
  const seeker: Seeker = {
    plan: plans.forClass('strategic'),
    message: { priority: 'normal', class: 'strategic', session: undefined, tenant: undefined, workTokens: 1 },
    tried,
    failedModel: undefined,
    expiresAtMs: 60_000,
    spillAtMs: 1_000,
    lastResort: plans.everyone,
  }
  const set = (
    member: Member,
    change: Partial<Pick<Member, 'state' | 'draining' | 'pausedUntilMs' | 'gate'>>,
  ): void => {
    Object.assign(member, change)
    fleet.refresh(member)
  }
  return { fleet, plans, opus, sonnet, haiku, seeker, tried, set, selector: createSelector(() => first) }
}

describe('select', () => {
  it('takes the first pool while it has a free worker', () => {
    const { selector, seeker, opus } = world()
    expect(selector.select(seeker, 0)).toEqual({ member: opus, cause: 'first-choice' })
  })

  it('waits for the first pool while it is busy, and spills to the next after a while', () => {
    const { selector, seeker, opus, sonnet, fleet } = world()
    fleet.acquire(opus, 1)
    expect(selector.select(seeker, 999)).toBe('busy')
    expect(selector.select(seeker, 1_000)).toEqual({ member: sonnet[0], cause: 'spill' })
  })

  it('goes to the next pool at once when the first is down', () => {
    const { selector, seeker, opus, sonnet, set } = world()
    set(opus, { state: 'unhealthy' })
    expect(selector.select(seeker, 0)).toEqual({ member: sonnet[0], cause: 'pool-down' })
  })

  it('goes on at once when the first pool’s account is paused, and waits for it when nobody else is left', () => {
    const { selector, seeker, opus, sonnet, set } = world()
    set(opus, { pausedUntilMs: 5_000 })
    expect(selector.select(seeker, 0)).toEqual({ member: sonnet[0], cause: 'pool-down' })
    for (const member of sonnet) set(member, { state: 'unavailable' })
    expect(selector.select(seeker, 0)).toBe('busy')
  })

  it('uses a degraded worker only when no better one is free', () => {
    const { selector, seeker, opus, sonnet, set, fleet } = world()
    set(opus, { draining: true })
    set(sonnet[0], { state: 'degraded' })
    expect(selector.select(seeker, 0)).toMatchObject({ member: sonnet[1] })
    fleet.acquire(sonnet[1], 1)
    expect(selector.select(seeker, 0)).toMatchObject({ member: sonnet[0] })
  })

  it('does not ask a worker again that failed the message while others are left', () => {
    const { selector, seeker, opus, sonnet, tried } = world()
    tried.add(opus)
    expect(selector.select(seeker, 0)).toEqual({ member: sonnet[0], cause: 'failover' })
    tried.add(sonnet[0])
    expect(selector.select(seeker, 0)).toEqual({ member: sonnet[1], cause: 'failover' })
    expect(selector.hasUntried(seeker)).toBe(true)
  })

  it('leaves the route in an emergency, and only then', () => {
    const { selector, seeker, opus, sonnet, haiku, set } = world()
    for (const member of [opus, ...sonnet]) set(member, { state: 'unhealthy' })
    expect(selector.select(seeker, 0)).toEqual({ member: haiku, cause: 'emergency' })
    expect(selector.select({ ...seeker, lastResort: undefined }, 0)).toBe('none')
    set(haiku, { gate: 'shut' })
    expect(selector.select(seeker, 0)).toBe('none')
  })

  it('waits for a slot of the last resort too', () => {
    const { selector, seeker, opus, sonnet, haiku, set, fleet } = world()
    for (const member of [opus, ...sonnet]) set(member, { state: 'unhealthy' })
    const lease = fleet.acquire(haiku, 1)
    expect(selector.select(seeker, 0)).toBe('busy')
    expect(selector.canGo(seeker, 0)).toBe(false)
    lease.release()
    expect(selector.select(seeker, 0)).toEqual({ member: haiku, cause: 'emergency' })
  })

  it('does not wait for a paused worker when the message has failed on the others of its pool', () => {
    const { selector, seeker, plans, sonnet, haiku, tried, set } = world()
    const here = { ...seeker, plan: plans.forClass('tactical') }
    tried.add(sonnet[0])
    set(sonnet[1], { pausedUntilMs: 5_000 })
    expect(selector.select(here, 0)).toEqual({ member: haiku, cause: 'failover' })
  })

  it('waits for a busy worker of the pool after a failure, until it may spill', () => {
    const { selector, seeker, plans, sonnet, haiku, tried, fleet } = world()
    const here = { ...seeker, plan: plans.forClass('tactical') }
    tried.add(sonnet[0])
    fleet.acquire(sonnet[1], 1)
    expect(selector.select(here, 999)).toBe('busy')
    expect(selector.select(here, 1_000)).toEqual({ member: haiku, cause: 'spill' })
  })

  it('asks another worker of the model that failed first, within the pool', () => {
    const { seeker, selector } = world()
    const mixed = ['x', 'y', 'x'].map((model, index) =>
      fakeMember({ id: workerId('mixed', index + 1), pool: 'mixed', model }),
    ) as [Member, Member, Member]
    const fleet = new Fleet(mixed)
    const plans = createPlans({
      fleet,
      routes: { simple: ['mixed'] },
      pools: ['mixed'],
      fallbackClass: 'simple',
      intercept: [],
    })
    const tried = new Set<Member>()
    const here: Seeker = { ...seeker, plan: plans.forClass('simple'), tried, lastResort: undefined }
    expect(selector.select(here, 0)).toMatchObject({ member: mixed[0] })
    tried.add(mixed[0])
    expect(selector.select({ ...here, failedModel: 'x' }, 0)).toMatchObject({ member: mixed[2] })
    tried.add(mixed[2])
    expect(selector.select({ ...here, failedModel: 'x' }, 0)).toMatchObject({ member: mixed[1] })
  })

  it('hopes for a paused worker only if it is back before the message is given up', () => {
    const { selector, seeker, opus, sonnet, haiku, set } = world()
    for (const member of [...sonnet, haiku]) set(member, { state: 'unavailable' })
    set(opus, { pausedUntilMs: seeker.expiresAtMs - 1 })
    expect(selector.select(seeker, 0)).toBe('busy')
    set(opus, { pausedUntilMs: seeker.expiresAtMs })
    expect(selector.select(seeker, 0)).toBe('none')
    expect(selector.hasUntried(seeker)).toBe(false)
    set(haiku, { state: 'healthy', pausedUntilMs: seeker.expiresAtMs - 1 })
    expect(selector.select(seeker, 0)).toBe('busy')
    set(haiku, { pausedUntilMs: seeker.expiresAtMs })
    expect(selector.select(seeker, 0)).toBe('none')
  })
})
