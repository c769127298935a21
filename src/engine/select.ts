/**
 * Which one? Walks a plan's groups in order and lets the group's strategy pick among the free. The order of what
 * is tried, and why, in one place:
 *   1. a healthy free worker of the first group that serves; a degraded one only when no better one is free;
 *   2. all its slots are taken: wait for it (`busy`) until the message's spill time, then the next group may answer;
 *   3. the group is down, or its accounts are paused: the next group at once;
 *   4. no group of a route serves: any worker at all (emergency);
 *   5. none: say so now rather than let the message wait.
 */
import type { RoutableMessage } from '../core/message.ts'
import type { Group } from '../workers/fleet.ts'
import type { Member } from '../workers/member.ts'
import type { Strategy } from '../balance/strategy.ts'
import type { Plan } from './plan.ts'

export type Cause = 'first-choice' | 'spill' | 'pool-down' | 'failover' | 'emergency'

export interface Seeker {
  readonly plan: Plan
  readonly message: RoutableMessage
  /** Workers that failed this message: not asked again while others are left. */
  readonly tried: ReadonlySet<Member>
  /** From then on another pool of the plan may answer while the first is busy. */
  readonly spillAtMs: number
  /** Where the message goes when its plan has nobody; undefined when it must not leave the plan. */
  readonly lastResort: Group | undefined
}

export type Selection = { readonly member: Member; readonly cause: Cause } | 'busy' | 'none'

export interface Selector {
  select(seeker: Seeker, nowMs: number): Selection
  /** Somebody is left who has not failed this message. */
  hasUntried(seeker: Seeker): boolean
}

export function createSelector(strategyOf: (group: Group) => Strategy): Selector {
  function pickFrom(list: readonly Member[], group: Group, seeker: Seeker): Member | undefined {
    const free = seeker.tried.size === 0 ? list : list.filter((member) => !seeker.tried.has(member))
    if (!isFilled(free)) return undefined
    // The contract of Strategy: it returns one of the candidates, and these are members.
    return strategyOf(group).pick(free, seeker.message) as Member
  }

  const pickIn = (group: Group, seeker: Seeker): Member | undefined =>
    pickFrom(group.ready, group, seeker) ?? pickFrom(group.reserve, group, seeker)

  const worthWaiting = (group: Group, seeker: Seeker): boolean =>
    seeker.tried.size === 0
      ? group.serving
      : group.members.some(
          (member) => member.usable && member.pausedUntilMs === 0 && !seeker.tried.has(member),
        )

  const mayComeBack = (group: Group, seeker: Seeker): boolean =>
    seeker.tried.size === 0
      ? group.usable
      : group.members.some((member) => member.usable && !seeker.tried.has(member))

  return {
    select(seeker, nowMs) {
      let waits = false
      let cause: Cause = seeker.tried.size > 0 ? 'failover' : 'first-choice'
      for (const group of seeker.plan.groups) {
        const member = pickIn(group, seeker)
        if (member) return { member, cause }
        if (worthWaiting(group, seeker)) {
          if (nowMs < seeker.spillAtMs) return 'busy'
          waits = true
          cause = 'spill'
        } else {
          waits ||= mayComeBack(group, seeker)
          if (cause === 'first-choice') cause = 'pool-down'
        }
      }
      if (waits) return 'busy'
      if (!seeker.lastResort) return 'none'
      const member = pickIn(seeker.lastResort, seeker)
      if (member) return { member, cause: 'emergency' }
      return mayComeBack(seeker.lastResort, seeker) ? 'busy' : 'none'
    },
    hasUntried: (seeker) =>
      seeker.plan.groups.some((group) => mayComeBack(group, seeker)) ||
      (seeker.lastResort !== undefined && mayComeBack(seeker.lastResort, seeker)),
  }
}

function isFilled(list: readonly Member[]): list is readonly [Member, ...Member[]] {
  return list.length > 0
}
