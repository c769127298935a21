/** One finding of the doctor. */
export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
  /** What to do about it; null when it is well. */
  readonly mend: string | null
}

export function well(name: string, detail: string): Check {
  return { name, ok: true, detail, mend: null }
}

export function failing(name: string, detail: string, mend: string): Check {
  return { name, ok: false, detail, mend }
}
