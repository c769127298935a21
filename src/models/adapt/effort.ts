import { clampEffort } from '../../wire/translate/effort.ts'
import type { Rule } from './rewrite.ts'
import { isThinking } from './thinking.ts'

/** Effort that the model has, and while thinking is off no more than it takes then. Another default is said aloud. */
export const adaptEffort: Rule = ({ draft, from, to, losses }) => {
  if (to.efforts === undefined) return undefined
  const given = draft.member('output_config', 'effort')
  const asked =
    given ??
    (to.efforts.length > 0 && from?.effortDefault !== to.effortDefault ? from?.effortDefault : undefined)
  if (typeof asked !== 'string') return undefined
  const isOff = isThinking(draft, to) === false
  const strongest =
    isOff && to.effortMaxThinkingOff ? to.efforts.indexOf(to.effortMaxThinkingOff) : to.efforts.length
  const effort = clampEffort(asked, to.efforts.slice(0, strongest + 1), 'output_config.effort', losses)
  if (effort !== given) draft.setMember('output_config', 'effort', effort)
  return undefined
}
