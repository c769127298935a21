import type { Draft } from './draft.ts'
import type { Rewrite, Rule } from './rewrite.ts'
import { isThinking } from './thinking.ts'

/** The version of the API that knows no sampling parameters, whatever the model. */
const WITHOUT_SAMPLING = '2026-10-21'
const fields = ['temperature', 'top_p', 'top_k']

/** Later models take no sampling, earlier ones only while they do not think, and only one of temperature and top_p. */
export const adaptSampling: Rule = (rewrite) => {
  const { draft, to, version } = rewrite
  const isRemoved = version !== undefined && version >= WITHOUT_SAMPLING
  if (isRemoved || to.sampling === false || (to.sampling === true && isThinking(draft, to) === true))
    dropSampling(rewrite, fields)
  else if (to.sampling === true && draft.get('temperature') !== undefined) dropSampling(rewrite, ['top_p'])
  return undefined
}

/** Takes the fields out; it is a loss where they said something else than their defaults. */
export function dropSampling(
  { draft, losses }: Pick<Rewrite, 'draft' | 'losses'>,
  names: readonly string[],
): void {
  for (const name of names) {
    if (!draft.has(name)) continue
    if (!isDefault(draft, name)) losses.add('sampling-dropped')
    draft.remove(name)
  }
}

const ones = new Set(['temperature', 'top_p'])
const zeros = new Set(['presence_penalty', 'frequency_penalty', 'top_logprobs'])

function isDefault(draft: Draft, name: string): boolean {
  const value = draft.get(name)
  if (value === undefined || value === false) return true
  return (value === 1 && ones.has(name)) || (value === 0 && zeros.has(name))
}
