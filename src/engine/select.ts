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
  /** The model of the one that failed it last: within a group, another worker of the same goes first. */
  failedModel: string | undefined
  /** From then on another pool of the plan may answer while the first is busy. */
  readonly spillAtMs: number
  /** Where the message goes when its plan has nobody; undefined when it must not leave the plan. */
  readonly lastResort: Group | undefined
  /** Until then it waits; a worker that is paused for longer is no hope. */
  readonly expiresAtMs: number
}

export type Selection = { readonly member: Member; readonly cause: Cause } | 'busy' | 'none'

export interface Selector {
  /** Picks by the group's strategy, which may remember it: call it only for a message that takes the seat. */
  select(seeker: Seeker, nowMs: number): Selection
  /** Would it get a seat, or an answer that it gets none? Asks no strategy. */
  canGo(seeker: Seeker, nowMs: number): boolean
  /** The same walk with the freest worker of each group: no strategy is asked, so nothing is remembered. */
  preview(seeker: Seeker, nowMs: number): Selection
  /** Somebody is left who has not failed this message. */
  hasUntried(seeker: Seeker): boolean
}

type Pick = (free: readonly [Member, ...Member[]], group: Group, seeker: Seeker) => Member

export function createSelector(strategyOf: (group: Group) => Strategy): Selector {
  // The contract of Strategy: it returns one of the candidates, and these are members.
  const byStrategy: Pick = (free, group, seeker) => strategyOf(group).pick(free, seeker.message) as Member
  return {
    select: (seeker, nowMs) => walk(seeker, nowMs, byStrategy),
    canGo: (seeker, nowMs) => walk(seeker, nowMs, first) !== 'busy',
    preview: (seeker, nowMs) => walk(seeker, nowMs, freest),
    hasUntried: (seeker) =>
      seeker.plan.groups.some((group) => mayComeBack(group, seeker)) ||
      (seeker.lastResort !== undefined && !hasOwn(seeker) && mayComeBack(seeker.lastResort, seeker)),
  }
}

/** The plan has workers of its own, though they may all have failed this message: that is no emergency. */
function hasOwn(seeker: Seeker): boolean {
  return seeker.plan.groups.some((group) => comesBack(group, seeker.expiresAtMs, NOBODY))
}

const NOBODY: ReadonlySet<Member> = new Set()

const first: Pick = (free) => free[0]

const freest: Pick = (free) =>
  free.reduce((best, member) => (member.inFlight / member.slots < best.inFlight / best.slots ? member : best))

function walk(seeker: Seeker, nowMs: number, pick: Pick): Selection {
  let waits = false
  let cause: Cause = seeker.tried.size > 0 ? 'failover' : 'first-choice'
  for (const group of seeker.plan.groups) {
    const member = pickIn(group, seeker, pick)
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
  if (!seeker.lastResort || hasOwn(seeker)) return 'none'
  const member = pickIn(seeker.lastResort, seeker, pick)
  if (member) return { member, cause: 'emergency' }
  return mayComeBack(seeker.lastResort, seeker) ? 'busy' : 'none'
}

function pickIn(group: Group, seeker: Seeker, pick: Pick): Member | undefined {
  return pickFrom(group.ready, group, seeker, pick) ?? pickFrom(group.reserve, group, seeker, pick)
}

function pickFrom(list: readonly Member[], group: Group, seeker: Seeker, pick: Pick): Member | undefined {
  if (seeker.tried.size === 0) return isFilled(list) ? pick(list, group, seeker) : undefined
  const untried = list.filter((member) => !seeker.tried.has(member))
  const alike = untried.filter((member) => member.model === seeker.failedModel)
  const free = isFilled(alike) ? alike : untried
  return isFilled(free) ? pick(free, group, seeker) : undefined
}

function worthWaiting(group: Group, seeker: Seeker): boolean {
  if (seeker.tried.size === 0) return group.serving
  return group.members.some(
    (member) => member.usable && member.pausedUntilMs === 0 && !seeker.tried.has(member),
  )
}

function mayComeBack(group: Group, seeker: Seeker): boolean {
  return comesBack(group, seeker.expiresAtMs, seeker.tried)
}

function comesBack(group: Group, byMs: number, tried: ReadonlySet<Member>): boolean {
  if (tried.size === 0 && group.serving) return true
  return group.members.some((member) => member.usable && member.pausedUntilMs < byMs && !tried.has(member))
}

function isFilled(list: readonly Member[]): list is readonly [Member, ...Member[]] {
  return list.length > 0
}
