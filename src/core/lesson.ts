/** What an upstream has refused by name, and what to do with it the next time. */
export interface Lesson {
  /** Where in a request's body: a field of the root, or one of its members. */
  readonly path: readonly string[]
  readonly mend: Mend
  /**
   * What a request must hold for the lesson to be about it, as it stands in its body: `{ reasoning_effort: 'minimal' }`
   * for a refused value. `tools: true` stands for tools of any kind. Without it the lesson is about the field.
   */
  readonly when?: Readonly<Record<string, unknown>>
}

/** `most`: the greatest number that it takes. `rename`: the same value under another name. */
export type Mend =
  | { readonly kind: 'remove' }
  | { readonly kind: 'set'; readonly value: unknown }
  | { readonly kind: 'most'; readonly value: number }
  | { readonly kind: 'rename'; readonly to: string }

/** A lesson holds for one model at one server. */
export interface LearnedFact {
  readonly host: string
  readonly model: string
  readonly lesson: Lesson
  /** ISO 8601. */
  readonly at: string
}

/** How many facts a process knows, and its store keeps. */
export const FACTS_MAX = 512
/** Models change: what was refused so long ago is tried anew, from the next start on. */
const FACT_LIFE_MS = 30 * 86_400_000

/** The facts among stored values that still hold, oldest first as they came. */
export function factsIn(values: readonly unknown[], wallNowMs: number): readonly LearnedFact[] {
  return values.filter(isFact).filter(({ at }) => wallNowMs - Date.parse(at) < FACT_LIFE_MS)
}

/** One sentence for the operator. A lesson's values are words of protocols, never a person's. */
export function sentenceOf({ host, model, lesson: { path, mend, when } }: LearnedFact): string {
  const only = when === undefined ? '' : ` where it says ${JSON.stringify(when)}`
  return `${model} at ${host} does not take ${path.join('.')}${only}: ${mends[mend.kind]}`
}

const mends: Readonly<Record<Mend['kind'], string>> = {
  remove: 'it is left out',
  set: 'another value is sent',
  most: 'it is lowered',
  rename: 'it is sent under another name',
}

/** Only facts were ever stored; an older version's may lack a field. */
function isFact(value: unknown): value is LearnedFact {
  if (typeof value !== 'object' || value === null) return false
  if (!('host' in value && 'model' in value && 'at' in value && 'lesson' in value)) return false
  const { lesson } = value
  if (typeof lesson !== 'object' || lesson === null || !('path' in lesson && 'mend' in lesson)) return false
  if (!Array.isArray(lesson.path) || !lesson.path.every((name) => typeof name === 'string')) return false
  return typeof lesson.mend === 'object' && lesson.mend !== null
}
