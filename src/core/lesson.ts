/** What an upstream has refused by name, and what to do with it the next time. */
export interface Lesson {
  /** Where in a request's body: a field of the root, or one of its members. */
  readonly path: readonly string[]
  readonly mend: Mend
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
/** Models change: what was refused so long ago is tried anew. */
const FACT_LIFE_MS = 30 * 86_400_000

/** The facts among stored values that still hold, oldest first as they came. */
export function factsIn(values: readonly unknown[], wallNowMs: number): readonly LearnedFact[] {
  return values.filter(isFact).filter(({ at }) => wallNowMs - Date.parse(at) < FACT_LIFE_MS)
}

/** Only facts were ever stored; an older version's may lack a field. */
function isFact(value: unknown): value is LearnedFact {
  if (typeof value !== 'object' || value === null) return false
  if (!('host' in value && 'model' in value && 'at' in value && 'lesson' in value)) return false
  const { lesson } = value
  if (typeof lesson !== 'object' || lesson === null || !('path' in lesson && 'mend' in lesson)) return false
  return Array.isArray(lesson.path) && typeof lesson.mend === 'object' && lesson.mend !== null
}
