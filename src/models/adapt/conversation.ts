import type { Rule } from './rewrite.ts'
import { isThinking } from './thinking.ts'

/**
 * What stands in the conversation or the tools, and the model does not take. To say it otherwise would change what was
 * said, and the words that a model signs its thinking against: such a request does not go there.
 */
export const refusePrefill: Rule = ({ shape, to, model }) =>
  shape.prefill && to.prefill === false
    ? {
        path: 'messages',
        sentence: `${model} does not continue a last message of the assistant: end the conversation with a message of the user, or ask for a model that takes prefill.`,
      }
    : undefined

export const refuseMedia: Rule = ({ shape, to, model }) =>
  to.mediaMax !== undefined && shape.media > to.mediaMax
    ? {
        path: 'messages',
        lacks: 'media_budget',
        sentence: `${model} takes at most ${to.mediaMax} pictures and documents, and these are ${shape.media}: leave some out, or ask for a model that takes more.`,
      }
    : undefined

export const refuseSystemMessages: Rule = ({ shape, to, model }) => {
  const [first] = shape.systemMessages
  if (first === undefined || to.systemMessages !== false) return undefined
  const what = shape.systemMessages.every(({ plain }) => plain)
    ? 'messages of role system between the others'
    : 'changes of the tools, or other such blocks, in messages of role system'
  return {
    path: `messages.${first.index}`,
    lacks: 'mid_conv_system',
    sentence: `${model} does not take ${what}: say it in the top-level system prompt from the start, or ask for a model that takes them.`,
  }
}

/** Runs when it is settled whether the model thinks: some take it only then. */
export const refuseEffortInMessages: Rule = ({ shape, draft, to, model }) => {
  const { effortInMessages } = to
  if (!shape.effortInMessages || effortInMessages === undefined || effortInMessages === 'yes')
    return undefined
  if (effortInMessages === 'thinking' && isThinking(draft, to) !== false) return undefined
  return {
    path: 'messages',
    lacks: 'effort_unsupported',
    sentence: `${model} does not take an effort of single messages${effortInMessages === 'thinking' ? ' while thinking is off' : ''}: set output_config.effort for the whole request.`,
  }
}

export const refuseTools: Rule = ({ shape, from, to, model }) => {
  const refused = shape.toolTypes.find((type) =>
    to.toolTypesRefused?.some((beginning) => type.startsWith(beginning)),
  )
  if (refused !== undefined) {
    return {
      path: 'tools',
      sentence: `${model} does not take tools of type ${refused.slice(0, 64)}, and no other tool does the same: leave it out, or ask for a model that takes it.`,
    }
  }
  if (!shape.toolTypes.some((type) => type.startsWith('advisor_')) || to.advisors === undefined)
    return undefined
  // Which model advises is not looked at: whoever may advise the one must be allowed to advise the other.
  const { advisors } = to
  if (from?.advisors?.every((advisor) => advisors.includes(advisor)) && from.advisors.length > 0)
    return undefined
  return {
    path: 'tools',
    sentence: `${model} may not be advised by every model that the request’s advisor tool may name: leave the advisor out, or ask for the model that it was chosen for.`,
  }
}
