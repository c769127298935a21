import { asArray } from '../../wire/json-value.ts'
import { clampEffort } from '../../wire/translate/effort.ts'
import { takesSampling } from '../../wire/translate/sampling.ts'
import { Draft } from './draft.ts'
import { limitField, THINKING_RESERVE } from './output-limit.ts'
import { removeField, type Rewrite, type Rule } from './rewrite.ts'
import { dropSampling } from './sampling.ts'

/** Where the two protocols of OpenAI keep effort and the limit of the answer. */
interface Places {
  readonly effort: readonly [field: string, member?: string]
  readonly limits: readonly string[]
}

const chat: Places = { effort: ['reasoning_effort'], limits: ['max_completion_tokens', 'max_tokens'] }
const responses: Places = { effort: ['reasoning', 'effort'], limits: ['max_output_tokens'] }

const refuseTooManyTools: Rule = ({ shape, to, model }) =>
  to.toolsMax !== undefined && shape.toolsCount > to.toolsMax
    ? {
        path: 'tools',
        sentence: `${model} takes at most ${to.toolsMax} tools in Chat Completions, and these are ${shape.toolsCount}: send fewer, or send the request to /v1/responses.`,
      }
    : undefined

const renameLimit: Rule = ({ draft, to }) => {
  if (to.maxCompletionTokens !== true || !draft.has('max_tokens')) return undefined
  const given = draft.get('max_tokens')
  if (draft.get('max_completion_tokens') === undefined && given !== undefined)
    draft.set('max_completion_tokens', given)
  draft.remove('max_tokens')
  return undefined
}

const adaptEffort =
  ({ effort: place }: Places, effortsOf: (rewrite: Rewrite) => readonly string[] | undefined): Rule =>
  (rewrite) => {
    const { draft, from, to, losses } = rewrite
    const efforts = effortsOf(rewrite)
    if (efforts === undefined) return undefined
    const given = givenEffort(draft, place)
    const asked = given ?? (from?.effortDefault !== to.effortDefault ? from?.effortDefault : undefined)
    if (typeof asked !== 'string') return undefined
    // The least of reasoning is some of it.
    const allowed = asked === 'minimal' ? efforts.filter((each) => each !== 'none') : efforts
    const effort = clampEffort(asked, allowed, place.join('.'), losses)
    if (effort === given) return undefined
    const [field, member] = place
    if (member !== undefined) draft.setMember(field, member, effort)
    else if (effort === undefined) draft.remove(field)
    else draft.set(field, effort)
    return undefined
  }

/** Where the model reasons only since the move, the limit counts with it. */
const limitOutput =
  ({ effort, limits }: Places): Rule =>
  (rewrite) => {
    const { from, shape } = rewrite
    const before = (givenEffort(new Draft(shape.fields), effort) ?? from?.effortDefault) === 'none'
    const reserve = before && reasons(rewrite, effort) === true ? THINKING_RESERVE : 0
    for (const limit of limits) limitField(rewrite, limit, reserve)
    return undefined
  }

/** What asks for less is a probe of the key or the model: its answer may be a little longer. */
const raiseLimit: Rule = ({ draft, to }) => {
  const given = draft.get('max_output_tokens')
  if (typeof given === 'number' && given < (to.outputTokensMin ?? given)) {
    draft.set('max_output_tokens', to.outputTokensMin)
  }
  return undefined
}

const refuseToolsInChat: Rule = (rewrite) => {
  const { view, to, model } = rewrite
  if (!view.tools || to.toolsInChat === undefined || to.toolsInChat === 'yes') return undefined
  if (to.toolsInChat === 'at-none' && reasons(rewrite, chat.effort) === false) return undefined
  const otherwise = to.toolsInChat === 'at-none' ? ', or set reasoning_effort to none' : ''
  return {
    path: 'tools',
    sentence: `${model} does not take tools together with reasoning in Chat Completions: send the request to /v1/responses${otherwise}.`,
  }
}

const sampling = [
  'temperature',
  'top_p',
  'top_logprobs',
  'logprobs',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
]
const LOGPROBS = 'message.output_text.logprobs'

/** Sampling parameters are taken at effort none alone; an effort that is not given counts as the default. */
const adaptSampling =
  ({ effort }: Places): Rule =>
  (rewrite) => {
    const { draft, losses, to } = rewrite
    if (takesSampling(to, givenEffort(draft, effort))) return undefined
    dropSampling(rewrite, sampling)
    const include = asArray(draft.get('include'))
    if (!include?.includes(LOGPROBS)) return undefined
    losses.add('sampling-dropped')
    const kept = include.filter((each) => each !== LOGPROBS)
    if (kept.length > 0) draft.set('include', kept)
    else draft.remove('include')
    return undefined
  }

const adaptCacheAndTier: Rule = (rewrite) => {
  const { draft, to } = rewrite
  if (to.cacheOptions === false && draft.has('prompt_cache_options'))
    removeField(rewrite, ['prompt_cache_options'])
  for (const [field, values] of [
    ['prompt_cache_retention', to.cacheRetentions],
    ['service_tier', to.serviceTiers],
  ] as const) {
    const given = draft.get(field)
    if (given !== undefined && values?.some((value) => value === given) === false)
      removeField(rewrite, [field])
  }
  return undefined
}

/** Whether the model reasons about this request; undefined where that is not known. */
function reasons({ draft, to }: Rewrite, place: Places['effort']): boolean | undefined {
  const effort = givenEffort(draft, place) ?? to.effortDefault
  return effort === undefined ? undefined : effort !== 'none'
}

function givenEffort(draft: Draft, [field, member]: Places['effort']): unknown {
  return member === undefined ? draft.get(field) : draft.member(field, member)
}

export const chatRules: readonly Rule[] = [
  refuseTooManyTools,
  renameLimit,
  adaptEffort(chat, ({ to }) => to.effortsInChat ?? to.efforts),
  limitOutput(chat),
  refuseToolsInChat,
  adaptSampling(chat),
  adaptCacheAndTier,
]

export const responsesRules: readonly Rule[] = [
  adaptEffort(responses, ({ to }) => to.efforts),
  limitOutput(responses),
  raiseLimit,
  adaptSampling(responses),
  adaptCacheAndTier,
]
