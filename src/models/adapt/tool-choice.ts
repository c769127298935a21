import { asObject } from '../../wire/json-value.ts'
import type { Draft } from './draft.ts'
import type { Rule } from './rewrite.ts'

export function forcesTool(draft: Draft): boolean {
  const type = draft.member('tool_choice', 'type')
  return type === 'any' || type === 'tool'
}

/** A forced call becomes a free one. The tools stay as they are: they are part of what thinking is signed against. */
export const relaxToolChoice: Rule = ({ draft, losses, to }) => {
  if (to.forcedTools !== false || !forcesTool(draft)) return undefined
  const { name: _, ...others } = asObject(draft.get('tool_choice')) ?? {}
  draft.set('tool_choice', { ...others, type: 'auto' })
  losses.add('tool-choice-relaxed')
  return undefined
}
