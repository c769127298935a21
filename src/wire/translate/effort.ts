import type { Losses } from './losses.ts'

/** Weakest first: both vendors use these words. */
const order = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/**
 * The value of effort to send where only `allowed` may be: the strongest that is not above what was asked, else the
 * weakest; but `none` only where it was asked for, for the least of reasoning is some of it. Undefined where the field
 * must be left out, which is noted under its name.
 */
export function clampEffort(
  asked: string,
  allowed: readonly string[],
  field: string,
  losses: Losses,
): string | undefined {
  if (allowed.includes(asked)) return asked
  const rank = order.indexOf(asked)
  const some = allowed.filter((value) => value !== 'none')
  const weakest = some[0]
  if (rank === -1 || weakest === undefined) {
    losses.removed(field)
    return undefined
  }
  losses.add(asked === 'none' ? 'thinking-forced-on' : 'effort-clamped')
  return some.findLast((value) => order.indexOf(value) <= rank) ?? weakest
}

/** No vendor states how a budget compares with an effort; these steps are ours. */
export function effortOfBudget(budgetTokens: number): string {
  if (budgetTokens <= 2_000) return 'low'
  if (budgetTokens <= 8_000) return 'medium'
  return budgetTokens <= 24_000 ? 'high' : 'xhigh'
}
