import { asObject } from '../../wire/json-value.ts'
import type { Takes } from '../../wire/translation.ts'
import type { Draft } from './draft.ts'
import type { Rewrite, Rule } from './rewrite.ts'
import { forcesTool } from './tool-choice.ts'

/** What the caller wants of thinking, however the model it wrote for says so. */
type Intent = 'off' | 'adaptive' | 'budget'

const intents: Readonly<Record<string, Intent>> = {
  disabled: 'off',
  between_tools: 'off',
  adaptive: 'adaptive',
  enabled: 'budget',
}

const BUDGET_MIN = 1_024
/** No vendor states how an effort compares with a budget; these are ours. */
const budgets: ReadonlyMap<unknown, number> = new Map([
  ['low', 2_000],
  ['medium', 8_000],
  ['high', 16_000],
])
const BUDGET_ABOVE = 32_000

/** The caller's intent, said as the other model takes it. Where the intent is not known, nothing is said. */
export const adaptThinking: Rule = (rewrite) => {
  const { draft, from, to } = rewrite
  const modes = to.thinkingModes
  if (modes === undefined) return undefined
  switch (intentOf(draft, from)) {
    case 'off':
      turnOff(rewrite, modes)
      break
    case 'adaptive':
      if (modes.includes('adaptive')) keepAdaptive(rewrite)
      else if (modes.includes('enabled')) useBudget(rewrite)
      else dropThinking(rewrite)
      break
    case 'budget':
      if (modes.includes('enabled')) keepBudget(rewrite)
      else if (modes.includes('adaptive')) becomeAdaptive(rewrite)
      else dropThinking(rewrite)
      break
    case undefined:
  }
  return undefined
}

/** Whether a model thinks about this request; undefined where that is not known. */
export function isThinking(draft: Draft, takes: Takes | undefined): boolean | undefined {
  const intent = intentOf(draft, takes)
  return intent === undefined ? undefined : intent !== 'off'
}

function intentOf(draft: Draft, takes: Takes | undefined): Intent | undefined {
  if (draft.get('thinking') !== undefined) {
    const type = draft.member('thinking', 'type')
    return typeof type === 'string' && Object.hasOwn(intents, type) ? intents[type] : undefined
  }
  const standard = takes?.thinkingDefault
  return standard === 'on' ? 'adaptive' : standard
}

/** Nothing else may stand beside what turns it off: neither how to show it nor what it is bound to. */
function turnOff({ draft, losses, to }: Rewrite, modes: readonly string[]): void {
  const type = ['disabled', 'between_tools'].find((each) => modes.includes(each))
  if (modes.length === 0) draft.remove('thinking')
  else if (type === undefined) {
    draft.remove('thinking')
    losses.add('thinking-forced-on')
    const effort = draft.member('output_config', 'effort')
    if (!to.efforts?.includes('low')) return
    if (effort !== undefined && effort !== 'low') losses.add('effort-clamped')
    draft.setMember('output_config', 'effort', 'low')
  } else if (to.thinkingDefault === 'off' && (!draft.has('thinking') || !modes.includes('adaptive'))) {
    draft.remove('thinking')
  } else draft.set('thinking', { type })
}

function keepAdaptive({ draft, from, to }: Rewrite): void {
  const given = asObject(draft.get('thinking'))
  const display = displayFor(draft, from, to)
  if (given === undefined && to.thinkingDefault === 'on' && display === undefined) return
  if (given !== undefined && display === undefined) return
  draft.set('thinking', { type: 'adaptive', ...given, ...(display !== undefined && { display }) })
}

/** What the caller got without asking for it must be asked for where it is not the default. */
function displayFor(draft: Draft, from: Takes | undefined, to: Takes): string | undefined {
  if (draft.member('thinking', 'display') !== undefined) return undefined
  const before = from?.thinkingDisplay
  return before === to.thinkingDisplay || to.thinkingDisplay === undefined ? undefined : before
}

/** For a model that thinks by budget alone: half of what it may say, by the effort that was asked for. */
function useBudget(rewrite: Rewrite): void {
  const { draft, from, losses, view, outputTokensMax } = rewrite
  const asked = draft.member('output_config', 'effort') ?? from?.effortDefault ?? 'high'
  const wanted = budgets.get(asked) ?? BUDGET_ABOVE
  const maxTokens = draft.get('max_tokens')
  const room = typeof maxTokens === 'number' ? Math.floor(Math.min(maxTokens, outputTokensMax) / 2) : 0
  const budget = Math.min(wanted, room)
  // In an open tool loop such a model wants the turn to begin with its own thinking.
  if (budget < BUDGET_MIN || mayNotThink(rewrite) || view.toolLoopOpen) return dropThinking(rewrite)
  const display = draft.member('thinking', 'display') ?? displayFor(draft, from, rewrite.to)
  const binding = draft.member('thinking', 'block_binding')
  draft.set('thinking', {
    type: 'enabled',
    budget_tokens: budget,
    ...(display !== undefined && { display }),
    ...(binding !== undefined && { block_binding: binding }),
  })
  losses.add('effort-clamped')
}

function keepBudget(rewrite: Rewrite): void {
  if (mayNotThink(rewrite)) dropThinking(rewrite)
}

function becomeAdaptive({ draft, from, losses, to }: Rewrite): void {
  const { budget_tokens: _, ...others } = asObject(draft.get('thinking')) ?? {}
  const display = displayFor(draft, from, to)
  draft.set('thinking', { ...others, type: 'adaptive', ...(display !== undefined && { display }) })
  losses.add('budget-to-effort')
}

/** Beside a fixed budget neither a forced tool nor a prefill is taken. */
function mayNotThink({ draft, shape }: Rewrite): boolean {
  return forcesTool(draft) || shape.prefill
}

/** Called only for models that do not think unless they are told to. */
export function dropThinking({ draft, losses }: Rewrite): void {
  draft.remove('thinking')
  losses.add('thinking-forced-off')
}

/** A budget is at least 1,024 and less than all that may be said. Runs when max_tokens is settled. */
export const fitBudget: Rule = (rewrite) => {
  const { betas, draft, to } = rewrite
  const budget = draft.member('thinking', 'budget_tokens')
  const maxTokens = draft.get('max_tokens')
  if (draft.member('thinking', 'type') !== 'enabled') return undefined
  if (typeof budget !== 'number' || typeof maxTokens !== 'number') return undefined
  if (to.interleaved === true && betas.some((beta) => beta.startsWith('interleaved-thinking-')))
    return undefined
  const fitting = Math.max(Math.min(budget, maxTokens - 1), BUDGET_MIN)
  if (fitting >= maxTokens) dropThinking(rewrite)
  else if (fitting !== budget) draft.setMember('thinking', 'budget_tokens', fitting)
  return undefined
}
