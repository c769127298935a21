import { Draft } from './draft.ts'
import type { Rewrite, Rule } from './rewrite.ts'
import { isThinking } from './thinking.ts'

/** What thinking gets beside the answer where the caller did not count with it. */
export const THINKING_RESERVE = 4_096

/** No more than the model can say, and where it thinks only since the move, so much more that the answer still fits. */
export const limitOutput: Rule = (rewrite) => {
  const { draft, shape, from, to } = rewrite
  const thoughtBefore = isThinking(new Draft(shape.fields), from)
  const reserve = thoughtBefore === false && isThinking(draft, to) === true ? THINKING_RESERVE : 0
  limitField(rewrite, 'max_tokens', reserve)
  return undefined
}

export function limitField(
  { draft, losses, outputTokensMax }: Rewrite,
  field: string,
  reserve: number,
): void {
  const given = draft.get(field)
  if (typeof given !== 'number') return
  if (given > outputTokensMax) losses.add('max-tokens-clamped')
  const limited = Math.min(given + reserve, outputTokensMax)
  if (limited !== given) draft.set(field, limited)
}
