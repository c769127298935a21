/** What would happen to a message now, in words, without touching anything: `engine.decide`. */
import type { Alternative, Choice, Classification, Reason } from '../core/decision.ts'
import type { Member } from '../workers/member.ts'
import { modelAt, type Plan } from './plan.ts'
import type { Selection } from './select.ts'

/** As many as a person reads; a pool of a thousand workers is not listed whole. */
const ALTERNATIVES_MAX = 16

export function explain(
  classification: Classification,
  plan: Plan,
  selection: Selection,
  asked: string,
): Choice {
  const member = typeof selection === 'string' ? undefined : selection.member
  const model = member ? modelAt(plan, asked, member) : null
  return {
    decision: {
      class: classification.class,
      confidence: classification.confidence,
      source: classification.source,
      route: plan.route,
      pool: member?.pool ?? null,
      worker: member?.id ?? null,
      model,
      reasons: [...classification.reasons, choiceReason(plan, selection)],
    },
    alternatives: alternatives(plan, member),
  }
}

function choiceReason(plan: Plan, selection: Selection): Reason {
  const order = plan.groups.map((group) => group.name).join(', ')
  const detail =
    selection === 'busy'
      ? `${plan.key}: every slot is taken, it would wait`
      : selection === 'none'
        ? `${plan.key}: no worker can answer`
        : `${plan.key} → ${order}`
  return { signal: typeof selection === 'string' ? selection : selection.cause, detail, weight: 0 }
}

/** Score: share of health and free slots, halved with each pool further down the route. */
function alternatives(plan: Plan, chosen: Member | undefined): readonly Alternative[] {
  const found: Alternative[] = []
  plan.groups.forEach((group, place) => {
    for (const member of group.members) {
      if (found.length === ALTERNATIVES_MAX) return
      if (member !== chosen) found.push(alternative(member, place))
    }
  })
  return found.sort((a, b) => b.score - a.score)
}

function alternative(member: Member, place: number): Alternative {
  const freeSlots = Math.max(0, member.slots - member.inFlight)
  const score = member.usable ? (member.health * (freeSlots / member.slots)) / 2 ** place : 0
  const choice = place === 0 ? 'first pool' : `fallback ${place}`
  const trouble = member.draining
    ? ', draining'
    : member.pausedUntilMs > 0
      ? ', paused by its account’s limit'
      : ''
  return {
    worker: member.id,
    score: Math.round(score * 1000) / 1000,
    why: `${choice}, ${member.state}, ${freeSlots} of ${member.slots} slots free${trouble}`,
  }
}
