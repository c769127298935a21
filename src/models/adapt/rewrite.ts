import type { RequestView } from '../../wire/protocol.ts'
import type { RequestShape } from '../../wire/request-shape.ts'
import type { Losses } from '../../wire/translate/losses.ts'
import type { Takes } from '../../wire/translation.ts'
import type { Draft } from './draft.ts'
import type { Refusal } from './refusal.ts'

/** What the rules work on: one request on its way to another model of the same protocol. */
export interface Rewrite {
  readonly view: RequestView
  readonly shape: RequestShape
  /** What the model takes that the request was written for; undefined where it is not known. */
  readonly from: Takes | undefined
  readonly to: Takes
  /** The name of the model that it goes to, for sentences. */
  readonly model: string
  readonly outputTokensMax: number
  readonly version: string | undefined
  readonly betas: readonly string[]
  readonly draft: Draft
  readonly losses: Losses
  readonly betasRemoved: Set<string>
}

/** One group of rules: changes the draft, notes what is lost, or refuses. Rules run in order and see what those before did. */
export type Rule = (rewrite: Rewrite) => Refusal | undefined

/** Takes a field out, says so, and takes those values of `anthropic-beta` along that begin with one of `betas`. */
export function removeField(
  rewrite: Rewrite,
  path: readonly [string, string?],
  betas: readonly string[] = [],
): void {
  const [field, name] = path
  if (name === undefined) rewrite.draft.remove(field)
  else rewrite.draft.setMember(field, name, undefined)
  rewrite.losses.removed(name === undefined ? field : `${field}.${name}`)
  for (const beta of rewrite.betas)
    if (betas.some((begin) => beta.startsWith(begin))) rewrite.betasRemoved.add(beta)
}
